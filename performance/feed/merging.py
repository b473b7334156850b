"""Lines of a customer that was merged into another one become lines of that one.

Credits never change, so each such line gets a revision that differs in the customer alone: sums stay, distinct customers
are counted as they are now, and a statement that is out already is corrected by the next one.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from catalog.models import Customer
from performance.feed import bell, sql
from performance.feed.intake import BUCKETS
from tenancy.actors import Actor
from tenancy.context import require_operator_id

#: A batch that began before the merge may bring in lines of the old customer this long after it.
LATE = timedelta(minutes=10)


def follow(actor: Actor, merged: Sequence[int]) -> int:
    """Move the lines of these customers to those that stand for them, in the open scope; returns how many. Twice does no harm."""
    values: dict[str, Any] = {
        "op": require_operator_id(),
        "lanes": settings.FEED_LANES,
        "merged": list(merged),
        "buckets": list(range(BUCKETS)),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.LOCK, values)
        cursor.execute(sql.FOLLOW, values)
        moved, lanes = cursor.fetchone()
    bell.ring(actor.operator.pk, lanes)
    return int(moved)


def follow_due(actor: Actor) -> int:
    """Lines that were on their way while their customer was merged."""
    fresh = Customer.objects.filter(merged_into__isnull=False, updated_at__gt=timezone.now() - LATE)
    ids = list(fresh.values_list("pk", flat=True))
    return follow(actor, ids) if ids else 0
