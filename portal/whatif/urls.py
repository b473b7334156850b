from django.urls import include, path

from portal.whatif import views

whatif = [
    path("rewards/accruals/<int:pk>/what-if/", views.accrual, name="accrual"),
    path("schemes/<str:code>/versions/<int:number>/what-if/", views.version, name="version"),
]
urlpatterns = [path("", include((whatif, "whatif")))]
