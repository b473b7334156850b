from django.urls import include, path

from portal.coverage import views

coverage = [
    path("coverage/", views.heat, name="map"),
    path("coverage/partners/", views.PeopleList.as_view(), name="partners"),
]
urlpatterns = [path("", include((coverage, "coverage")))]
