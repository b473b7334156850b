"""What can be done with a lead now, each with its small form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketing.enums import LeadState as S
from marketing.leads import machine, offers, recalls, working
from marketing.models import Lead
from portal.catalog.formbase import CodeField
from portal.catalog.pickers import CodePicker
from portal.workflow.stepforms import ReasonedForm, StepForm, text_field
from tenancy.actors import Actor
from tenancy.enums import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise


_text = partial(text_field, most=2000)


class Plain(StepForm):
    pass


class WithText(StepForm):
    text = _text(_("What was said"))


class MustText(StepForm):
    text = _text(_("What was done"), required=True)


class _Reasoned(ReasonedForm):
    kind = ""

    def reasons(self) -> "Sequence[tuple[str, Text]]":
        return machine.reasons_of(self.kind)


class Decline(_Reasoned):
    kind = machine.DECLINE
    text = _text(_("Words to the operator"))
    contacted = forms.BooleanField(label=_("We have contacted the customer"), required=False)
    spam = forms.BooleanField(label=_("This is spam"), required=False)


class Lose(_Reasoned):
    kind = machine.LOSE
    text = _text(_("What happened"))


class Disqualify(_Reasoned):
    kind = machine.DISQUALIFY
    text = _text(_("What happened"))


class Recall(StepForm):
    text = _text(_("Why"), help_text=_("The partner reads it."))


class OfferTo(StepForm):
    partner = CodeField(label=_("Partner"), widget=CodePicker("partners"))
    at_once = forms.BooleanField(label=_("On behalf of the partner: it is accepted at once"), required=False)
    text = _text(_("Note"))


@dataclass(frozen=True, slots=True)
class Step:
    """A button with its form. ``main``: a button that stands open; ``sure``: asks again before it is done."""

    verb: str
    label: "Text"
    form: type[StepForm]
    service: Callable[..., Any]
    permission: Permission
    icon: str = "check"
    main: bool = False
    sure: bool = False


W, M = Permission.WORK_LEADS, Permission.MANAGE_LEADS
ACCEPT = Step("accept", pgettext_lazy("lead", "Accept"), Plain, offers.accept_lead, W, main=True)
DECLINE = Step("decline", _("Decline"), Decline, offers.decline_lead, W, "x")
CONTACTED = Step("contacted", _("The customer was reached"), WithText, working.mark_contacted, W, "phone")
QUALIFY = Step("qualify", pgettext_lazy("lead", "Qualify"), WithText, working.qualify_lead, W, "circle-check")
PROGRESS = Step("progress", _("Add an update"), MustText, working.note_progress, W, "pencil")
LOSE = Step("lose", pgettext_lazy("lead", "Lost"), Lose, working.lose_lead, W, "mood-sad")
NO_LEAD = Step("disqualify", _("This is no lead"), Disqualify, working.disqualify_lead, W, "ban")
STAFF_NO_LEAD = Step("disqualify", _("This is no lead"), Disqualify, working.disqualify_lead, M, "ban")
OFFER = Step("offer", _("Offer it to a partner"), OfferTo, offers.offer_lead, M, "send")
ROUTE = Step("route", _("Let the rules decide again"), Plain, offers.route_lead, M, "refresh")
RECALL = Step("recall", _("Recall"), Recall, recalls.recall_lead, M, "arrow-back-up", sure=True)
PARTNER_STEPS: dict[str, tuple[Step, ...]] = {
    S.OFFERED: (ACCEPT, DECLINE),
    S.ACCEPTED: (CONTACTED, PROGRESS, LOSE, NO_LEAD),
    S.CONTACTED: (QUALIFY, PROGRESS, LOSE, NO_LEAD),
    S.QUALIFIED: (PROGRESS, LOSE, NO_LEAD),
}
STAFF_STEPS: dict[str, tuple[Step, ...]] = {
    S.NEW: (STAFF_NO_LEAD,),
    S.MANUAL: (OFFER, ROUTE, STAFF_NO_LEAD),
    S.ACCEPTED: (RECALL,),
    S.CONTACTED: (RECALL,),
}


def _by_state(actor: Actor) -> dict[str, tuple[Step, ...]]:
    return PARTNER_STEPS if actor.is_partner else STAFF_STEPS


def find_step(actor: Actor, verb: str) -> Step | None:
    """The step called ``verb`` of this side."""
    every = [step for steps in _by_state(actor).values() for step in steps]
    return next((step for step in every if step.verb == verb), None)


def form_of(step: Step, actor: Actor, lead: Lead, data: Any = None) -> StepForm:
    return step.form(data=data, actor=actor, subject=lead, auto_id=f"id_{step.verb}_%s")


def steps_for(actor: Actor, lead: Lead) -> list[Step]:
    """What ``actor`` may do with the lead now."""
    return [step for step in _by_state(actor).get(lead.state, ()) if actor.can(step.permission)]
