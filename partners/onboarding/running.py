"""An onboarding begins, is looked at, and ends with an active partner."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, NotFound
from partners.enums import PartnerState
from partners.models import Checklist, ChecklistStep, Onboarding, OnboardingStep, Partner
from partners.onboarding.asked import values_for_partner
from partners.onboarding.enums import ASKED, OPEN, SETTLED, OnboardingState, StepState
from partners.onboarding.notices import settle_notices, tell_active, tell_started
from partners.onboarding.opening import open_ready
from partners.onboarding.seen import is_seen
from partners.onboarding.selectors import checklist_for, get_checklist
from partners.onboarding.steps import MOVED, settle
from partners.onboarding.templates import make_default
from partners.selectors import get_partner
from partners.services import change_partner, set_state
from tenancy import audit, outbox
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.states import note

STARTED = "partners.onboarding_started"
ACTIVATED = "partners.activated"
#: A step that the system may complete by itself; what was sent back waits for a person.
WORKABLE = (StepState.PENDING, StepState.EXPIRED)
#: What a partner's step takes over from the template's.
COPIED = (
    "kind",
    "position",
    "name",
    "names",
    "guide",
    "guides",
    "side",
    "approver",
    "due_days",
    "mandatory",
    "document_kind",
    "amount",
)


def start_onboarding(actor: Actor, *, code: str, checklist_id: int | None = None) -> Onboarding:
    """Give a partner its checklist: the one named, or the one that fits its roles.

    Raises ``Conflict`` where one is under way already, or where there is no template yet and the actor may make none.
    """
    actor.require(Permission.MANAGE_ONBOARDING)
    partner = get_partner(actor, code)
    if Onboarding.objects.filter(partner=partner, state=OnboardingState.RUNNING).exists():
        raise Conflict("onboarding_running", _("The checklist of this partner is under way already."))
    if partner.state == PartnerState.ENDED:
        set_state(actor, code=code, state=PartnerState.ONBOARDING)
    template = _template(actor, partner, checklist_id)
    onboarding: Onboarding = Onboarding.objects.create(
        partner=partner,
        template=template.name,
        started_at=timezone.now(),
        started_by=actor.name,
    )
    open_ready(actor, _copy(template, onboarding))
    note(actor, onboarding, "", OnboardingState.RUNNING)
    audit.record(actor, "onboarding.start", onboarding, ref=partner.code)
    tell_started(onboarding)
    payload = {"onboarding_id": onboarding.pk, "partner_id": partner.pk}
    outbox.emit(STARTED, payload)
    outbox.emit(MOVED, payload)
    return onboarding


def _template(actor: Actor, partner: Partner, checklist_id: int | None) -> Checklist:
    if checklist_id is not None:
        return get_checklist(actor, checklist_id)
    found = checklist_for(actor, partner)
    if found is None and actor.can(Permission.MANAGE_PARTNERS):
        found = make_default(actor)
    if found is None:
        raise Conflict("no_checklist", _("A programme manager has to make a checklist first."))
    return found


def _copy(template: Checklist, onboarding: Onboarding) -> list[OnboardingStep]:
    plans = list(ChecklistStep.objects.filter(checklist=template))
    made: dict[int, OnboardingStep] = {}
    for plan in plans:
        values = {name: getattr(plan, name) for name in COPIED}
        made[plan.pk] = OnboardingStep(onboarding=onboarding, partner=onboarding.partner, **values)
    OnboardingStep.objects.bulk_create(made.values())
    for plan in plans:
        if plan.after_id in made:
            made[plan.pk].after = made[plan.after_id]
    OnboardingStep.objects.bulk_update(made.values(), ["after"])
    return list(made.values())


def stop_onboarding(actor: Actor, *, onboarding_id: int, text: str) -> Onboarding:
    """The partner does not come in after all, or starts anew; a reason is mandatory."""
    actor.require(Permission.MANAGE_PARTNERS)
    onboarding = _locked(onboarding_id)
    if onboarding.state != OnboardingState.RUNNING:
        raise Conflict("not_running", _("This checklist is not under way."))
    if not text.strip():
        raise InputError("reason_required", _("Give a reason."), "text")
    _end(actor, onboarding, OnboardingState.STOPPED, text.strip())
    for step in OnboardingStep.objects.filter(onboarding=onboarding, state__in=OPEN):
        settle_notices(step)
    return onboarding


def look(actor: Actor, onboarding_id: int) -> None:
    """What the system sees by itself is done, answers become the partner's own, and a complete checklist makes it active.

    For the worker; again changes nothing.
    """
    onboarding = _locked(onboarding_id)
    if onboarding.state == OnboardingState.STOPPED:
        return
    steps = list(OnboardingStep.objects.filter(onboarding=onboarding).select_related("partner"))
    _take_answers(actor, onboarding.partner, steps)
    for step in steps:
        if step.state in WORKABLE and is_seen(actor, step):
            settle(actor, step, StepState.DONE)
    if onboarding.state == OnboardingState.RUNNING and all(
        step.state in SETTLED or not step.mandatory for step in steps
    ):
        _finish(actor, onboarding)


def _take_answers(actor: Actor, partner: Partner, steps: list[OnboardingStep]) -> None:
    """Approved answers become the partner's own values."""
    fresh: dict[str, Any] = {}
    for step in steps:
        if step.kind in ASKED and step.state == StepState.DONE:
            fresh |= values_for_partner(step.kind, step.data)
    changes = {name: value for name, value in fresh.items() if getattr(partner, name) != value}
    if changes:
        change_partner(actor, code=partner.code, **changes)


def _finish(actor: Actor, onboarding: Onboarding) -> None:
    partner = onboarding.partner
    _end(actor, onboarding, OnboardingState.FINISHED)
    if partner.state == PartnerState.ONBOARDING:
        joined = partner.joined_on or timezone.now().astimezone(actor.operator.zone).date()
        change_partner(actor, code=partner.code, state=PartnerState.ACTIVE, joined_on=joined)
        note(actor, partner, PartnerState.ONBOARDING, PartnerState.ACTIVE)
        outbox.emit(ACTIVATED, {"partner_id": partner.pk})
        tell_active(onboarding, partner)


def _end(actor: Actor, onboarding: Onboarding, state: str, text: str = "") -> None:
    source, onboarding.state, onboarding.finished_at = onboarding.state, state, timezone.now()
    onboarding.save(update_fields=["state", "finished_at"])
    note(actor, onboarding, source, state, text=text)
    audit.record(actor, f"onboarding.{state}", onboarding, changes={"state": [source, state]})


def _locked(pk: int) -> Onboarding:
    """Raises ``NotFound`` through the walls where it is not the actor's."""
    found: Onboarding | None = (
        Onboarding.objects.select_related("partner")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound()
    return found
