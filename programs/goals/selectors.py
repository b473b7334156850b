"""Reads of goals, and how far they are reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet

from common.errors import NotFound
from common.periods import Period, parse_period, period_of
from performance.models import Measurement
from performance.values import final_value
from programs.goals.enums import GoalState
from programs.goals.machine import CLOSED, LIVE
from programs.models import Goal, GoalOffer
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Operator


def goals_for(actor: Actor) -> QuerySet[Goal]:
    """Goals that the actor may see, newest period first; nobody sees a draft of the other side."""
    actor.require(Permission.VIEW_PLANS)
    found: QuerySet[Goal] = Goal.objects.select_related("kpi", "partner")
    other = {"state": GoalState.DRAFT, "begun_by_partner": not actor.is_partner}
    return found.exclude(**other).order_by("-period", "partner__name", "kpi__code", "pk")


def get_goal(actor: Actor, pk: int) -> Goal:
    """One of ``goals_for``; raises ``NotFound``."""
    goal = goals_for(actor).filter(pk=pk).first()
    if goal is None:
        raise NotFound()
    return goal


def offers_of(goal: Goal) -> QuerySet[GoalOffer]:
    """What was offered and agreed, oldest first."""
    found: QuerySet[GoalOffer] = GoalOffer.objects.filter(goal=goal)
    return found


def is_answering(actor: Actor, goal: Goal) -> bool:
    """Whether the offer that stands waits for the actor's side."""
    return goal.by_partner != actor.is_partner and is_side(actor, goal)


def is_side(actor: Actor, goal: Goal) -> bool:
    """Whether the actor may act for one of the two sides of this goal."""
    own = not actor.is_partner or goal.partner_id == actor.partner_id
    return own and actor.can(Permission.MANAGE_PLANS)


@dataclass(frozen=True, slots=True)
class Reached:
    """``share`` of the target in force (or offered) that ``value`` is; ``passed``: the share of the period that is over."""

    goal: Goal
    value: Decimal
    target: Decimal
    passed: Decimal

    @property
    def share(self) -> Decimal:
        return self.value / self.target

    @property
    def behind(self) -> bool:
        """Clearly behind the time that has passed."""
        return self.goal.state not in CLOSED and self.share < self.passed - Decimal("0.1")


def reached(operator: Operator, goals: Iterable[Goal], today: date) -> dict[int, Reached]:
    """Goal id -> how far; live ones are read from the measurements in one query, closed ones keep their last value."""
    wanted = list(goals)
    measured = _measured(wanted)
    found = {}
    for goal in wanted:
        value = goal.actual
        if value is None:
            value = measured.get((goal.kpi_id, goal.partner_id, goal.period), Decimal(0))
        period = period_of_goal(operator, goal)
        begins = goal.counts_from or period.start
        length = max((period.end - begins).days, 1)
        passed = Decimal(min(max((today - begins).days, 0), length)) / length
        found[goal.pk] = Reached(goal, value, goal.agreed_target or goal.target, passed)
    return found


def period_of_goal(operator: Operator, goal: Goal) -> Period:
    return parse_period(goal.period, operator.days, operator.fiscal_start_month)


def _measured(goals: list[Goal]) -> dict[tuple[int, int, str], Decimal]:
    rows = Measurement.objects.filter(
        kpi_id__in={goal.kpi_id for goal in goals},
        partner_id__in={goal.partner_id for goal in goals},
        period__in={goal.period for goal in goals},
        rep=None,
    )
    measures = {goal.kpi_id: goal.kpi.measure for goal in goals}
    columns = ("kpi_id", "partner_id", "period", "value", "weight")
    return {
        (kpi, partner, period): final_value(measures[kpi], value, weight)
        for kpi, partner, period, value, weight in rows.values_list(*columns)
    }


def goals_met(partner_ids: Iterable[int], on: date, operator: Operator) -> dict[int, Decimal]:
    """Partner id -> goals met among those that begin in the fiscal year of ``on``; others are left out. For tiers."""
    year = period_of(on, "year", operator.days, operator.fiscal_start_month)
    rows = Goal.objects.filter(partner_id__in=list(partner_ids), state=GoalState.MET)
    counts = rows.order_by().values_list("partner_id", "period").annotate(n=Count("pk"))
    begins: dict[str, date] = {}
    found: dict[int, Decimal] = {}
    for partner_id, code, number in counts:
        if code not in begins:
            begins[code] = parse_period(code, operator.days, operator.fiscal_start_month).start
        if year.contains(begins[code]):
            found[partner_id] = found.get(partner_id, Decimal(0)) + number
    return found


def running_goals(actor: Actor, today: date) -> list[Reached]:
    """Live goals with an agreed number whose period runs."""
    goals = [
        goal
        for goal in goals_for(actor).filter(state__in=LIVE, agreed_target__isnull=False)
        if period_of_goal(actor.operator, goal).contains(today)
    ]
    return list(reached(actor.operator, goals, today).values())
