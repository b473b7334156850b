from django.urls import include, path

from portal.announcements import views

announcements = [
    path("schemes/<str:code>/versions/<int:number>/", views.version, name="version"),
    path("schemes/<str:code>/versions/<int:number>/confirm/", views.confirm, name="confirm"),
    path(
        "schemes/<str:code>/versions/<int:number>/confirmations/",
        views.Confirmations.as_view(),
        name="confirmations",
    ),
    path("schemes/<str:code>/versions/<int:number>/remind/", views.remind, name="remind"),
]
urlpatterns = [path("", include((announcements, "announcements")))]
