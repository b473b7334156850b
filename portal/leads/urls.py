from django.urls import include, path

from portal.leads import availability, intake, lead, lists, pins

leads = [
    path("leads/", lists.LeadList.as_view(), name="list"),
    path("leads/queue/", lists.Queue.as_view(), name="queue"),
    path("leads/new/", intake.NewLead.as_view(), name="new"),
    path("leads/availability/", availability.OwnAvailability.as_view(), name="availability"),
    path("leads/pins/", pins.PinList.as_view(), name="pins"),
    path("leads/pins/new/", pins.NewPin.as_view(), name="new_pin"),
    path("leads/pins/<int:pin_id>/remove/", pins.unpin, name="unpin"),
    path("leads/of/<path:partner>/", availability.PartnerAvailability.as_view(), name="availability_of"),
    path("leads/<str:ref>/", lead.lead, name="lead"),
    path("leads/<str:ref>/do/<slug:verb>/", lead.act, name="act"),
]
urlpatterns = [path("", include((leads, "leads")))]
