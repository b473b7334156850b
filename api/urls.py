"""Addresses below ``/api/v1/``."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from api import catalog, partners, performance
from api.accruals import Accruals
from api.applications import application_paths
from api.authorisations import authorisation_paths
from api.coded import coded_paths
from api.contracts import contract_paths
from api.courses import course_paths
from api.dealcustomers import deal_customer_paths
from api.dealfiles import deal_file_paths
from api.dealrules import deal_rule_paths
from api.deals import deal_paths
from api.directory import directory_paths
from api.documents import document_paths
from api.entitlements import entitlement_paths
from api.formula import FormulaCheck
from api.gaps import gap_paths
from api.general import MeView, SchemaView
from api.goals import goal_paths
from api.leads import lead_paths
from api.leadsteering import lead_steering_paths
from api.offers import Discounts, Estimates
from api.onboarding import onboarding_paths
from api.payments import payment_paths
from api.plans import plan_paths
from api.plantemplates import plan_template_paths
from api.programs import program_paths
from api.quotes import quote_paths
from api.rewards import REWARD_PATHS
from api.scheme_steps import step_paths
from api.schemes import scheme_paths
from api.scouting import prospect_paths
from api.settings import setting_paths
from api.settlements import settlement_paths
from api.simulations import simulation_paths
from api.statements import statement_paths
from api.tasks import task_paths
from api.training import training_paths
from api.transactions import transactions
from api.whatif import WhatIfCalls

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("me/", MeView.as_view({"get": "retrieve"}), name="me"),
    path("transactions/", transactions, name="transactions"),
    path("status/", performance.Status.as_view({"get": "retrieve"}), name="status"),
    *coded_paths(performance.Kpis),
    path("measurements/", performance.Measurements.as_view({"get": "list"}), name="measurements"),
    path("formula/check/", FormulaCheck.as_view({"post": "check"}), name="formula-check"),
    *simulation_paths(),
    *step_paths(),
    *scheme_paths(),
    *quote_paths(),
    *gap_paths(),
    *deal_file_paths(),
    *deal_customer_paths(),
    *deal_rule_paths(),
    *application_paths(),
    *prospect_paths(),
    *deal_paths(),
    *lead_steering_paths(),
    *lead_paths(),
    *entitlement_paths(),
    *program_paths(),
    *document_paths(),
    *onboarding_paths(),
    *contract_paths(),
    *directory_paths(),
    *course_paths(),
    *training_paths(),
    *authorisation_paths(),
    *setting_paths(),
    path("discounts/resolve/", Discounts.as_view({"post": "resolve"}), name="discounts-resolve"),
    path("estimates/", Estimates.as_view({"post": "estimate"}), name="estimates"),
    *REWARD_PATHS,
    *goal_paths(),
    *plan_paths(),
    *plan_template_paths(),
    *task_paths(),
    *statement_paths(),
    *settlement_paths(),
    path("accruals/", Accruals.as_view({"get": "list"}), name="accruals"),
    path("accruals/<int:pk>/", Accruals.as_view({"get": "retrieve"}), name="accruals-one"),
    path(
        "accruals/<int:pk>/explanation/",
        Accruals.as_view({"get": "explanation"}),
        name="accruals-explanation",
    ),
    path("accruals/<int:pk>/what-if/", WhatIfCalls.as_view({"post": "try_it"}), name="accruals-what-if"),
    *payment_paths(),
    *catalog.customer_paths(),
    *(route for view in (*catalog.VIEWS, *partners.VIEWS) for route in coded_paths(view)),
]
