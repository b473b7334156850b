"""What tiers ask about plans."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from programs.plans import selectors
from tenancy.context import require_operator_id
from tenancy.models import Operator


def signed_plans(partner_ids: Iterable[int], on: date) -> dict[int, Decimal]:
    """Partner id -> 1 where a signed plan covers the fiscal year of ``on``; others are left out."""
    operator = Operator.objects.get(pk=require_operator_id())
    return selectors.signed_plans(partner_ids, on, operator)
