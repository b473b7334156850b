"""The page of an application for the operator's people: flags, score card, possible duplicates side by side, decisions."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog.enums import Layer, PartnerRole
from common.errors import Conflict, DomainError, InputError, Invalid
from common.names import listed
from partners.applications import review, selectors
from partners.applications.fields import year_shown
from partners.applications.scoring import Card, cards
from partners.enums import ApplicationState as S
from partners.models import Application
from portal.applications.queue import LEVEL_LOOKS
from portal.applications.steps import EVERY, form_of, steps_for
from portal.applications.words import EVENTS, WORDS
from portal.catalog.columns import role_labels
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import add_errors
from portal.workflow.about import about
from portal.workflow.stepforms import StepForm
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW = Permission.REVIEW_APPLICATIONS
#: Rows of the comparison with a partner.
COMPARED = ("company_name", "legal_id", "city", "website", "phone", "roles", "layers")
SCORABLE = (S.SCREENING, S.SCORED, S.INTERVIEW)


@member_page(VIEW, audience="staff")
def application(request: HttpRequest, application: str) -> HttpResponse:
    actor = actor_of_request(request)
    found = selectors.get_application(actor, application)
    return render(request, "portal/applications/application.html", _context(actor, found))


def _context(
    actor: Actor,
    found: Application,
    refused: tuple[str, StepForm] | None = None,
    wrong: dict[str, str] | None = None,
    typed: Any = None,
) -> dict[str, Any]:
    steps = []
    for step in steps_for(actor, found):
        mine = refused is not None and refused[0] == step.verb
        steps.append(
            {
                "step": step,
                "form": refused[1] if mine and refused else form_of(step, actor, found),
                "open": mine,
            }
        )
    return {
        "title": found.company_name,
        "application": found,
        "review": selectors.review_row(actor, found),
        "flags": [_flag(flag, found) for flag in selectors.flags_of(actor, found)],
        "cards": card_rows(cards(selectors.scores_of(actor, found)), wrong or {}, typed),
        "may_score": found.state in SCORABLE,
        "steps": steps,
        "asked": [WORDS[name] for name in found.asked_fields],
        "founded": year_shown(actor.operator, found.founded),
        "roles": role_labels(found.roles),
        "layers": [Layer(layer).label for layer in found.layers],
        "crumbs": [(_("Applications"), reverse("applications:queue"))],
        **about(actor, found, states=S, reasons=EVENTS),
    }


def _flag(flag: selectors.Flag, found: Application) -> dict[str, Any]:
    row = flag.row
    return {
        "row": row,
        "looks": LEVEL_LOOKS[row.level],
        "hidden": flag.hidden,
        "partner": flag.partner,
        "other": flag.other,
        "rows": _side_by_side(found, flag.partner or flag.other),
    }


def _side_by_side(found: Application, other: Any) -> list[tuple[Any, str, str, bool]]:
    """Field, the applicant's value, the other's, and whether they are the same."""
    if other is None:
        return []
    names = {"company_name": "name"} if not isinstance(other, Application) else {}
    out = []
    for name in COMPARED:
        mine, theirs = (
            _written(name, getattr(found, name)),
            _written(name, getattr(other, names.get(name, name))),
        )
        out.append((WORDS[name], mine, theirs, bool(mine) and mine == theirs))
    return out


def _written(name: str, value: Any) -> str:
    labels: dict[str, Any] = {"roles": PartnerRole, "layers": Layer}
    if name in labels:
        return listed(labels[name](each).label for each in value)
    return str(value or "")


def card_rows(found: Sequence[Card], wrong: Mapping[str, str], typed: Any) -> list[dict[str, Any]]:
    """Score cards as they are drawn, with what was typed and refused."""
    return [_card(card, wrong, typed) for card in found]


def _card(card: Any, wrong: Mapping[str, str], typed: Any) -> dict[str, Any]:
    lines = []
    for line in card.lines:
        code = line.criterion.code
        value = "" if line.value is None else line.value
        lines.append(
            {
                "line": line,
                "value": typed.get(f"value-{code}", "") if typed else value,
                "source": typed.get(f"source-{code}", "") if typed else line.source,
                "error": wrong.get(code, ""),
            }
        )
    return {"card": card, "lines": lines}


@require_POST
@member_page(VIEW, audience="staff")
def act(request: HttpRequest, application: str, verb: str) -> HttpResponse:
    """Take one step; refused, the page comes back with what was typed."""
    actor = actor_of_request(request)
    found = selectors.get_application(actor, application)
    if verb == "score":
        return _score(request, actor, found)
    step = EVERY.get(verb)
    if step is None:
        raise Http404
    form = form_of(step, actor, found, request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                done = step.service(actor, number=found.number, **form.values())
        except (InputError, Conflict, Invalid) as error:
            _blame(request, form, error)
        else:
            messages.success(request, _result(step.target, step.done, done))
            return HttpResponseRedirect(reverse("applications:application", args=[application]))
    again = selectors.get_application(actor, application)
    context = _context(actor, again, (verb, form))
    return render(request, "portal/applications/application.html", context, status=422)


def _result(target: str, text: Any, done: Application) -> Any:
    if target == S.APPROVED and done.state != S.APPROVED:
        return _("Your approval is noted; a second person has to approve, too.")
    return text


def _blame(request: HttpRequest, form: StepForm, error: DomainError) -> None:
    if isinstance(error, Conflict) and not error.field:
        messages.error(request, error.message)
        return
    add_errors(form, error)


def _score(request: HttpRequest, actor: Actor, found: Application) -> HttpResponse:
    given = {
        name.removeprefix("value-"): {
            "value": value,
            "source": request.POST.get(f"source-{name.removeprefix('value-')}", ""),
        }
        for name, value in request.POST.items()
        if name.startswith("value-")
    }
    version = request.POST.get("version", "")
    try:
        with transaction.atomic():
            done = review.score_application(
                actor,
                number=found.number,
                scores=given,
                version=int(version) if version.isdecimal() else None,
            )
    except Invalid as error:
        wrong = {str(each.field): each.message for each in error.errors}
        messages.error(request, _("Correct the score card."))
        context = _context(actor, found, wrong=wrong, typed=request.POST)
        return render(request, "portal/applications/application.html", context, status=422)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        complete = done.state != S.SCREENING
        text = _("The score card was saved.") if complete else _("Saved. Some criteria are still open.")
        messages.success(request, text)
    return HttpResponseRedirect(reverse("applications:application", args=[found.number]) + "#scores")
