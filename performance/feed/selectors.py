"""What the feed did: batches, refused and unresolved lines, what waits, and how far behind counting is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Func, IntegerField, Max, QuerySet
from django.utils import timezone

from performance.models import Intake, LaneClock, PendingChunk, RefusedLine, UnresolvedLine
from tenancy.actors import Actor
from tenancy.enums import Permission


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How the feed stands. ``pending``: credits waiting to be counted, ``lag_ms``: how long the oldest has waited.

    ``refused`` and ``unresolved`` count lines; refused ones of the last 24 hours.
    """

    pending: int
    lag_ms: int
    refused: int
    unresolved: int
    newest_received_at: datetime | None
    newest_counted_at: datetime | None


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """What everybody may know: how much waits, and up to when everything is counted."""

    pending: int
    newest_counted_at: datetime | None
    lag_ms: int


def pending_lanes() -> list[int]:
    """The lanes of the active operator in which credits wait."""
    return sorted(PendingChunk.objects.values_list("lane", flat=True).distinct())


def _status() -> FeedStatus:
    size = Func("credit_ids", function="cardinality", output_field=IntegerField())
    rows = list(PendingChunk.objects.annotate(n=size).values_list("n", "received_at"))
    oldest = min((received for _n, received in rows), default=None)
    lag = timezone.now() - oldest if oldest else None
    newest = LaneClock.objects.aggregate(newest=Max("newest_received_at"))["newest"]
    return FeedStatus(sum(n for n, _ in rows), newest, max(0, int(lag.total_seconds() * 1000)) if lag else 0)


def feed_status(actor: Actor) -> FeedStatus:
    """Pending credits and lag; needs ``feed.view`` or ``feed.send``."""
    if not actor.can(Permission.SEND_FEED):
        actor.require(Permission.VIEW_FEED)
    return _status()


def feed_health(actor: Actor) -> FeedHealth:
    """The state of the whole feed; needs ``feed.view``."""
    actor.require(Permission.VIEW_FEED)
    status = _status()
    since = timezone.now() - timedelta(days=1)
    return FeedHealth(
        status.pending,
        status.lag_ms,
        RefusedLine.objects.filter(intake__received_at__gte=since).count(),
        UnresolvedLine.objects.count(),
        Intake.objects.aggregate(newest=Max("received_at"))["newest"],
        status.newest_counted_at,
    )


def intakes(actor: Actor) -> QuerySet[Intake]:
    """Batches, newest first; needs ``feed.view``."""
    actor.require(Permission.VIEW_FEED)
    return Intake.objects.order_by("-received_at", "-id")


def refused_lines(actor: Actor) -> QuerySet[RefusedLine]:
    """Refused lines, newest batch first; needs ``feed.view``."""
    actor.require(Permission.VIEW_FEED)
    return RefusedLine.objects.select_related("intake").order_by("-intake_id", "index")


def unresolved_lines(actor: Actor) -> QuerySet[UnresolvedLine]:
    """Lines that wait for a code or an original, newest first; needs ``feed.view``."""
    actor.require(Permission.VIEW_FEED)
    return UnresolvedLine.objects.order_by("-received_at", "-id")


def missing_codes(actor: Actor, *, most: int = 50) -> Sequence[tuple[str, int]]:
    """The codes that most unresolved lines wait for, as ("product:X1", lines); needs ``feed.view``."""
    actor.require(Permission.VIEW_FEED)
    counts: dict[str, int] = {}
    for missing in UnresolvedLine.objects.values_list("missing", flat=True).iterator():
        for code in missing:
            counts[code] = counts.get(code, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
