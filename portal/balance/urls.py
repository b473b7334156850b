from django.urls import include, path

from portal.balance import figures, views

balance = [
    path("balance/", views.own, name="own"),
    path("balances/", views.BalanceList.as_view(), name="list"),
    path("balances/<str:code>/", views.Movements.as_view(), name="partner"),
    path("finance/", figures.finance, name="finance"),
]
urlpatterns = [path("", include((balance, "balance")))]
