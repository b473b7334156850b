"""Where a goal's gap is: by product, segment and territory.

Nobody agrees on a target per product, so the goal is shared out as the business of the same months a year before was. What
of a share is missing is its gap; the weighted open deals in it are what may close it. Without business a year before there is
nothing to share by, and only what was reached and what is coming are told apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from catalog.models import Product, Segment, Territory
from common.errors import NotFound
from common.money import exponent, split
from common.periods import parse_period
from deals.goals import ZERO, Goal, coming_by, goals
from performance.counting.behind import Dimension, sums_behind
from tenancy.actors import Actor

_MODELS: Mapping[Dimension, Any] = {
    Dimension.PRODUCT: Product,
    Dimension.SEGMENT: Segment,
    Dimension.TERRITORY: Territory,
}


@dataclass(frozen=True, slots=True)
class Part:
    """A product, segment or territory of a goal. ``key`` is its code, empty for what has none."""

    key: str
    label: str
    before: Decimal
    target: Decimal
    actual: Decimal
    pipeline: Decimal

    @property
    def gap(self) -> Decimal:
        """What is missing of its share; 0 when it is reached."""
        return max(self.target - self.actual, ZERO)


def find_goal(actor: Actor, today: date, kpi: str, partner: str) -> Goal:
    """A goal of the running periods by codes; the one with the largest gap where none is named. Raises ``NotFound``."""
    for goal in goals(actor, today):
        if (kpi or goal.kpi.code, partner or goal.partner.code) == (goal.kpi.code, goal.partner.code):
            return goal
    raise NotFound()


def gap_parts(actor: Actor, goal: Goal, by: Dimension) -> list[Part]:
    """The parts of a goal, the largest gap first."""
    operator = actor.operator
    period = parse_period(goal.period, operator.days, operator.fiscal_start_month)
    actual = sums_behind(actor, goal.kpi, period.code, goal.partner.pk, by)
    before = sums_behind(actor, goal.kpi, period.same_last_year().code, goal.partner.pk, by)
    coming = coming_by(actor, goal, period, by)
    targets = _shared_out(goal.target, before, exponent(operator.currency))
    keys = actual.keys() | before.keys() | coming.keys()
    things = {thing.pk: thing for thing in _MODELS[by].objects.filter(pk__in=[key for key in keys if key])}
    found = []
    for key in keys:
        thing = things.get(key)
        found.append(
            Part(
                thing.code if thing else "",
                thing.label() if thing else "",
                max(before.get(key, ZERO), ZERO),
                targets.get(key, ZERO),
                actual.get(key, ZERO),
                coming.get(key, ZERO),
            )
        )
    return sorted(found, key=lambda part: (-part.gap, -part.pipeline, part.label))


def _shared_out(
    target: Decimal, before: Mapping[int | None, Decimal], places: int
) -> dict[int | None, Decimal]:
    """The target in proportion to what was before, in whole units that add up to it; empty where there was nothing."""
    keys = sorted(
        (key for key, amount in before.items() if amount > 0), key=lambda key: (key is None, key or 0)
    )
    if not keys:
        return {}
    digits = target.normalize().as_tuple().exponent
    fine = max(places, -digits if isinstance(digits, int) else 0)
    return dict(zip(keys, split(target, [before[key] for key in keys], fine), strict=True))
