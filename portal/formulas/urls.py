from django.urls import include, path

from portal.formulas import views

formulas = [
    path("formulas/", views.workshop, name="workshop"),
    path("formulas/check/", views.check, name="check"),
    path("formulas/preview/", views.show_preview, name="preview"),
    path("formulas/names/", views.names, name="names"),
    path("formulas/beneficiaries/", views.beneficiaries, name="beneficiaries"),
]
urlpatterns = [path("", include((formulas, "formulas")))]
