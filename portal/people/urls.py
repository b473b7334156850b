from django.urls import include, path

from portal.people import views

people = [
    path("people/", views.PeopleList.as_view(), name="list"),
    path("people/invite/", views.Invite.as_view(), name="invite"),
    path("people/invitations/", views.InvitationList.as_view(), name="invitations"),
    path("people/invitations/<int:pk>/resend/", views.resend, name="resend"),
    path("people/invitations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("people/<int:pk>/", views.member, name="member"),
    path("people/<int:pk>/active/", views.set_active, name="set_active"),
    path("tokens/", views.TokenList.as_view(), name="tokens"),
    path("tokens/new/", views.NewToken.as_view(), name="new_token"),
    path("tokens/<int:pk>/revoke/", views.revoke_token, name="revoke_token"),
]
urlpatterns = [path("", include((people, "people")))]
