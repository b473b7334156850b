"""Every route of the URL resolver, with an address that leads to something of alpha's first partner."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.kit.world import Tenant

#: Which row a number in an address means, by the beginning of the route's name.
MODELS = {
    "api:onboarding-steps": "partners.OnboardingStep",
    "api:onboarding": "partners.Onboarding",
    "api:documents": "partners.PartnerDocument",
    "api:contract-acceptances": "partners.ContractAcceptance",
    "contracts:version": "partners.ContractVersion",
    "contracts:proof": "partners.ContractAcceptance",
    "contracts:": "partners.Contract",
    "documents:": "partners.PartnerDocument",
    "book:note": "partners.Note",
    "book:hand_over": "tenancy.Membership",
    "tasks:": "partners.Task",
    "api:tasks": "partners.Task",
    "meetings:": "partners.Meeting",
    "plans:template": "programs.PlanTemplate",
    "plans:remove_template": "programs.PlanTemplate",
    "plans:": "programs.Plan",
    "api:plan-templates": "programs.PlanTemplate",
    "api:plans": "programs.Plan",
    "reviews:": "programs.Review",
    "api:reviews": "programs.Review",
    "goals:": "programs.Goal",
    "api:goals": "programs.Goal",
    "onboarding:checklist": "partners.Checklist",
    "onboarding:plan": "partners.ChecklistStep",
    "onboarding:": "partners.OnboardingStep",
    "imports:": "performance.ImportJob",
    "leads:": "marketing.PinnedCustomer",
    "programs:drop_benefit": "programs.Benefit",
    "programs:exception_act": "programs.TierException",
    "programs:expert_act": "programs.ExpertBooking",
    "programs:change_tier": "programs.Tier",
    "programs:new_requirement": "programs.Tier",
    "programs:new_benefit": "programs.Tier",
    "programs:act_tier": "programs.Tier",
    "programs:change_requirement": "programs.Requirement",
    "programs:act_requirement": "programs.Requirement",
    "programs:": "programs.Enrolment",
    "api:program-standings": "programs.Enrolment",
    "api:program-exceptions": "programs.TierException",
    "authorisations:rule": "programs.Authorisation",
    "authorisations:worksheet": "programs.Worksheet",
    "api:authorisations": "programs.Authorisation",
    "pipeline:unlink": "deals.DealTransaction",
    "deals:end_rule": "deals.EngagementRule",
    "api:engagement-rules": "deals.EngagementRule",
    "api:named-accounts": "deals.NamedAccount",
    "api:deal-forms": "deals.DealForm",
    "applications:unblock": "partners.BlockEntry",
    "deals:end_form": "deals.DealForm",
    "deals:end_account": "deals.NamedAccount",
    "people:resend": "tenancy.Invitation",
    "people:withdraw": "tenancy.Invitation",
    "people:revoke_token": "tenancy.ApiToken",
    "people:": "tenancy.Membership",
    "partners:book": "tenancy.Membership",
    "points:undo": "incentives.BenefitUse",
    "points:": "incentives.Redemption",
    "api:benefit-uses": "incentives.BenefitUse",
    "api:redemptions": "incentives.Redemption",
    "rewards:": "incentives.Accrual",
    "whatif:": "incentives.Accrual",
    "api:accruals": "incentives.Accrual",
    "api:bank-accounts": "incentives.BankAccount",
    "api:payments": "incentives.Payment",
    "api:payment-batches": "incentives.PaymentBatch",
    "bank:": "incentives.BankAccount",
    "payments:batch": "incentives.PaymentBatch",
    "schemes:": "incentives.SchemeVersion",
    "simulations:": "incentives.Simulation",
    "api:simulations": "incentives.Simulation",
    "announcements:": "incentives.SchemeVersion",
    "disputes:": "incentives.Dispute",
    "api:deals-file": "workflow.Attachment",
    "api:disputes": "incentives.Dispute",
    "api:settlements": "incentives.SettlementRun",
    "api:adjustments": "incentives.Adjustment",
    "api:holds": "incentives.Hold",
    "settlement:run": "incentives.SettlementRun",
    "settlement:adjustment": "incentives.Adjustment",
    "settlement:hold": "incentives.Hold",
    "performance:": "performance.Intake",
    "api:enrolments": "programs.CourseEnrolment",
    "api:certificates": "programs.Certificate",
    "api:contracts": "partners.ContractVersion",
    "api:lead-pins": "marketing.PinnedCustomer",
    "api:listings": "programs.DirectoryListing",
    "api:courses": "programs.CourseFile",
    "directory:decide": "programs.DirectoryListing",
    "directory:contact": "marketing.Lead",
    "training:certificate": "programs.Certificate",
    "training:revoke": "programs.Certificate",
    "training:file": "programs.CourseFile",
    "training:remove_file": "programs.CourseFile",
    "training:": "programs.CourseEnrolment",
    "workflow:message": "partners.Partner",
    "workflow:attach": "partners.Partner",
    "workflow:again": "workflow.Undelivered",
    "workflow:file": "workflow.Attachment",
    "workflow:": "workflow.Notification",
}
#: Numbers beside the main one, by the name of the parameter.
BESIDE = {
    "objective_id": "programs.Objective",
    "commitment_id": "programs.Commitment",
    "target_id": "programs.ObjectiveTarget",
    "action_id": "programs.ReviewAction",
}
#: What other parts of an address are, by the name of the parameter.
VALUES: dict[str, Any] = {
    "slug": "p1-slug",
    "prospect": "p1-code",
    "application": "p1-number",
    "criterion": "p1-code",
    "kind": "product",
    "secret": "invite_unknown",
    "key": "unknown",
    "uidb36": "1",
    "number": 1,
    "ref": "p1-ref",
    "quote_number": "p1-number",
    "verb": "approve",
    "partner": "p1",
    "statement": "p1-number",
    "position": 1,
    "label": "partners.partner",
    "day": "2013-01-01",
}
#: Pages of programmes whose code is a company's.
OF_COMPANY = (
    "programs:of_partner",
    "programs:experts",
    "programs:book_expert",
    "programs:expert_act",
    "api:program-entitlements",
)
#: Pages of the login surface and of health: a library's own, tested there; they hold nothing of a tenant.
OUTSIDE = ("account_", "mfa_", "usersessions_")


@dataclass(frozen=True, slots=True)
class Route:
    """A named route. ``parameters`` are the names of its converters."""

    name: str
    parameters: tuple[str, ...]


def all_routes() -> list[Route]:
    """Every route in the order of the resolver; a route without a name is an error."""
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, space: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern, inner)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"A route without a name: {pattern}"
            yield Route(space + pattern.name, tuple(pattern.pattern.regex.groupindex))


def is_ours(route: Route) -> bool:
    return not route.name.startswith(OUTSIDE)


def address(route: Route, tenant: Tenant, ids: dict[str, int]) -> str:
    """Where the route leads for ``tenant``'s first partner; ``ids`` is what ``first_ids`` found."""
    return reverse(route.name, kwargs={name: _value(route, name, tenant, ids) for name in route.parameters})


def _value(route: Route, parameter: str, tenant: Tenant, ids: dict[str, int]) -> Any:
    if parameter == "code" and route.name.startswith(OF_COMPANY):
        return "p1"
    if parameter == "code":
        company = route.name.startswith(
            ("partners:", "balance:", "book:", "onboarding:", "api:partners")
        ) and not route.name.endswith("_rep")
        return "p1" if company else "p1-code"
    if parameter in BESIDE:
        return ids[BESIDE[parameter]]
    if parameter == "pk" or parameter.endswith("_id"):
        label = next((label for start, label in MODELS.items() if route.name.startswith(start)), None)
        assert label, f"Which table does the number of {route.name} mean? Add it to MODELS."
        return ids[label]
    assert parameter in VALUES, f"What is {parameter} of {route.name}? Add it to VALUES."
    return VALUES[parameter]


def first_ids(tenant: Tenant) -> dict[str, int]:
    """The first row's id of every table that a number in an address can mean; a member is p1's owner."""
    with tenant.scope():
        found = {
            label: apps.get_model(label).objects.order_by("pk").values_list("pk", flat=True).first()
            for label in {*MODELS.values(), *BESIDE.values()}
        }
    return found | {"tenancy.Membership": tenant.actors["partner_owner@p1"].membership_id}
