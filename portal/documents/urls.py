from django.urls import include, path

from portal.documents import views

documents = [
    path("", views.DocumentList.as_view(), name="list"),
    path("new/", views.NewDocument.as_view(), name="new"),
    path("<int:pk>/", views.document, name="document"),
    path("<int:pk>/<slug:verb>/", views.act, name="act"),
]
urlpatterns = [path("documents/", include((documents, "documents")))]
