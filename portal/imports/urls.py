from django.urls import include, path

from portal.imports import views

imports = [
    path("imports/", views.ImportList.as_view(), name="list"),
    path("imports/new/", views.NewImport.as_view(), name="new"),
    path("imports/<int:pk>/", views.job, name="job"),
    path("imports/<int:pk>/columns/", views.columns, name="columns"),
    path("imports/<int:pk>/start/", views.start, name="start"),
    path("imports/<int:pk>/refused/", views.refused_lines, name="refused"),
]
urlpatterns = [path("", include((imports, "imports")))]
