from django.urls import include, path

from portal.accounts import views

urlpatterns = [
    path("accounts/profile/", views.Profile.as_view(), name="profile"),
    path("accounts/security/", views.security, name="security"),
    path("accounts/switch/", views.switch_membership, name="switch_membership"),
    # An e-mail address is what an invitation was sent to: it changes with a new invitation, not by oneself.
    path("accounts/email/", views.not_here, name="closed_email"),
    path("accounts/", include("allauth.urls")),
    path("invitation/<str:secret>/", views.invitation, name="invitation"),
]
