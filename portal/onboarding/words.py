"""How steps look: icons, and rows with everything that a list shows of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from partners.models import OnboardingStep
from partners.onboarding.enums import SETTLED, Side, StepKind, StepState
from partners.onboarding.selectors import due_day
from tenancy.actors import Actor

ICONS: dict[str, str] = {
    StepKind.PROFILE: "building",
    StepKind.LEGAL: "id",
    StepKind.BANK: "building-bank",
    StepKind.CONTRACT: "signature",
    StepKind.DOCUMENT: "file-certificate",
    StepKind.STOCK: "device-sim",
    StepKind.TRAINING: "school",
    StepKind.USERS: "users",
    StepKind.TEST_ORDER: "shopping-cart",
    StepKind.FIRST_DEAL: "briefcase",
    StepKind.FREE: "flag",
}
#: Colours of the states whose names say something else elsewhere.
KINDS: dict[str, str] = {
    StepState.PENDING: "plain",
    StepState.ACTION_REQUIRED: "warn",
    StepState.SKIPPED: "plain",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A step as lists draw it."""

    step: OnboardingStep
    icon: str
    colour: str
    due: date | None
    late: bool
    waits: bool
    settled: bool
    holder: str


def row_of(actor: Actor, step: OnboardingStep) -> Row:
    settled = step.state in SETTLED
    late = bool(step.due_at and step.due_at < timezone.now() and step.holder)
    holder = str(Side(step.holder).label) if step.holder else ""
    return Row(
        step,
        ICONS[step.kind],
        KINDS.get(step.state, ""),
        due_day(actor, step),
        late,
        step.opened_at is None and not settled,
        settled,
        holder,
    )


def guide_of(step: Any) -> str:
    """What to do, in the reader's language."""
    return str(step.guide_text(get_language() or "en"))
