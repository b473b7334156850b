from django.urls import include, path

from portal.points import catalogue, using, views

points = [
    path("rewards/points/", views.mine, name="mine"),
    path("rewards/points/<str:code>/ask/", views.ask, name="ask"),
    path("rewards/benefits/", views.benefits, name="benefits"),
    path("rewards/benefits/use/", using.UsePage.as_view(), name="use"),
    path("rewards/benefits/uses/<int:pk>/undo/", using.undo, name="undo"),
    path("rewards/catalogue/", catalogue.RewardList.as_view(), name="catalogue"),
    path("rewards/catalogue/new/", catalogue.NewReward.as_view(), name="new"),
    path("rewards/catalogue/<str:code>/", catalogue.ChangeReward.as_view(), name="change"),
    path("rewards/exchanges/", catalogue.ExchangeList.as_view(), name="exchanges"),
    path("rewards/exchanges/<int:pk>/", views.exchange, name="exchange"),
    path("rewards/exchanges/<int:pk>/<str:verb>/", views.decide, name="decide"),
]
urlpatterns = [path("", include((points, "points")))]
