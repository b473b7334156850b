from django.urls import include, path

from portal.leads import lead, lists

leads = [
    path("leads/", lists.LeadList.as_view(), name="list"),
    path("leads/<str:ref>/", lead.lead, name="lead"),
    path("leads/<str:ref>/do/<slug:verb>/", lead.act, name="act"),
]
urlpatterns = [path("", include((leads, "leads")))]
