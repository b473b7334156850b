from django.urls import include, path

from portal.simulations import compare, starting, views

simulations = [
    path("simulations/", views.SimulationList.as_view(), name="list"),
    path("simulations/compare/", compare.compare, name="compare"),
    path("simulations/typed/", starting.typed, name="typed"),
    path("simulations/<int:pk>/", views.SimulationPage.as_view(), name="job"),
    path("simulations/<int:pk>/state/", views.state, name="state"),
    path("simulations/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("schemes/<str:code>/simulate/", starting.SimulateScheme.as_view(), name="new"),
]
urlpatterns = [path("", include((simulations, "simulations")))]
