"""Steps of a checklist: handed in, approved, sent back, skipped, opened again. What follows opens at once; whether the
partner is active is decided by the worker (``partners.onboarding.moved``)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, InputError
from common.text import clean_text
from partners.models import Onboarding, OnboardingStep
from partners.onboarding.asked import asks_of, read_answers
from partners.onboarding.enums import ASKED, OPEN, Approver, OnboardingState, StepKind
from partners.onboarding.enums import StepState as S
from partners.onboarding.notices import (
    APPROVED,
    EXPIRED,
    HANDED_IN,
    RETURNED,
    approvers,
    people,
    settle_notices,
    tell,
)
from partners.onboarding.opening import hand_over, open_ready
from partners.onboarding.rules import STEPS, approves, may_confirm, may_reopen, may_skip, works_on
from partners.onboarding.selectors import get_step
from tenancy import outbox
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.conversation import attachments_of
from workflow.states import move

MOVED = "partners.onboarding_moved"
LONGEST = 4000
_HELD = ("held_since", "due_at")


@contextmanager
def open_step(actor: Actor, step_id: int) -> Iterator[OnboardingStep]:
    """The step, with its whole onboarding locked. Raises ``NotFound``, and ``Conflict`` where the onboarding was stopped."""
    actor.require(Permission.VIEW_ONBOARDING)
    found = get_step(actor, step_id)
    onboarding = Onboarding.objects.select_for_update(no_key=True).get(pk=found.onboarding_id)
    if onboarding.state == OnboardingState.STOPPED:
        raise Conflict("onboarding_stopped", _("This checklist was stopped."))
    yield OnboardingStep.objects.select_related("partner").get(pk=found.pk)


def submit_step(
    actor: Actor, *, step_id: int, answers: Mapping[str, Any] | None = None, text: str = ""
) -> OnboardingStep:
    """Hand a step in with what it asks; files are attached to it before. Without an approver it is done at once.

    Raises ``Invalid`` for wrong answers, ``InputError("text")`` where there is neither a word nor a file,
    ``Forbidden`` where the step is not the actor's.
    """
    with open_step(actor, step_id) as step:
        if not works_on(actor, step):
            raise _not_yours(step)
        step.text = _words(text)
        _keep_answers(step, answers or {})
        if step.kind not in ASKED and not step.text and not attachments_of(step).exists():
            raise InputError("required", _("Write a line or add a file."), "text")
        step.submitted_by_id = actor.membership_id
        fields = ["data", "text", "submitted_by"]
        if step.approver == Approver.NOBODY or step.side == "operator":
            settle(actor, step, S.DONE, save=fields)
        else:
            hand_over(actor, step)
            move(actor, step, S.SUBMITTED, STEPS, text=step.text, save=[*fields, *_HELD])
            settle_notices(step)
            tell(HANDED_IN, step, approvers(step), key=_stamp())
    return step


def _not_yours(step: OnboardingStep) -> Exception:
    if step.opened_at is None:
        return Conflict("not_open", _("Something else has to be done before this."))
    if step.state not in (S.PENDING, S.ACTION_REQUIRED, S.EXPIRED):
        return Conflict("not_open", _("Nothing is asked here now."))
    return Forbidden()


def _keep_answers(step: OnboardingStep, answers: Mapping[str, Any]) -> None:
    unknown = set(answers) - set(asks_of(step.kind))
    if unknown:
        raise InputError("unknown_field", _("There is no such field."), sorted(unknown)[0])
    step.data = read_answers(step.kind, answers)


def _words(text: str) -> str:
    words = clean_text(text)
    if len(words) > LONGEST:
        raise InputError("too_long", _("At most %(most)s characters."), "text", {"most": LONGEST})
    return words


def _stamp() -> str:
    return timezone.now().isoformat()


def approve_step(actor: Actor, *, step_id: int, text: str = "") -> OnboardingStep:
    """What was handed in is good. Raises ``Forbidden`` for whoever is not the approver."""
    with open_step(actor, step_id) as step:
        _check(approves(actor, step))
        if step.state != S.SUBMITTED:
            raise Conflict("not_submitted", _("Nothing was handed in here."))
        settle(actor, step, S.DONE, text=_words(text))
    return step


def confirm_step(actor: Actor, *, step_id: int, text: str) -> OnboardingStep:
    """It happened elsewhere: the operator says how it knows."""
    with open_step(actor, step_id) as step:
        _check(may_confirm(actor, step))
        if not text.strip():
            raise InputError("required", _("Say how you know."), "text")
        settle(actor, step, S.DONE, text=_words(text))
    return step


def return_step(actor: Actor, *, step_id: int, text: str) -> OnboardingStep:
    """Something is missing or wrong: handed in, or done already. The other side reads why."""
    with open_step(actor, step_id) as step:
        _check(approves(actor, step) if step.state == S.SUBMITTED else may_reopen(actor, step))
        require_action(actor, step, text=_words(text))
    return step


def skip_step(actor: Actor, *, step_id: int, text: str) -> OnboardingStep:
    """This partner does not need the step; a reason is mandatory."""
    with open_step(actor, step_id) as step:
        _check(may_skip(actor, step))
        settle(actor, step, S.SKIPPED, text=_words(text))
    return step


def _check(allowed: bool) -> None:
    if not allowed:
        raise Forbidden()


def settle(
    actor: Actor, step: OnboardingStep, state: str, *, text: str = "", save: list[str] | None = None
) -> None:
    """The step is done or skipped: what waited for it opens, and the worker looks at the whole. Its onboarding is locked."""
    if state == S.DONE:
        STEPS.check(step.state, state)
    step.settled_at, step.due_at, step.held_since = timezone.now(), None, None
    move(actor, step, state, STEPS, text=text, save=[*(save or []), "settled_at", *_HELD])
    settle_notices(step)
    if state == S.DONE and actor.partner_id != step.partner_id:
        tell(APPROVED, step, people(step.partner_id), key=_stamp())
    open_ready(actor, list(OnboardingStep.objects.filter(onboarding_id=step.onboarding_id)))
    told_moved(step)


def require_action(actor: Actor, step: OnboardingStep, *, text: str) -> None:
    """Back to whoever works on the step, with a new date."""
    step.settled_at = None
    hand_over(actor, step)
    move(actor, step, S.ACTION_REQUIRED, STEPS, text=text, save=["settled_at", *_HELD])
    settle_notices(step)
    tell(RETURNED, step, people(step.partner_id), key=_stamp())


def expire_step(actor: Actor, step: OnboardingStep) -> None:
    """What the step stood on is no longer valid."""
    step.settled_at = None
    hand_over(actor, step)
    move(actor, step, S.EXPIRED, STEPS, save=["settled_at", *_HELD])
    tell(EXPIRED, step, people(step.partner_id), key=_stamp())


def complete_seen(actor: Actor, partner_id: int, kind: str, *, document_kind: str = "") -> int:
    """The system has seen that the steps of ``kind`` are fulfilled, whether they were open or not; returns how many."""
    steps = OnboardingStep.objects.filter(partner_id=partner_id, kind=kind, state__in=OPEN)
    steps = steps.exclude(onboarding__state=OnboardingState.STOPPED).order_by("pk")
    if kind == StepKind.DOCUMENT:
        steps = steps.filter(document_kind=document_kind)
    ids = list(steps.values_list("pk", flat=True))
    for pk in ids:
        with open_step(actor, pk) as step:
            if step.state in OPEN:
                settle(actor, step, S.DONE)
    return len(ids)


def told_moved(step: OnboardingStep) -> None:
    outbox.emit(MOVED, {"onboarding_id": step.onboarding_id, "partner_id": step.partner_id})
