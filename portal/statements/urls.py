from django.urls import include, path

from portal.statements import lines, views

statements = [
    path("statements/", views.StatementList.as_view(), name="list"),
    path("statements/<str:statement>/", views.statement, name="statement"),
    path("statements/<str:statement>/pdf/", views.pdf, name="pdf"),
    path("statements/<str:statement>/xlsx/", views.xlsx, name="xlsx"),
    path("statements/<str:statement>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("statements/<str:statement>/lines/<int:position>/", lines.line, name="line"),
]
urlpatterns = [path("", include((statements, "statements")))]
