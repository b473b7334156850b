"""How the whole channel earns: cost by scheme and tier, partners that moved most. Reads accruals only."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from incentives.models import Scheme
from incentives.selectors import payable_accruals_for
from incentives.standing import Clock
from partners.models import Partner
from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class Cost:
    """What one scheme owes so far in its running period: in all, by tier code, and in the whole period before."""

    scheme: Scheme
    period: str
    total: Decimal
    tiers: dict[str, Decimal]
    before: Decimal
    partners: int


def costs(actor: Actor, clock: Clock) -> list[Cost]:
    """Per scheme with an accrual in its running period, the dearest first. Two queries."""
    rows = (
        payable_accruals_for(actor)
        .filter(period__in=_codes(clock))
        .order_by()
        .values("version__scheme_id", "period", "partner__tier")
        .annotate(total=Sum("amount"), n=Count("partner_id", distinct=True))
    )
    schemes = Scheme.objects.in_bulk()
    tiers: dict[int, dict[str, Decimal]] = defaultdict(dict)
    before: dict[int, Decimal] = defaultdict(Decimal)
    partners: dict[int, int] = defaultdict(int)
    for row in rows:
        scheme = schemes[row["version__scheme_id"]]
        running = clock.running[scheme.period]
        if row["period"] == running.code:
            tiers[scheme.pk][row["partner__tier"]] = row["total"]
            partners[scheme.pk] += row["n"]
        elif row["period"] == running.previous().code:
            before[scheme.pk] += row["total"]
    found = [
        Cost(
            schemes[pk],
            clock.running[schemes[pk].period].code,
            sum(amounts.values(), Decimal(0)),
            amounts,
            before[pk],
            partners[pk],
        )
        for pk, amounts in tiers.items()
    ]
    return sorted(found, key=lambda cost: (-cost.total, cost.scheme.code))


def _codes(clock: Clock) -> list[str]:
    running = clock.running.values()
    return sorted({period.code for period in running} | {period.previous().code for period in running})


@dataclass(frozen=True, slots=True)
class Moved:
    """A partner's accruals of the running periods, and what they would be at the pace of the periods before: of each
    of those, the share of the running period that is over."""

    partner: Partner
    now: Decimal
    pace: Decimal

    @property
    def change(self) -> Decimal:
        return self.now - self.pace


def moves(actor: Actor, clock: Clock) -> list[Moved]:
    """Every partner that the actor sees with an accrual now or before, the largest rise first. Two queries."""
    kinds = dict(Scheme.objects.values_list("pk", "period"))
    rows = (
        payable_accruals_for(actor)
        .filter(period__in=_codes(clock))
        .order_by()
        .values("partner_id", "version__scheme_id", "period")
        .annotate(total=Sum("amount"))
    )
    now: dict[int, Decimal] = defaultdict(Decimal)
    pace: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        running = clock.running[kinds[row["version__scheme_id"]]]
        if row["period"] == running.code:
            now[row["partner_id"]] += row["total"]
        elif row["period"] == running.previous().code:
            pace[row["partner_id"]] += row["total"] * clock.passed(running)
    partners = Partner.objects.in_bulk({*now, *pace})
    found = [Moved(partner, now[pk], pace[pk]) for pk, partner in partners.items()]
    return sorted(found, key=lambda moved: (-moved.change, moved.partner.code))


def earning(moved: Collection[Moved]) -> int:
    """How many of these partners have earned something in the running periods."""
    return sum(1 for each in moved if each.now > 0)
