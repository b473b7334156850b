from django.urls import include, path

from portal.schemes import editing, publishing, terms, views

schemes = [
    path("schemes/", views.SchemeList.as_view(), name="list"),
    path("schemes/new/", editing.NewScheme.as_view(), name="new"),
    path("schemes/cards/", editing.cards, name="cards"),
    path("schemes/written/", editing.written, name="written"),
    path("schemes/<str:code>/", views.SchemePage.as_view(), name="scheme"),
    path("schemes/<str:code>/change/", editing.ChangeScheme.as_view(), name="change"),
    path("schemes/<str:code>/publish/", publishing.publish, name="publish"),
    path("schemes/<str:code>/budget/", terms.RaiseBudget.as_view(), name="budget"),
    path("schemes/<str:code>/end/", publishing.EndScheme.as_view(), name="end"),
]
urlpatterns = [path("", include((schemes, "schemes")))]
