from django.urls import include, path

from portal.leads import intake, lead, lists

leads = [
    path("leads/", lists.LeadList.as_view(), name="list"),
    path("leads/queue/", lists.Queue.as_view(), name="queue"),
    path("leads/new/", intake.NewLead.as_view(), name="new"),
    path("leads/<str:ref>/", lead.lead, name="lead"),
    path("leads/<str:ref>/do/<slug:verb>/", lead.act, name="act"),
]
urlpatterns = [path("", include((leads, "leads")))]
