"""The page of a deal, the page of its conflict, and the steps that both offer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog.enums import KeyKind, Strength
from common.errors import Conflict, DomainError, InputError, Invalid, NotFound
from deals import selectors
from deals.customers import likely_customers
from deals.engagement import names_of
from deals.enums import CaseState, DealState, ReasonKind
from deals.models import ConflictCase, ConflictHit, Deal
from deals.reasons import reasons_of
from deals.services.cases import decide_case, dismiss_case, fitting_decisions
from deals.services.waiting import position_of
from marketing.enums import LeadState
from portal.deals.steps import EVERY, LINE_IN, LINE_OUT, Step, proposed_lines, steps_for
from portal.deals.words import FIELD_WORDS, history_words
from portal.shell.access import actor_of_request, member_page
from portal.workflow.about import about
from portal.workflow.stepforms import StepForm
from programs.selectors import programme_label
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW = Permission.VIEW_DEALS


@member_page(VIEW)
def deal(request: HttpRequest, ref: str) -> HttpResponse:
    """A deal with its state, clock, protection, history and conversation."""
    actor = actor_of_request(request)
    found = selectors.get_deal(actor, ref)
    return render(request, "portal/deals/deal.html", _context(request, actor, found))


def _context(
    request: HttpRequest, actor: Actor, found: Deal, refused: tuple[str, StepForm] | None = None
) -> dict[str, Any]:
    steps = [
        {
            "step": step,
            "form": refused[1] if refused and refused[0] == step.verb else form,
            "open": bool(refused),
        }
        for step, form in steps_for(actor, found)
    ]
    edits = found.state in (DealState.DRAFT, DealState.INFORMATION_REQUIRED)
    mine = not actor.is_partner or found.partner_id == actor.partner_id
    return {
        "title": found.customer_name or found.ref,
        "deal": found,
        "lines": selectors.lines_of(found),
        "programme": programme_label(found.programme),
        "asked": [FIELD_WORDS[name] for name in found.asked_fields],
        "days_left": (found.protected_until - _today(actor)).days if found.protected_until else None,
        "extensions": selectors.extensions_of(found),
        "waiting": selectors.waiting_of(found),
        "position": position_of(actor, found),
        "steps": steps,
        "may_edit": edits and mine and actor.can(Permission.REGISTER_DEALS),
        "line_steps": _line_steps(actor, found),
        "may_quote": actor.can(Permission.REGISTER_DEALS)
        and (not actor.is_partner or found.partner_id == actor.partner_id),
        "staff": _staff(actor, found),
        "crumbs": [(_("Deals"), reverse("deals:list"))],
        **about(actor, found, states=DealState, reasons=history_words()),
    }


def _today(actor: Actor) -> Any:
    return timezone.now().astimezone(actor.operator.zone).date()


def _line_steps(actor: Actor, found: Deal) -> list[dict[str, Any]]:
    """For each product that was added later, what the operator can do with it."""
    if actor.is_partner or not actor.can(Permission.DECIDE_DEALS):
        return []
    return [
        {
            "line": line,
            "steps": [
                (step, step.form(actor=actor, subject=found, auto_id=f"id_{step.verb}_{line.pk}_%s"))
                for step in (LINE_IN, LINE_OUT)
            ],
        }
        for line in proposed_lines(found)
    ]


def _staff(actor: Actor, found: Deal) -> dict[str, Any] | None:
    """What only the operator's people see."""
    if actor.is_partner:
        return None
    return {
        "review": selectors.review_of(actor, found),
        "case": selectors.case_of(actor, found),
        "later": selectors.later_rivals(actor, found),
        "likely": likely_customers(actor, found),
    }


@require_POST
@member_page(VIEW)
def act(request: HttpRequest, ref: str, verb: str) -> HttpResponse:
    """Take one step; refused, the page comes back with what was typed."""
    actor = actor_of_request(request)
    found = selectors.get_deal(actor, ref)
    step = EVERY.get(verb)
    if step is None:
        raise Http404
    form = step.form(data=request.POST, actor=actor, subject=found, auto_id=f"id_{verb}_%s")
    if form.is_valid():
        try:
            with transaction.atomic():
                return HttpResponseRedirect(_take(actor, found, step, form, request))
        except NotFound as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(reverse("deals:deal", args=[ref]))
        except (InputError, Conflict, Invalid) as error:
            _blame(request, form, error)
    context = _context(request, actor, selectors.get_deal(actor, ref), (verb, form))
    return render(request, "portal/deals/deal.html", context, status=422)


def _take(actor: Actor, found: Deal, step: Step, form: StepForm, request: HttpRequest) -> str:
    given = form.values()
    if step in (LINE_IN, LINE_OUT):
        given["line_id"] = int(request.POST.get("line", "0") or 0)
    if step.verb == "resubmit":
        given.pop("version", None)
    done = step.service(actor, ref=found.ref, **given)
    if step.verb == "delete":
        messages.success(request, _("The draft was deleted."))
        return reverse("deals:list")
    if step.verb == "resubmit":
        return reverse("deals:edit", args=[done.ref])
    messages.success(request, _("Done: %(step)s.") % {"step": step.label})
    return reverse("deals:deal", args=[found.ref])


def _blame(request: HttpRequest, form: forms.Form, error: DomainError) -> None:
    """At its field; what no field of the form is to blame for, above the page."""
    for one in error.errors if isinstance(error, Invalid) else [error]:
        if one.field in form.fields:
            form.add_error(one.field, one.message)
        else:
            name = FIELD_WORDS.get((one.field or "").split(".")[0])
            messages.error(request, f"{name}: {one.message}" if name else one.message)


class DecisionForm(StepForm):
    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("Reason"), required=False, help_text=_("Needed where you decide against the rule.")
    )
    customer_choice = forms.BooleanField(label=_("The customer's written choice is attached"), required=False)
    text = forms.CharField(
        label=_("Explanation"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args: Any, hits: list[ConflictHit], **kwargs: Any) -> None:
        self.hits = hits
        super().__init__(*args, **kwargs)

    def offer(self, actor: Actor, deal: Deal) -> None:
        choices = [(each.value, each.label) for each in fitting_decisions(self.hits)]
        self.fields["decision"].choices = [*choices, ("dismiss", _("There is no conflict"))]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [("", "---------"), *reasons_of(ReasonKind.OVERRIDE)]  # type: ignore[attr-defined]


@member_page(VIEW, audience="staff")
def conflict(request: HttpRequest, ref: str) -> HttpResponse:
    """Both sides next to each other, with the evidence, the rule, and the decision."""
    actor = actor_of_request(request)
    found = selectors.get_deal(actor, ref)
    case = selectors.get_case(actor, found)
    hits = list(selectors.hits_of(actor, case))
    form = DecisionForm(data=request.POST or None, actor=actor, subject=found, hits=hits)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                _decide(actor, found, form)
        except (InputError, Conflict, Invalid) as error:
            _blame(request, form, error)
        else:
            messages.success(request, _("The conflict was decided."))
            return HttpResponseRedirect(reverse("deals:deal", args=[ref]))
    context = _conflict_context(actor, found, case, hits, form)
    return render(request, "portal/deals/conflict.html", context, status=422 if form.errors else 200)


def _decide(actor: Actor, found: Deal, form: DecisionForm) -> None:
    given = form.values()
    version = given.get("version")
    if given["decision"] == "dismiss":
        dismiss_case(actor, ref=found.ref, text=given.get("text", ""), version=version)
        return
    decide_case(
        actor,
        ref=found.ref,
        decision=given["decision"],
        reason=given.get("reason", ""),
        text=given.get("text", ""),
        customer_choice=given["customer_choice"],
        version=version,
    )


def _state_then(hit: ConflictHit) -> DealState | LeadState | None:
    if "state" not in hit.evidence:
        return None
    return LeadState(hit.evidence["state"]) if hit.lead_id else DealState(hit.evidence["state"])


def _conflict_context(
    actor: Actor, found: Deal, case: ConflictCase, hits: list[ConflictHit], form: DecisionForm
) -> dict[str, Any]:
    families = selectors.family_labels({family for hit in hits for family in hit.families})
    return {
        "title": _("Conflict about %(ref)s") % {"ref": found.ref},
        "deal": found,
        "lines": selectors.lines_of(found),
        "case": case,
        "rule_names": names_of(case.rule_text) if case.rule_text else "",
        "hits": [
            {
                "hit": hit,
                "kind": KeyKind(hit.kind).label,
                "strength": Strength(hit.strength).label,
                "state": _state_then(hit),
                "families": [families.get(family, "") for family in hit.families],
            }
            for hit in hits
        ],
        "form": form if case.state == CaseState.OPEN and actor.can(Permission.DECIDE_DEALS) else None,
        "crumbs": [(_("Conflicts"), reverse("deals:conflicts"))]
        if actor.can(Permission.DECIDE_DEALS)
        else [(_("Deals"), reverse("deals:list"))],
        **about(actor, found, states=DealState, reasons=history_words()),
    }
