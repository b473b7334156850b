"""A small market for tests of deals: products of two families, and registrations through the services."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from catalog.models import Family, Product
from deals.models import Deal, DealForm
from deals.services.drafts import create_draft
from deals.services.submission import submit_deal
from tests.kit.world import Tenant

#: Legal ids of companies in Iran with true check digits.
IDS = ("10380284790", "14007650912")


def market() -> None:
    """Products ``fiber`` and ``lte`` of one family, ``waf`` of another; in the open scope."""
    for family, products in {"connectivity": ("fiber", "lte"), "security": ("waf",)}.items():
        group = Family.objects.create(code=family, name=family.title(), layer=family)
        for code in products:
            Product.objects.create(code=code, name=code.title(), family=group)


def fields(legal_id: str = "AB-1", product: str = "fiber", **more: Any) -> dict[str, Any]:
    """A complete registration of a customer in a country without check digits."""
    return {
        "customer_name": "Golden Gate Trading",
        "legal_id": legal_id,
        "country": "AE",
        "expected_close": (timezone.now().date() + timedelta(days=60)).isoformat(),
        "lines": [{"product": product, "quantity": "10", "amount": "1000"}],
    } | more


def draft(tenant: Tenant, who: str = "partner_owner@p1", **given: Any) -> Deal:
    with tenant.scope(who):
        return create_draft(tenant.actors[who], fields=fields(**given))


def submitted(tenant: Tenant, who: str = "partner_owner@p1", **given: Any) -> Deal:
    deal = draft(tenant, who, **given)
    with tenant.scope(who):
        return submit_deal(tenant.actors[who], ref=deal.ref)


def automatic(tenant: Tenant, limit: int = 10**9) -> None:
    """Whatever has no conflict is approved at once."""
    with tenant.scope():
        DealForm.objects.create(auto_limit=limit)


def again(tenant: Tenant, deal: Deal) -> Deal:
    """As it stands now, with everything that the operator sees."""
    with tenant.scope():
        found: Deal = Deal.objects.get(pk=deal.pk)
        return found


def today() -> date:
    return timezone.now().date()
