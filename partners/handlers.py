"""What partners hear of: events of applications, banking, people and deals, and the clocks of onboarding."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from partners.contracts import handlers as contracts  # noqa: F401  (registers its own)
from partners.documents import handlers as documents  # noqa: F401  (registers its own)
from partners.models import Onboarding, OnboardingStep, Partner
from partners.onboarding.enums import OPEN, OnboardingState, StepKind
from partners.onboarding.notices import OVERDUE, REMINDER, STUCK, managers, tell, tell_holder
from partners.onboarding.opening import REMIND, next_reminder, remind_at
from partners.onboarding.running import look, start_onboarding, stop_onboarding
from partners.onboarding.selectors import due_day
from partners.onboarding.steps import MOVED, complete_seen
from partners.services.life import END, end_in_time
from tenancy.actors import Actor
from tenancy.outbox import on
from workflow.timers import on_timer

#: Kinds of facts that say that somebody of a partner has learned something.
LEARNED = ("training", "certificate")


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


@on("fact.happened")
def learned(actor: Actor, payload: dict[str, Any]) -> None:
    """A completed course or an earned certificate is told as a fact of the house (``performance.facts``)."""
    line = payload["line"]
    if line["kind"] not in LEARNED:
        return
    partner = Partner.objects.filter(code=line["partner"]).first()
    if partner is not None:
        complete_seen(actor, partner.pk, StepKind.TRAINING)


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
    if now >= step.due_at:
        tell_holder(OVERDUE, step, key=key, day=day)
        tell(STUCK, step, managers(step.partner_id), key=key, day=day)
    else:
        tell_holder(REMINDER, step, key=key, day=day)
    remind_at(step, next_reminder(step.due_at, now))


@on_timer(END)
def partnership_over(actor: Actor, partner_id: int, payload: dict[str, Any]) -> None:
    end_in_time(actor, partner_id, payload)


@on("partners.ended")
def stop_checklist(actor: Actor, payload: dict[str, Any]) -> None:
    """Nobody goes on with the checklist of a partner that is gone."""
    running = Onboarding.objects.filter(partner_id=payload["partner_id"], state=OnboardingState.RUNNING)
    for pk in list(running.values_list("pk", flat=True)):
        stop_onboarding(actor, onboarding_id=pk, text=gettext("The partnership has ended."))
