"""What tiers may ask of deals: how many a partner has under protection."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from deals.enums import DealState
from deals.models import Deal
from programs.requirements.sources import register


def active_deals(partner_ids: Collection[int], day: date) -> dict[int, Decimal]:
    """Partner id -> approved deals that are protected on ``day``."""
    rows = Deal.objects.filter(
        partner_id__in=list(partner_ids), state=DealState.APPROVED, protected_until__gte=day
    )
    counted = rows.order_by().values_list("partner_id").annotate(n=Count("pk"))
    return {partner_id: Decimal(number) for partner_id, number in counted}


register("active_deals", _("Active deals"), active_deals, "/deals/")
