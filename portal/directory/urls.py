from django.urls import include, path

from portal.directory import contacts, listing, public, wishes

directory = [
    path("directory/", public.directory, name="directory"),
    path("ask/", wishes.wish, name="wish"),
    path("ask/sent/", wishes.wished, name="wished"),
    path("directory/<str:slug>/", public.partner, name="partner"),
    path("directory/<str:slug>/sent/", public.sent, name="sent"),
    path("listing/", listing.Listing.as_view(), name="listing"),
    path("listing/withdraw/", listing.withdraw, name="withdraw"),
    path("listings/", listing.ListingList.as_view(), name="listings"),
    path("listings/<int:listing_id>/", listing.decide, name="decide"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/<int:request_id>/", contacts.contact, name="contact"),
]
urlpatterns = [path("", include((directory, "directory")))]
