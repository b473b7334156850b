from django.urls import include, path

from portal.pipeline import goals, views

pipeline = [
    path("pipeline/", views.board, name="board"),
    path("pipeline/list/", views.PipelineList.as_view(), name="list"),
    path("pipeline/figures/", views.figures, name="figures"),
    path("pipeline/goals/", goals.GoalList.as_view(), name="goals"),
]
urlpatterns = [path("", include((pipeline, "pipeline")))]
