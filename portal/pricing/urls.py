from django.urls import include, path

from portal.pricing import views

pricing = [path("prices/", views.check, name="check")]
urlpatterns = [path("", include((pricing, "pricing")))]
