from django.urls import include, path

from portal.onboarding import builder, steps, views

onboarding = [
    path("", views.home, name="home"),
    path("stuck/", views.Stuck.as_view(), name="stuck"),
    path("partners/<path:code>/start/", views.start, name="start"),
    path("partners/<path:code>/stop/", views.stop, name="stop"),
    path("partners/<path:code>/", views.partner, name="partner"),
    path("steps/<int:pk>/", steps.step, name="step"),
    path("steps/<int:pk>/<slug:verb>/", steps.act, name="act"),
    path("checklists/", builder.checklists, name="checklists"),
    path("checklists/new/", builder.NewChecklist.as_view(), name="checklist_new"),
    path("checklists/default/", builder.default, name="checklists_default"),
    path("checklists/<int:pk>/", builder.checklist, name="checklist"),
    path("checklists/<int:pk>/change/", builder.ChangeChecklist.as_view(), name="checklist_change"),
    path("checklists/<int:pk>/copy/", builder.copy, name="checklist_copy"),
    path("checklists/<int:pk>/steps/new/", builder.NewPlan.as_view(), name="checklist_step"),
    path("checklists/steps/<int:pk>/change/", builder.ChangePlan.as_view(), name="plan_change"),
    path("checklists/steps/<int:pk>/up/", builder.plan_up, name="plan_up"),
    path("checklists/steps/<int:pk>/down/", builder.plan_down, name="plan_down"),
    path("checklists/steps/<int:pk>/remove/", builder.plan_remove, name="plan_remove"),
]
urlpatterns = [path("onboarding/", include((onboarding, "onboarding")))]
