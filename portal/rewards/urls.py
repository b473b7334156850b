from django.urls import include, path

from portal.rewards import views

rewards = [
    path("rewards/", views.AccrualList.as_view(), name="list"),
    path("rewards/accruals/<int:pk>/", views.accrual, name="accrual"),
]
urlpatterns = [path("", include((rewards, "rewards")))]
