"""Goals have a conversation on their page."""

from portal.workflow.about import register_about
from programs.goals.machine import CLOSED
from programs.goals.selectors import get_goal, is_side
from programs.models import Goal
from tenancy.actors import Actor
from tenancy.enums import Permission


def may_write(actor: Actor, goal: Goal) -> bool:
    return goal.state not in CLOSED and is_side(actor, goal)


register_about(
    "programs.goal",
    fetch=get_goal,
    may_write=may_write,
    title=lambda goal: f"{goal.kpi.label()} – {goal.partner.label()}",
    path=lambda goal: f"/goals/{goal.pk}/",
    tells=Permission.MANAGE_PLANS,
)
