from django.urls import include, path

from portal.kpis import editing, targets, views

kpis = [
    path("kpis/", views.KpiList.as_view(), name="list"),
    path("kpis/new/", editing.NewKpi.as_view(), name="new"),
    path("kpis/sentence/", editing.sentence, name="sentence"),
    path("kpis/<str:code>/", views.KpiPage.as_view(), name="kpi"),
    path("kpis/<str:code>/change/", editing.ChangeKpi.as_view(), name="change"),
    path("kpis/<str:code>/targets/", targets.TargetPage.as_view(), name="targets"),
]
urlpatterns = [path("", include((kpis, "kpis")))]
