"""What both sides are told while a partner comes in."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.models import Onboarding, OnboardingStep, Partner
from partners.onboarding.enums import Side
from tenancy.enums import Permission
from workflow.enums import Urgency
from workflow.notices import To, declare, done, names_of, notify, pams_of, partner_people, staff

SEE = Permission.VIEW_ONBOARDING
STARTED = declare("onboarding.started", Urgency.ACTION, _("Welcome! Your checklist is ready."))
HANDED_IN = declare(
    "onboarding.handed_in", Urgency.ACTION, _("%(partner)s has handed in “%(step)s”: look at it.")
)
RETURNED = declare("onboarding.returned", Urgency.ACTION, _("“%(step)s” needs something more from you."))
APPROVED = declare("onboarding.approved", Urgency.INFO, _("“%(step)s” is done."))
REMINDER = declare("onboarding.reminder", Urgency.ACTION, _("“%(step)s” is due on %(day)s."))
OVERDUE = declare("onboarding.overdue", Urgency.ACTION, _("“%(step)s” was due on %(day)s."))
STUCK = declare("onboarding.stuck", Urgency.ACTION, _("“%(step)s” of %(partner)s was due on %(day)s."))
EXPIRED = declare("onboarding.expired", Urgency.ACTION, _("“%(step)s” is no longer valid."))
ACTIVE = declare("onboarding.active", Urgency.INFO, _("All is done: %(partner)s is an active partner."))
STEP_KINDS = (RETURNED, REMINDER, OVERDUE, STUCK, HANDED_IN, EXPIRED)


def path_of(step: OnboardingStep) -> str:
    return f"/onboarding/steps/{step.pk}/"


def people(partner_id: int) -> To:
    return partner_people(partner_id, SEE)


def managers(partner_id: int) -> To:
    return pams_of(partner_id, Permission.MANAGE_ONBOARDING)


def approvers(step: OnboardingStep) -> To:
    return staff(Permission.MANAGE_PARTNERS) if step.approver == "programme" else managers(step.partner_id)


def tell(kind: Any, step: OnboardingStep, to: To, *, key: str = "", day: date | None = None) -> None:
    """One notice about a step."""
    facts: dict[str, Any] = {"step": names_of(step), "partner": names_of(step.partner)}
    if day is not None:
        facts["day"] = day
    notify(kind, step, to=to, path=path_of(step), key=key, **facts)


def tell_holder(kind: Any, step: OnboardingStep, *, key: str, day: date) -> None:
    to = approvers(step) if step.holder == Side.OPERATOR else people(step.partner_id)
    tell(kind, step, to, key=key, day=day)


def tell_started(onboarding: Onboarding) -> None:
    notify(STARTED, onboarding, to=people(onboarding.partner_id), path="/onboarding/")


def tell_active(onboarding: Onboarding, partner: Partner) -> None:
    """Both sides."""
    for to, path in (
        (people(partner.pk), "/onboarding/"),
        (managers(partner.pk), f"/onboarding/partners/{partner.code}/"),
    ):
        notify(ACTIVE, onboarding, to=to, path=path, key=str(partner.pk), partner=names_of(partner))


def settle_notices(step: OnboardingStep) -> None:
    """What was asked about the step is done."""
    done(step, STEP_KINDS)
