from django.urls import include, path

from portal.plans import editing, steps, templating, views

plans = [
    path("plans/", views.PlanList.as_view(), name="list"),
    path("plans/new/", editing.PlanCreate.as_view(), name="new"),
    path("plans/templates/", templating.template_list, name="templates"),
    path("plans/templates/new/", templating.NewTemplate.as_view(), name="new_template"),
    path("plans/templates/bring/", templating.bring, name="bring_templates"),
    path("plans/templates/<int:pk>/", templating.EditTemplate.as_view(), name="template"),
    path("plans/templates/<int:pk>/remove/", templating.remove, name="remove_template"),
    path("plans/<int:pk>/", views.plan, name="plan"),
    path("plans/<int:pk>/versions/<int:number>/", views.version, name="version"),
    path("plans/<int:pk>/change/", editing.PlanChange.as_view(), name="change"),
    path("plans/<int:pk>/objectives/new/", editing.ObjectiveCreate.as_view(), name="new_objective"),
    path(
        "plans/<int:pk>/objectives/<int:objective_id>/", editing.ObjectiveChange.as_view(), name="objective"
    ),
    path("plans/<int:pk>/objectives/<int:objective_id>/drop/", editing.drop_objective, name="drop_objective"),
    path("plans/<int:pk>/commitments/new/", editing.CommitmentCreate.as_view(), name="new_commitment"),
    path(
        "plans/<int:pk>/commitments/<int:commitment_id>/",
        editing.CommitmentChange.as_view(),
        name="commitment",
    ),
    path(
        "plans/<int:pk>/commitments/<int:commitment_id>/drop/",
        editing.drop_commitment,
        name="drop_commitment",
    ),
    path("plans/<int:pk>/actual/<int:target_id>/", steps.Actual.as_view(), name="actual"),
    path("plans/<int:pk>/share/", steps.share, name="share"),
    path("plans/<int:pk>/ask/", steps.ask, name="ask"),
    path("plans/<int:pk>/sign/", steps.sign, name="sign"),
    path("plans/<int:pk>/return/", steps.Return.as_view(), name="return"),
    path("plans/<int:pk>/amend/", steps.Amend.as_view(), name="amend"),
    path("plans/<int:pk>/end/", steps.End.as_view(), name="end"),
    path("plans/<int:pk>/give-up/", steps.GiveUp.as_view(), name="drop"),
]
urlpatterns = [path("", include((plans, "plans")))]
