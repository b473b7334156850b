"""When a step opens, who holds it from then on, and when somebody is reminded."""

from datetime import datetime, timedelta

from django.utils import timezone

from partners.models import OnboardingStep
from partners.onboarding.enums import SETTLED
from partners.onboarding.rules import remind_before, remind_every
from tenancy.actors import Actor
from workflow.calendar import work_calendar
from workflow.timers import schedule

REMIND = "onboarding.remind"


def open_ready(actor: Actor, steps: list[OnboardingStep]) -> list[OnboardingStep]:
    """Open what waits for nothing any more; returns what was opened. ``steps``: all of one onboarding, locked."""
    settled = {step.pk for step in steps if step.state in SETTLED}
    ready = [
        step
        for step in steps
        if step.opened_at is None and (step.after_id is None or step.after_id in settled)
    ]
    for step in ready:
        hand_over(actor, step)
        step.opened_at = step.held_since
        step.save(update_fields=["opened_at", "held_since", "due_at"])
    return ready


def hand_over(actor: Actor, step: OnboardingStep) -> None:
    """From now on somebody holds the step, and has its working days for it. The caller saves ``held_since`` and ``due_at``."""
    now = timezone.now()
    step.held_since = now
    step.due_at = work_calendar(actor.operator).due_after(now, step.due_days)
    remind_at(step, next_reminder(step.due_at, now))


def next_reminder(due: datetime, now: datetime) -> datetime:
    """Some days before, at the beginning of the last day, at its end, and then again and again."""
    ahead = (due - timedelta(days=remind_before()), due - timedelta(days=1), due)
    return next((at for at in ahead if at > now), now + timedelta(days=remind_every()))


def remind_at(step: OnboardingStep, at: datetime) -> None:
    if step.due_at is not None:
        schedule(REMIND, step, at, due=step.due_at.isoformat())
