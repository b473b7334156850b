from django.urls import include, path

from portal.homes import views

homes = [
    path("home/live/", views.live, name="live"),
    path("home/trend/", views.trend, name="trend"),
    path("home/mix/", views.mix, name="mix"),
]
urlpatterns = [path("", include((homes, "homes")))]
