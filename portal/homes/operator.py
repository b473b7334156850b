"""What the operator's home shows: what the channel costs, whose earnings moved, and how the feed stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from incentives.channel import Cost, Moved, costs, earning, moves
from incentives.selectors import Used, budget_use
from incentives.standing import Clock, clock_of
from performance.feed.selectors import FeedHealth, feed_health
from portal.homes.drawing import stacked
from portal.programs.choices import tier_label
from portal.shell.charts import Chart
from portal.shell.formats import Formats
from programs.selectors import main_tier_names
from tenancy.actors import Actor
from tenancy.enums import Permission

#: Partners that the lists of risers and fallers name.
MOVERS = 5


@dataclass(frozen=True, slots=True)
class CostRow:
    cost: Cost
    period: str
    tiers: list[tuple[str, Decimal]]


@dataclass(frozen=True, slots=True)
class OperatorHome:
    """``rows`` and ``chart`` by scheme and tier; ``risers`` and ``fallers`` against the pace of the last period."""

    total: Decimal
    before: Decimal
    earning: int
    rows: list[CostRow]
    tiers: list[str]
    chart: Chart | None
    budgets: list[Used]
    risers: list[Moved]
    fallers: list[Moved]
    health: FeedHealth | None


def operator_home(actor: Actor, formats: Formats) -> OperatorHome:
    """A fixed number of queries over accruals, none over transactions."""
    clock = clock_of(actor.operator)
    found, moved = costs(actor, clock), moves(actor, clock)
    tiers, named = _tiers(found), main_tier_names()
    labels = {tier: tier_label(tier, named) for tier in tiers}
    return OperatorHome(
        total=sum((cost.total for cost in found), Decimal(0)),
        before=sum((cost.before for cost in found), Decimal(0)),
        earning=earning(moved),
        rows=[_row(cost, labels, formats) for cost in found],
        tiers=list(labels.values()),
        chart=_chart(found, labels, formats),
        budgets=[used for used in budget_use(actor) if _is_running(used, clock)],
        risers=[each for each in moved[:MOVERS] if each.change > 0],
        fallers=[each for each in reversed(moved[-MOVERS:]) if each.change < 0],
        health=feed_health(actor) if actor.can(Permission.VIEW_FEED) else None,
    )


def _tiers(found: Sequence[Cost]) -> list[str]:
    """The tiers that cost anything, the dearest first."""
    sums: dict[str, Decimal] = {}
    for cost in found:
        for tier, amount in cost.tiers.items():
            sums[tier] = sums.get(tier, Decimal(0)) + amount
    return sorted(sums, key=lambda tier: (-sums[tier], tier))


def _row(cost: Cost, tiers: Mapping[str, str], formats: Formats) -> CostRow:
    """``tiers``: code -> name."""
    amounts = [(name, cost.tiers.get(tier, Decimal(0))) for tier, name in tiers.items()]
    return CostRow(cost, formats.period(cost.period), amounts)


def _chart(found: Sequence[Cost], tiers: Mapping[str, str], formats: Formats) -> Chart | None:
    shown = [cost for cost in found if cost.total]
    if not shown:
        return None
    series = {name: [cost.tiers.get(tier, Decimal(0)) for cost in shown] for tier, name in tiers.items()}
    labels = [str(cost.scheme) for cost in shown]
    return stacked(_("Accrued cost by scheme and tier"), labels, series, formats, horizontal=True)


def _is_running(used: Used, clock: Clock) -> bool:
    version = used.version
    return version.starts <= clock.today and (version.ends is None or version.ends >= clock.today)
