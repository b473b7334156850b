from django.urls import include, path

from portal.pipeline import gaps, goals, views, won

pipeline = [
    path("pipeline/", views.board, name="board"),
    path("pipeline/list/", views.PipelineList.as_view(), name="list"),
    path("pipeline/figures/", views.figures, name="figures"),
    path("pipeline/goals/", goals.GoalList.as_view(), name="goals"),
    path("pipeline/goals/gap/", gaps.GapList.as_view(), name="gap"),
    path("pipeline/customer/<str:ref>/", won.customer, name="customer"),
    path("pipeline/customer/<str:ref>/new/", won.new_customer, name="new_customer"),
    path("pipeline/won/", won.UnmatchedList.as_view(), name="won"),
    path("pipeline/won/<str:ref>/", won.won_deal, name="won_deal"),
    path("pipeline/won/<str:ref>/unlink/<int:transaction_id>/", won.unlink, name="unlink"),
]
urlpatterns = [path("", include((pipeline, "pipeline")))]
