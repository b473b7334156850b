"""Programmes for tests, written through the services."""

from datetime import date
from decimal import Decimal
from typing import Any

from partners.models import Partner
from performance.models import Kpi, Measurement
from programs.enrolling import enrol
from programs.models import Certificate, Certification, Enrolment, Programme, Tier
from programs.programmes import add_tier, create_programme
from programs.requirements.editing import add_requirement
from programs.standing.evaluating import Summary, evaluate_programme
from tests.kit.world import Tenant

TODAY = date(2026, 5, 15)


def programme(tenant: Tenant, *tiers: str, **fields: Any) -> Programme:
    """``partners`` with these tiers (three metals), lowest first; the first programme is the main one."""
    made = create_programme(tenant.system, code=fields.pop("code", "partners"), name="Partners", **fields)
    for code in tiers or ("silver", "gold", "platinum"):
        add_tier(tenant.system, programme=made.code, code=code, name=code.title())
    return made


def gold_in_two_languages() -> None:
    """A main programme whose one tier ``gold`` has an English and a Persian name; in the open scope."""
    made = Programme.objects.create(code="main", name="Main", main=True)
    Tier.objects.create(programme=made, code="gold", rank=1, name="Golden", names={"fa": "طلایی"})


def tier(code: str) -> Tier:
    found: Tier = Tier.objects.get(code=code)
    return found


def ask(tenant: Tenant, code: str, **fields: Any) -> int:
    """A requirement of the tier with this code; returns its id."""
    fields = {name: Decimal(value) if name == "threshold" else value for name, value in fields.items()}
    return int(add_requirement(tenant.system, tier_id=tier(code).pk, **fields).pk)


def monthly(code: str = "sales") -> Kpi:
    kpi: Kpi = Kpi.objects.create(code=code, name=code.title(), measure="sum_amount", period="month")
    return kpi


def sold(kpi: Kpi, partner: Partner, period: str, value: int | str | Decimal) -> None:
    Measurement.objects.create(kpi=kpi, partner=partner, period=period, value=Decimal(value), weight=1)


def certified(tenant: Tenant, certification: Certification, member: str, **fields: Any) -> Certificate:
    actor = tenant.actors[member]
    row: Certificate = Certificate.objects.create(
        certification=certification,
        partner_id=actor.partner_id,
        member_id=actor.membership_id,
        person_name=actor.name,
        passed_on=fields.pop("passed_on", date(2026, 1, 1)),
        **fields,
    )
    return row


def join(tenant: Tenant, *codes: str, programme: str = "partners", at: str = "") -> None:
    """Enrol partners without evaluating them."""
    ids = [tenant.partners[code].pk for code in codes]
    enrol(tenant.system, programme=programme, partner_ids=ids, tier=at, evaluate=False)


def night(tenant: Tenant, day: date = TODAY, code: str = "partners") -> Summary:
    return evaluate_programme(tenant.system, Programme.objects.get(code=code), day=day)


def standing(tenant: Tenant, code: str = "p1", programme: str = "partners") -> Enrolment:
    found: Enrolment = Enrolment.objects.select_related("tier", "partner", "programme").get(
        partner=tenant.partners[code], programme__code=programme
    )
    return found
