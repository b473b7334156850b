"""What people are told about tiers."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from programs.models import Enrolment, Tier
from tenancy.enums import Permission
from tenancy.outbox import emit_many
from workflow.enums import Urgency
from workflow.notices import TOPIC, Kind, To, declare, names_of, notice, pams_of, partner_people, staff

PROMOTED = declare("tiers.promoted", Urgency.INFO, _("%(partner)s has reached the tier %(tier)s."))
QUALIFIED = declare(
    "tiers.qualified", Urgency.INFO, _("%(partner)s has earned the tier %(tier)s and gets it on %(until)s.")
)
AT_RISK = declare(
    "tiers.at_risk",
    Urgency.ACTION,
    _(
        "The tier %(tier)s of %(partner)s is at risk. Missing until %(until)s: %(missing)s. At stake: %(benefits)s."
    ),
)
AT_RISK_MONEY = declare(
    "tiers.at_risk_money",
    Urgency.ACTION,
    _(
        "The tier %(tier)s of %(partner)s is at risk. Missing until %(until)s: %(missing)s. At stake: %(benefits)s,"
        " and about %(money)s of the running period's rewards."
    ),
)
RECOVERED = declare("tiers.recovered", Urgency.INFO, _("The tier %(tier)s of %(partner)s is safe again."))
GRACE = declare(
    "tiers.grace",
    Urgency.ACTION,
    _("%(partner)s missed what the tier %(tier)s asks. It keeps the tier until %(until)s: %(missing)s."),
)
DUE = declare(
    "tiers.demotion_due", Urgency.ACTION, _("The grace of %(partner)s in the tier %(tier)s is over: decide.")
)
DEMOTED = declare(
    "tiers.demoted", Urgency.INFO, _("%(partner)s is in the tier %(tier)s now. Benefits run until %(until)s.")
)
EXCEPTION_ASKED = declare(
    "tiers.exception_asked",
    Urgency.ACTION,
    _("An exception was asked for %(partner)s: %(tier)s until %(until)s."),
)
EXCEPTION_GRANTED = declare(
    "tiers.exception_granted",
    Urgency.INFO,
    _("%(partner)s holds the tier %(tier)s by exception until %(until)s."),
)
EXCEPTION_REFUSED = declare(
    "tiers.exception_refused", Urgency.INFO, _("The exception for %(partner)s was refused.")
)
EXCEPTION_ENDS = declare(
    "tiers.exception_ends",
    Urgency.ACTION,
    _("The exception of %(partner)s in the tier %(tier)s ends on %(until)s."),
)
#: What is settled once a partner stands well again, or elsewhere.
WARNINGS = (AT_RISK, AT_RISK_MONEY, GRACE, DUE)


def tell(kind: Kind, enrolment: Enrolment, *, tier: Tier, **params: Any) -> None:
    """The partner's people and its PAMs; see ``notices_of``."""
    emit_many(TOPIC, notices_of(kind, enrolment, tier=tier, **params))


def notices_of(
    kind: Kind,
    enrolment: Enrolment,
    *,
    tier: Tier,
    internal: bool = False,
    key: str = "",
    path: str = "",
    **params: Any,
) -> list[dict[str, Any]]:
    """The partner's people and its PAMs; ``internal``: programme managers alone."""
    facts = {"partner": names_of(enrolment.partner), "tier": names_of(tier), **params}
    key = key or f"{enrolment.evaluated_on or enrolment.since}:{enrolment.state}"
    path = path or f"/tiers/{enrolment.programme.code}/partners/{enrolment.partner.code}/"
    recipients = _recipients(enrolment, internal)
    return [notice(kind, enrolment, to=to, path=path, key=key, **facts) for to in recipients]


def _recipients(enrolment: Enrolment, internal: bool) -> list[To]:
    if internal:
        return [staff(Permission.MANAGE_PROGRAMS)]
    people = partner_people(enrolment.partner_id, Permission.VIEW_PROGRAMS)
    return [people, pams_of(enrolment.partner_id, Permission.MANAGE_PROGRAMS)]


def amount(value: Decimal, currency: str) -> dict[str, str]:
    return {"amount": f"{value:f}", "currency": currency}
