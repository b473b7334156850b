"""How a step moves, who moves it, and the operator's numbers."""

from django.utils.translation import gettext_lazy as _

from partners.models import OnboardingStep
from partners.onboarding.enums import OPEN, SEEN, Approver, Side, StepState
from partners.onboarding.enums import StepState as S
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.settings import define
from workflow.states import Machine

STEPS = Machine(
    ways={
        S.PENDING: (S.SUBMITTED, S.DONE, S.SKIPPED),
        S.SUBMITTED: (S.DONE, S.ACTION_REQUIRED, S.SKIPPED),
        S.ACTION_REQUIRED: (S.SUBMITTED, S.DONE, S.SKIPPED),
        S.DONE: (S.ACTION_REQUIRED, S.EXPIRED),
        S.EXPIRED: (S.SUBMITTED, S.DONE, S.SKIPPED),
    },
    labels=StepState,
    reasons=frozenset({S.ACTION_REQUIRED, S.SKIPPED}),
)
#: Whoever approves a step holds this.
APPROVERS = {
    Approver.NOBODY: Permission.MANAGE_ONBOARDING,
    Approver.PAM: Permission.MANAGE_ONBOARDING,
    Approver.PROGRAMME: Permission.MANAGE_PARTNERS,
}
due_days = define("onboarding.due", 5, _("Time for a step"), _("working days"), least=1, most=250)
remind_before = define("onboarding.remind_before", 3, _("Reminder before a step is due"), _("days"), most=60)
remind_every = define(
    "onboarding.remind_every", 5, _("Reminder after a step was due, every"), _("days"), least=1, most=60
)


def approves(actor: Actor, step: OnboardingStep) -> bool:
    """Whether ``actor`` decides about what was handed in."""
    return actor.is_staff and actor.can(APPROVERS[Approver(step.approver)])


def works_on(actor: Actor, step: OnboardingStep) -> bool:
    """Whether the step is the actor's to do now."""
    if step.opened_at is None or step.state not in (S.PENDING, S.ACTION_REQUIRED, S.EXPIRED):
        return False
    if step.side == Side.OPERATOR:
        return actor.is_staff and actor.can(Permission.MANAGE_ONBOARDING)
    return (
        actor.partner_id == step.partner_id
        and actor.can(Permission.VIEW_ONBOARDING)
        and step.kind not in SEEN
    )


def may_confirm(actor: Actor, step: OnboardingStep) -> bool:
    """Whether the operator's ``actor`` can say that it happened elsewhere (a contract on paper, a course in person)."""
    open_there = step.side == Side.PARTNER and step.state in OPEN and step.state != S.SUBMITTED
    return open_there and approves(actor, step)


def may_skip(actor: Actor, step: OnboardingStep) -> bool:
    return step.state in OPEN and actor.is_staff and actor.can(Permission.MANAGE_PARTNERS)


def may_reopen(actor: Actor, step: OnboardingStep) -> bool:
    """What was done turns out to be wrong."""
    return step.state == S.DONE and approves(actor, step)
