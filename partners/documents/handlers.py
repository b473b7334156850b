"""The clocks of documents, and what a document means for the checklist."""

from typing import Any

from partners.documents.enums import DocumentState
from partners.documents.rules import EXPIRE, WARN
from partners.documents.services import INVALID, VALID, expire, warn
from partners.models import OnboardingStep, PartnerDocument
from partners.onboarding.enums import OnboardingState, StepKind, StepState
from partners.onboarding.seen import sees
from partners.onboarding.steps import complete_seen, expire_step, open_step, require_action
from tenancy.actors import Actor
from tenancy.outbox import on
from workflow.timers import on_timer


@on_timer(WARN)
def warn_both(actor: Actor, document_id: int, payload: dict[str, Any]) -> None:
    warn(actor, document_id, payload["days"], payload["until"])


@on_timer(EXPIRE)
def over(actor: Actor, document_id: int, payload: dict[str, Any]) -> None:
    expire(actor, document_id, payload["until"])


@on(VALID)
def document_valid(actor: Actor, payload: dict[str, Any]) -> None:
    """A checked document completes the step that waits for its kind."""
    complete_seen(actor, payload["partner_id"], StepKind.DOCUMENT, document_kind=payload["kind"])


@on(INVALID)
def document_invalid(actor: Actor, payload: dict[str, Any]) -> None:
    """The step that stood on it is open again, unless another valid document carries it."""
    if _has_valid(payload["partner_id"], payload["kind"]):
        return
    steps = OnboardingStep.objects.filter(
        partner_id=payload["partner_id"],
        kind=StepKind.DOCUMENT,
        document_kind=payload["kind"],
        state=StepState.DONE,
    ).exclude(onboarding__state=OnboardingState.STOPPED)
    for pk in list(steps.order_by("pk").values_list("pk", flat=True)):
        with open_step(actor, pk) as step:
            if payload["expired"]:
                expire_step(actor, step)
            else:
                require_action(actor, step, text=payload["text"])


@sees(StepKind.DOCUMENT)
def _document(actor: Actor, step: OnboardingStep) -> bool:
    return _has_valid(step.partner_id, step.document_kind)


def _has_valid(partner_id: int, kind: str) -> bool:
    found = PartnerDocument.objects.filter(partner_id=partner_id, kind=kind, state=DocumentState.VALID)
    return bool(found.exists())
