"""Who is told of what about goals."""

from django.utils.translation import gettext_lazy as _

from programs.goals.enums import GoalState
from programs.models import Goal
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.enums import Urgency
from workflow.notices import Kind, To, declare, done, names_of, notify, pams_of, partner_people

OFFERED = declare(
    "goals.offered",
    Urgency.ACTION,
    _("%(partner)s: an offer for the goal %(kpi)s in %(period)s waits for your answer"),
)
ANSWERED = declare(
    "goals.answered",
    Urgency.INFO,
    _("%(partner)s: the goal %(kpi)s in %(period)s is %(state)s"),
    state=GoalState,
)


def other_side(goal: Goal, *, of_partner: bool) -> To:
    """The people of the side that is not the partner's (or is not the operator's)."""
    if of_partner:
        return pams_of(goal.partner_id, Permission.MANAGE_PLANS)
    return partner_people(goal.partner_id, Permission.MANAGE_PLANS)


def tell_offer(actor: Actor, goal: Goal, number: int) -> None:
    done(goal, [OFFERED])
    tell(goal, OFFERED, other_side(goal, of_partner=actor.is_partner), key=str(number))


def tell_answer(goal: Goal, to: To, key: str) -> None:
    done(goal, [OFFERED])
    tell(goal, ANSWERED, to, key=key, state=goal.state)


def tell(goal: Goal, kind: Kind, to: To, *, key: str, **params: str) -> None:
    names = {"partner": names_of(goal.partner), "kpi": names_of(goal.kpi), "period": {"period": goal.period}}
    notify(kind, goal, to=to, path=f"/goals/{goal.pk}/", key=key, **names, **params)
