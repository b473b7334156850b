"""What partners hear of: events of applications, banking, people and deals, and the clocks of onboarding."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from partners.models import Onboarding, OnboardingStep, Partner
from partners.onboarding.enums import OPEN, OnboardingState, StepKind
from partners.onboarding.notices import OVERDUE, REMINDER, STUCK, managers, tell, tell_holder
from partners.onboarding.opening import REMIND, remind_at
from partners.onboarding.rules import remind_every
from partners.onboarding.running import look, start_onboarding
from partners.onboarding.selectors import due_day
from partners.onboarding.steps import MOVED, complete_seen
from tenancy.actors import Actor
from tenancy.outbox import on
from workflow.timers import on_timer


@on("partners.application_approved")
def taken_on(actor: Actor, payload: dict[str, Any]) -> None:
    """An approved application begins its checklist, once."""
    partner = Partner.objects.filter(pk=payload["partner_id"]).first()
    if partner is None or Onboarding.objects.filter(partner=partner).exists():
        return
    start_onboarding(actor, code=partner.code)


@on(MOVED)
def look_again(actor: Actor, payload: dict[str, Any]) -> None:
    if Onboarding.objects.filter(pk=payload["onboarding_id"]).exists():
        look(actor, payload["onboarding_id"])


@on("partners.changed")
def partner_changed(actor: Actor, payload: dict[str, Any]) -> None:
    """A changed profile may complete a step."""
    if payload["kind"] == "partner":
        _look_at(actor, payload["partner_ids"])


@on("tenancy.member_joined")
def member_joined(actor: Actor, payload: dict[str, Any]) -> None:
    """Somebody accepted an invitation of a partner."""
    if payload["partner_id"] is not None:
        _look_at(actor, [payload["partner_id"]])


def _look_at(actor: Actor, partner_ids: list[int]) -> None:
    running = Onboarding.objects.filter(partner_id__in=partner_ids, state=OnboardingState.RUNNING)
    for pk in list(running.order_by("pk").values_list("pk", flat=True)):
        look(actor, pk)


@on("bank.confirmed")
def bank_confirmed(actor: Actor, payload: dict[str, Any]) -> None:
    complete_seen(actor, payload["partner_id"], StepKind.BANK)


@on("deals.submitted")
def deal_submitted(actor: Actor, payload: dict[str, Any]) -> None:
    complete_seen(actor, payload["partner_id"], StepKind.FIRST_DEAL)


@on("training.completed")
def training_completed(actor: Actor, payload: dict[str, Any]) -> None:
    complete_seen(actor, payload["partner_id"], StepKind.TRAINING)


@on_timer(REMIND)
def remind(actor: Actor, step_id: int, payload: dict[str, Any]) -> None:
    """Before the date, on it, and again and again after it, as long as the same side holds the step."""
    step = OnboardingStep.objects.select_related("partner", "onboarding").filter(pk=step_id).first()
    if step is None or step.due_at is None or step.due_at != datetime.fromisoformat(payload["due"]):
        return
    if step.state not in OPEN or step.onboarding.state == OnboardingState.STOPPED:
        return
    now, day = timezone.now(), due_day(actor, step)
    if day is None:
        return
    key = f"{now.date().isoformat()}@{payload['due']}"
    last_day = step.due_at - timedelta(days=1)
    if now >= step.due_at:
        tell_holder(OVERDUE, step, key=key, day=day)
        tell(STUCK, step, managers(step.partner_id), key=key, day=day)
        remind_at(step, now + timedelta(days=remind_every()))
        return
    tell_holder(REMINDER, step, key=key, day=day)
    remind_at(step, last_day if now < last_day else step.due_at)
