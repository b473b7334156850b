from django.urls import include, path

from portal.quotes import views

quotes = [
    path("quotes/", views.QuoteList.as_view(), name="list"),
    path("quotes/new/<str:ref>/", views.QuoteCreate.as_view(), name="new"),
    path("quotes/<str:quote_number>/", views.quote, name="quote"),
    path("quotes/<str:quote_number>/send/", views.send, name="send"),
    path("quotes/<str:quote_number>/accept/", views.accept, name="accept"),
    path("quotes/<str:quote_number>/pdf/", views.document, name="pdf"),
]
urlpatterns = [path("", include((quotes, "quotes")))]
