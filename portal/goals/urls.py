from django.urls import include, path

from portal.goals import answers, forms, views

goals = [
    path("goals/", views.GoalList.as_view(), name="list"),
    path("goals/new/", forms.GoalCreate.as_view(), name="new"),
    path("goals/<int:pk>/", views.goal, name="goal"),
    path("goals/<int:pk>/propose/", answers.propose, name="propose"),
    path("goals/<int:pk>/agree/", answers.agree, name="agree"),
    path("goals/<int:pk>/withdraw/", answers.withdraw, name="withdraw"),
    path("goals/<int:pk>/counter/", answers.Counter.as_view(), name="counter"),
    path("goals/<int:pk>/revise/", answers.Revise.as_view(), name="revise"),
    path("goals/<int:pk>/refuse/", answers.Refuse.as_view(), name="refuse"),
]
urlpatterns = [path("", include((goals, "goals")))]
