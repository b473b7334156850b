from django.urls import include, path

from portal.scouting import pages, views

scouting = [
    path("scouting/", views.ProspectList.as_view(), name="list"),
    path("scouting/new/", views.NewProspect.as_view(), name="new"),
    path("scouting/<str:prospect>/", pages.prospect, name="prospect"),
    path("scouting/<str:prospect>/change/", views.ChangeProspect.as_view(), name="change"),
    path("scouting/<str:prospect>/score/", pages.score, name="score"),
    path("scouting/<str:prospect>/stage/", pages.stage, name="stage"),
    path("scouting/<str:prospect>/invite/", pages.invite, name="invite"),
]
urlpatterns = [path("", include((scouting, "scouting")))]
