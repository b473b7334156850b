from django.urls import include, path

from portal.partners import books, forms, views

partners = [
    path("company/", views.company, name="company"),
    path("partners/", views.PartnerList.as_view(), name="list"),
    path("partners/new/", forms.PartnerCreate.as_view(), name="new"),
    path("partners/books/", books.books, name="books"),
    path("partners/books/<int:member_id>/", books.book, name="book"),
    path("partners/<path:code>/change/", forms.PartnerChange.as_view(), name="change"),
    path("partners/<path:code>/state/", views.state, name="state"),
    path("partners/<path:code>/keep/", views.keep, name="keep"),
    path("partners/<path:code>/people/", views.people, name="people"),
    path("partners/<path:code>/reps/", views.PartnerReps.as_view(), name="partner_reps"),
    path("partners/<path:code>/subs/", views.PartnerSubs.as_view(), name="subs"),
    path("partners/<path:code>/conversation/", views.conversation, name="conversation"),
    path("partners/<path:code>/", views.partner, name="detail"),
    path("reps/", views.RepList.as_view(), name="reps"),
    path("reps/new/", forms.RepCreate.as_view(), name="new_rep"),
    path("reps/<path:code>/change/", forms.RepChange.as_view(), name="change_rep"),
]
urlpatterns = [path("", include((partners, "partners")))]
