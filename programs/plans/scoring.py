"""How far a plan is: actuals out of measurements, attainment of each objective, and the weighted score."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from performance.enums import Measure
from performance.models import Measurement
from performance.values import final_value
from programs.models import Objective, ObjectiveTarget, Plan
from programs.plans.machine import cap_percent
from programs.plans.selectors import objectives_of
from tenancy.models import Operator

_RATIOS = (Measure.AVERAGE_SCORE, Measure.CROSS_SELL)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Step:
    """One period of an objective; ``actual`` is ``None`` where nothing was entered yet."""

    row: ObjectiveTarget
    actual: Decimal | None

    @property
    def share(self) -> Decimal | None:
        return None if self.actual is None or not self.row.target else self.actual / self.row.target


@dataclass(frozen=True, slots=True)
class Scored:
    """An objective: ``attainment`` of the year's targets, and the ``points`` that it gives (capped)."""

    objective: Objective
    steps: tuple[Step, ...]
    target: Decimal
    actual: Decimal
    attainment: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class PlanScore:
    """``score`` = sum(weight x min(attainment, cap)): 100 where everything was reached exactly."""

    objectives: tuple[Scored, ...]
    score: Decimal


def score_of(operator: Operator, plan: Plan) -> PlanScore:
    """As measured now. Three queries."""
    objectives = list(objectives_of(plan))
    measured = _measured(plan, objectives)
    cap = Decimal(cap_percent()) / 100
    scored = tuple(_scored(each, measured, cap) for each in objectives)
    return PlanScore(scored, sum((each.points for each in scored), ZERO))


def weighed(weight: int, attainment: Decimal, cap: Decimal) -> Decimal:
    """The points of one objective."""
    return weight * min(max(attainment, ZERO), cap)


def _scored(objective: Objective, measured: dict[tuple[int, str], Decimal], cap: Decimal) -> Scored:
    rows: Any = objective.targets.all()
    steps = tuple(Step(row, _actual(objective, row, measured)) for row in rows)
    target = sum((step.row.target for step in steps), ZERO)
    actual = sum((step.actual or ZERO for step in steps), ZERO)
    if objective.kpi and objective.kpi.measure in _RATIOS and steps:
        target, actual = target / len(steps), actual / len(steps)
    attainment = actual / target if target else ZERO
    return Scored(objective, steps, target, actual, attainment, weighed(objective.weight, attainment, cap))


def _actual(
    objective: Objective, row: ObjectiveTarget, measured: dict[tuple[int, str], Decimal]
) -> Decimal | None:
    if objective.kpi_id is None:
        found: Decimal | None = row.actual
        return found
    return measured.get((objective.kpi_id, row.period), ZERO)


def _measured(plan: Plan, objectives: list[Objective]) -> dict[tuple[int, str], Decimal]:
    kpis = {each.kpi.pk: each.kpi for each in objectives if each.kpi}
    periods = {row.period for each in objectives for row in each.targets.all()}
    rows = Measurement.objects.filter(
        kpi_id__in=kpis, period__in=periods, partner_id=plan.partner_id, rep=None
    )
    return {
        (kpi, period): final_value(kpis[kpi].measure, value, weight)
        for kpi, period, value, weight in rows.values_list("kpi_id", "period", "value", "weight")
    }
