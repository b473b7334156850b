"""The page of a step: what to do, the form to hand it in, and what the operator decides."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from common.errors import Conflict, InputError, Invalid
from partners.models import OnboardingStep
from partners.onboarding import steps as services
from partners.onboarding.asked import asks_of, known_of
from partners.onboarding.enums import ASKED, Side, StepKind, StepState
from partners.onboarding.rules import approves, may_confirm, may_reopen, may_skip, works_on
from partners.onboarding.selectors import get_step
from portal.onboarding.card import card_of
from portal.onboarding.words import guide_of, row_of
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import add_errors
from portal.workflow.about import about
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.conversation import attach_file
from workflow.filetypes import ACCEPTED

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

VIEW = Permission.VIEW_ONBOARDING
#: Where a step that the system sees by itself is done, for the partner: address, its words, its icon.
PLACES: dict[str, tuple[str, "Text", str]] = {
    StepKind.BANK: ("bank:own", _("Enter the bank account"), "building-bank"),
    StepKind.CONTRACT: ("contracts:list", _("Read the contract"), "signature"),
    StepKind.DOCUMENT: ("documents:new", _("Open the document vault"), "file-certificate"),
    StepKind.TRAINING: ("training:catalogue", _("See the courses"), "school"),
    StepKind.USERS: ("people:list", _("Invite people"), "users"),
    StepKind.FIRST_DEAL: ("deals:new", _("Register a deal"), "briefcase"),
}


class SubmitForm(forms.Form):
    """What the step asks, a word and a file."""

    text = forms.CharField(
        label=_("Words to the other side"),
        required=False,
        max_length=services.LONGEST,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        max_length=255,
        widget=forms.FileInput({"accept": ",".join(ACCEPTED)}),
    )

    def __init__(self, *args: Any, step: OnboardingStep, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = step.data or known_of(step.partner, step.kind)
        for name, asked in asks_of(step.kind).items():
            attrs = {"dir": "ltr" if asked.ltr else "auto"}
            widget = forms.Textarea({"rows": 2, **attrs}) if asked.long else forms.TextInput(attrs)
            self.fields[name] = forms.CharField(
                label=asked.label, required=asked.required, max_length=1000, widget=widget
            )
            self.initial[name] = known.get(name, "")
        self.order_fields([*asks_of(step.kind), "text", "file"])

    def answers(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("text", "file")}


class WordsForm(forms.Form):
    text = forms.CharField(
        label=_("Words to the partner"),
        max_length=services.LONGEST,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )

    def __init__(self, *args: Any, needs: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = needs


@dataclass(frozen=True, slots=True)
class Verb:
    """Something the operator decides. ``needs``: words are mandatory."""

    name: str
    label: "Text"
    icon: str
    service: Any
    may: Any
    needs: bool = True
    main: bool = False


def _returns(actor: Actor, step: OnboardingStep) -> bool:
    return (step.state == StepState.SUBMITTED and approves(actor, step)) or may_reopen(actor, step)


def _approves(actor: Actor, step: OnboardingStep) -> bool:
    return step.state == StepState.SUBMITTED and approves(actor, step)


VERBS = (
    Verb("approve", _("Approve"), "check", services.approve_step, _approves, needs=False, main=True),
    Verb("return", _("Ask for something more"), "corner-up-left", services.return_step, _returns),
    Verb("confirm", _("Done elsewhere"), "checkbox", services.confirm_step, may_confirm),
    Verb("skip", _("Not needed here"), "player-skip-forward", services.skip_step, may_skip),
)


@member_page(VIEW)
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """A step with its state, guide, answers, files, conversation and history."""
    actor = actor_of_request(request)
    return _page(request, actor, get_step(actor, pk))


def _page(
    request: HttpRequest, actor: Actor, found: OnboardingStep, refused: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    mine = works_on(actor, found) and not _elsewhere(found)
    form = refused[1] if refused and refused[0] == "submit" else SubmitForm(step=found)
    rests = actor.partner_id == found.partner_id and found.holder != Side.PARTNER
    context = {
        "title": found.label(),
        "step": found,
        "row": row_of(actor, found),
        "guide": guide_of(found),
        "form": form if mine else None,
        "place": _place(actor, found),
        "card": card_of(actor, found.partner, running=True) if rests else None,
        "answers": [
            (asked.label, found.data.get(name, ""), asked.ltr)
            for name, asked in asks_of(found.kind).items()
            if found.data.get(name)
        ],
        "asks": found.kind in ASKED,
        "verbs": _verbs(actor, found, refused),
        "crumbs": _crumbs(actor, found),
        **about(actor, found, states=StepState),
    }
    return render(request, "portal/onboarding/step.html", context, status=422 if refused else 200)


def _elsewhere(step: OnboardingStep) -> bool:
    return step.kind == StepKind.DOCUMENT


def _place(actor: Actor, step: OnboardingStep) -> dict[str, Any] | None:
    """Where the company does a step that is seen by itself."""
    if actor.partner_id != step.partner_id or not row_of(actor, step).holder or step.kind not in PLACES:
        return None
    name, label, icon = PLACES[step.kind]
    try:
        address = reverse(name)
    except NoReverseMatch:
        return None
    query = f"?kind={step.document_kind}" if step.kind == StepKind.DOCUMENT else ""
    return {"url": address + query, "label": label, "icon": icon}


def _verbs(
    actor: Actor, step: OnboardingStep, refused: tuple[str, forms.Form] | None
) -> list[dict[str, Any]]:
    return [
        {
            "verb": verb,
            "form": refused[1]
            if refused and refused[0] == verb.name
            else WordsForm(needs=verb.needs, auto_id=f"id_{verb.name}_%s"),
            "open": bool(refused and refused[0] == verb.name),
        }
        for verb in VERBS
        if verb.may(actor, step)
    ]


def _crumbs(actor: Actor, step: OnboardingStep) -> list[tuple[Any, str]]:
    if actor.partner_id == step.partner_id:
        return [(_("Your way in"), reverse("onboarding:home"))]
    return [
        (pgettext_lazy("the process", "Onboarding"), reverse("onboarding:home")),
        (step.partner.label(), reverse("onboarding:partner", args=[step.partner.code])),
    ]


@require_POST
@member_page(VIEW)
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Hand in or decide; refused, the page comes back with what was typed."""
    actor = actor_of_request(request)
    found = get_step(actor, pk)
    form, take = _asked_for(request, found, verb)
    if form.is_valid():
        try:
            with transaction.atomic():
                take(actor, found, form)
        except (InputError, Conflict, Invalid) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Thank you, it is noted."))
            return HttpResponseRedirect(reverse("onboarding:step", args=[pk]))
    return _page(request, actor, get_step(actor, pk), (verb, form))


def _asked_for(request: HttpRequest, found: OnboardingStep, verb: str) -> tuple[Any, Any]:
    if verb == "submit":
        return SubmitForm(data=request.POST, files=request.FILES, step=found), _submit
    known = next((each for each in VERBS if each.name == verb), None)
    if known is None:
        raise Http404
    form = WordsForm(data=request.POST, needs=known.needs, auto_id=f"id_{verb}_%s")
    return form, lambda actor, step, form: known.service(
        actor, step_id=step.pk, text=form.cleaned_data["text"]
    )


def _submit(actor: Actor, step: OnboardingStep, form: SubmitForm) -> None:
    given = form.cleaned_data["file"]
    if given and works_on(actor, step):
        attach_file(actor, step, name=given.name, chunks=given.chunks())
    services.submit_step(actor, step_id=step.pk, answers=form.answers(), text=form.cleaned_data["text"])
