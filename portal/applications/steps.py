"""The steps that the operator's people can take with an application now, each with its small form."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.applications import review
from partners.applications.numbers import reapply_days
from partners.applications.rules import ASKABLE, MACHINE
from partners.enums import ApplicationState as S
from partners.models import Application
from portal.applications.words import WORDS
from portal.catalog.formbase import CodeField
from portal.workflow.stepforms import StepForm, text_field
from tenancy.actors import Actor
from tenancy.enums import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise


_text = partial(text_field, rows=3)


class Ask(StepForm):
    text = _text(_("Question"), required=True)
    fields_asked = forms.MultipleChoiceField(
        label=_("What may be changed"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def offer(self, actor: Actor, application: Application) -> None:
        self.fields["fields_asked"].choices = [(name, WORDS[name]) for name in ASKABLE]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        found = super().values()
        return found | {"fields": found.pop("fields_asked", [])}


class Talk(StepForm):
    text = _text(_("Words to the applicant"), help_text=_("When, how, with whom."))


class Approve(StepForm):
    code = CodeField(label=_("Code of the new partner"), required=False)
    pam = forms.TypedChoiceField(label=_("Account manager"), coerce=int, required=False, empty_value=None)

    def offer(self, actor: Actor, application: Application) -> None:
        pams = review.pam_choices(actor)
        own = [] if len(pams) == 1 else [("", "---------")]
        self.fields["pam"].choices = [*own, *pams]  # type: ignore[attr-defined]
        self.initial.setdefault("code", application.number.replace("A-", "P-"))


class Reject(StepForm):
    text = _text(_("Reason"), required=True, help_text=_("The applicant reads it."))
    days = forms.IntegerField(label=_("May apply again after days"), min_value=0, max_value=3650)
    block = forms.BooleanField(label=_("Put the company on the block list"), required=False)

    def offer(self, actor: Actor, application: Application) -> None:
        self.initial.setdefault("days", reapply_days())
        if not actor.can(Permission.MANAGE_PROGRAMS):
            del self.fields["block"]


@dataclass(frozen=True, slots=True)
class Step:
    """A button with its form; ``target`` is the state that it leads to."""

    verb: str
    label: "Text"
    form: type[StepForm]
    service: Callable[..., Any]
    target: str
    icon: str
    done: "Text"
    sure: bool = False


STEPS = (
    Step("approve", _("Approve"), Approve, review.approve_application, S.APPROVED, "check", _("Approved."), True),
    Step("interview", _("Interview"), Talk, review.invite_to_interview, S.INTERVIEW, "message", _("The applicant was invited to talk.")),
    Step("ask", _("Ask for information"), Ask, review.request_information, S.INFORMATION_REQUIRED, "help", _("The applicant was asked.")),
    Step("reject", _("Reject"), Reject, review.reject_application, S.REJECTED, "x", _("The application was rejected."), True),
)  # fmt: skip
EVERY = {step.verb: step for step in STEPS}


def steps_for(actor: Actor, application: Application) -> list[Step]:
    following = MACHINE.following(application.state)
    return [step for step in STEPS if step.target in following]


def form_of(step: Step, actor: Actor, application: Application, data: Any = None) -> StepForm:
    return step.form(data, actor=actor, subject=application, auto_id=f"id_{step.verb}_%s")
