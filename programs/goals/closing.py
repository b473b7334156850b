"""What the system does with goals: the agreed number becomes the KPI's target, and after the period it is closed."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from performance.enums import LineKind
from performance.facts import tell_fact
from performance.services import set_target
from programs.goals.enums import GoalState as S
from programs.goals.machine import GOAL, LIVE
from programs.goals.notices import other_side, tell_answer
from programs.goals.services import AGREED, CLOSES
from programs.goals.targets import measured
from programs.models import Goal
from tenancy.actors import Actor
from tenancy.outbox import on
from workflow.states import move
from workflow.timers import on_timer


@on(AGREED)
def goal_agreed(actor: Actor, payload: Mapping[str, Any]) -> None:
    """Make the agreed number the target that ``attainment()`` sees. Again is no harm."""
    goal = Goal.objects.select_related("kpi", "partner").get(pk=payload["goal_id"])
    set_target(
        actor,
        kpi=goal.kpi.code,
        period=goal.period,
        partner=goal.partner.code,
        value=goal.agreed_target,
    )


@on_timer(CLOSES)
def goal_closes(actor: Actor, goal_id: int, payload: Mapping[str, Any]) -> None:
    """Close a goal after its period and the days for late data: met or missed, by what was measured."""
    goal = Goal.objects.select_for_update(of=("self",)).select_related("kpi", "partner").get(pk=goal_id)
    now = timezone.now()
    if goal.state not in LIVE or goal.closes_at is None or goal.closes_at > now:
        return
    if goal.agreed_target is None:
        move(actor, goal, S.REFUSED, GOAL, text=str(_("The period ended without an agreement.")))
        return
    goal.actual, goal.closed_at = measured(goal.kpi, goal.partner, goal.period), now
    met = goal.actual >= goal.agreed_target
    move(actor, goal, S.MET if met else S.MISSED, GOAL, save=("actual", "closed_at"))
    if met:
        tell_fact(
            kind=LineKind.GOAL_REACHED,
            reference=f"goal:{goal.pk}:{goal.period}",
            partner=goal.partner.code,
            occurred_at=now,
        )
    for of_partner in (True, False):
        tell_answer(goal, other_side(goal, of_partner=of_partner), goal.state)
