"""What the system sees by itself when it looks at a step. Bank accounts, courses and deals tell of themselves by events."""

from collections.abc import Callable

from partners.models import OnboardingStep
from partners.onboarding.asked import asks_of
from partners.onboarding.enums import StepKind
from partners.selectors import people_of
from tenancy.actors import Actor

Check = Callable[[Actor, OnboardingStep], bool]
_checks: dict[str, Check] = {}


def sees(kind: str) -> Callable[[Check], Check]:
    """Register how a kind of step is seen to be fulfilled."""

    def register(check: Check) -> Check:
        _checks[kind] = check
        return check

    return register


def is_seen(actor: Actor, step: OnboardingStep) -> bool:
    """Whether the step is fulfilled without anybody handing something in."""
    check = _checks.get(step.kind)
    return check is not None and check(actor, step)


@sees(StepKind.PROFILE)
def _profile(actor: Actor, step: OnboardingStep) -> bool:
    """Everything that the profile asks of the partner is known."""
    asked = [name for name, one in asks_of(step.kind).items() if one.of_partner]
    return bool(step.partner.roles) and all(getattr(step.partner, name) for name in asked)


@sees(StepKind.USERS)
def _users(actor: Actor, step: OnboardingStep) -> bool:
    return people_of(step.partner).count() >= step.amount
