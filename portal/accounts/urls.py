from django.urls import include, path

from portal.accounts import views

urlpatterns = [
    path("accounts/profile/", views.Profile.as_view(), name="profile"),
    path("accounts/security/", views.security, name="security"),
    path("accounts/switch/", views.switch_membership, name="switch_membership"),
    path("accounts/", include("allauth.urls")),
    path("invitation/<str:secret>/", views.invitation, name="invitation"),
]
