"""Addresses below ``/api/v1/``."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from api import catalog, partners, performance
from api.accruals import Accruals
from api.coded import coded_paths
from api.formula import FormulaCheck
from api.general import MeView, SchemaView
from api.schemes import scheme_paths
from api.settlements import settlement_paths
from api.transactions import transactions

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("me/", MeView.as_view({"get": "retrieve"}), name="me"),
    path("transactions/", transactions, name="transactions"),
    path("status/", performance.Status.as_view({"get": "retrieve"}), name="status"),
    *coded_paths(performance.Kpis),
    path("measurements/", performance.Measurements.as_view({"get": "list"}), name="measurements"),
    path("formula/check/", FormulaCheck.as_view({"post": "check"}), name="formula-check"),
    *scheme_paths(),
    *settlement_paths(),
    path("accruals/", Accruals.as_view({"get": "list"}), name="accruals"),
    path("accruals/<int:pk>/", Accruals.as_view({"get": "retrieve"}), name="accruals-one"),
    path(
        "accruals/<int:pk>/explanation/",
        Accruals.as_view({"get": "explanation"}),
        name="accruals-explanation",
    ),
    *(route for view in (*catalog.VIEWS, *partners.VIEWS) for route in coded_paths(view)),
]
