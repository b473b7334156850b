"""A small market for tests of leads, and leads that come in through the services."""

from typing import Any

from catalog.models import Customer, Family, Product, Segment, Territory
from marketing.leads.capture import Captured, capture_lead
from marketing.models import Lead, LeadContact, LeadOffer
from tenancy.enums import Audience, Role
from tenancy.models import Membership
from tenancy.scope import scope
from tenancy.services import add_membership, ensure_person
from tests.kit.world import Tenant, make_partner

OWNER, RIVAL, BOSS = "partner_owner@p1", "partner_owner@p2", "programme_manager"


def market() -> None:
    """Products ``fiber`` and ``waf`` of two families, a segment, two provinces; in the open scope."""
    for family, code in (("connectivity", "fiber"), ("security", "waf")):
        group = Family.objects.create(code=family, name=family.title(), layer=family)
        Product.objects.create(code=code, name=code.title(), family=group)
    Segment.objects.create(code="sme", name="SME")
    for code in ("north", "south"):
        place = Territory.objects.create(code=code, name=code.title())
        Territory.objects.filter(pk=place.pk).update(path=[place.pk])


def fields(company: str = "Golden Gate Trading", **more: Any) -> dict[str, Any]:
    """A lead of a company in a country without check digits."""
    return {
        "person": "Sara Karimi",
        "company": company,
        "email": f"sara@{company.lower().replace(' ', '-')}.example",
        "country": "AE",
        "city": "Dubai",
        "product": "fiber",
        "timing": "quarter",
    } | more


def capture(
    tenant: Tenant, who: str = BOSS, *, partner: str = "", source: str = "manual", **given: Any
) -> Captured:
    with tenant.scope(who):
        return capture_lead(tenant.actors[who], fields=fields(**given), partner=partner, source=source)


def lead(tenant: Tenant, **given: Any) -> Lead:
    return again(tenant, capture(tenant, **given).lead)


def again(tenant: Tenant, row: Lead) -> Lead:
    """As it stands now."""
    with tenant.scope():
        found: Lead = Lead.objects.select_related("partner").get(pk=row.pk)
        return found


def contact(tenant: Tenant, row: Lead) -> LeadContact:
    with tenant.scope():
        found: LeadContact = LeadContact.objects.select_related("customer").get(lead=row)
        return found


def offers(tenant: Tenant, row: Lead) -> list[LeadOffer]:
    """Oldest first."""
    with tenant.scope():
        return list(LeadOffer.objects.filter(lead=row).select_related("partner").order_by("pk"))


def holder(tenant: Tenant, row: Lead) -> str:
    """The owner of the partner that has it now."""
    found = again(tenant, row).partner
    assert found is not None
    return f"partner_owner@{found.code}"


def staffed(tenant: Tenant, number: int) -> None:
    """So many more partners, ``x0`` and so on, whose seller is one and the same person."""
    with scope(tenant.operator.pk, Audience.AUTH):
        person = ensure_person(email="seller@many.example", name="Seller", password="x")
    with tenant.scope():
        made = [make_partner(f"x{index}") for index in range(number)]
    with scope(tenant.operator.pk, Audience.AUTH):
        for each in made:
            add_membership(person, role=Role.PARTNER_SELLER, partner_id=each.pk)


def without_people(tenant: Tenant, code: str) -> None:
    """Nobody works at this partner any more."""
    with tenant.scope():
        Membership.objects.filter(partner=tenant.partners[code]).update(active=False)


def customer(code: str = "c-1", **more: Any) -> Customer:
    found: Customer = Customer.objects.create(code=code, name=code.title(), country="AE", **more)
    return found
