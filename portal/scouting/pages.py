"""The page of a prospect: why it scores as it does, its stage, and the invitation to apply."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import Conflict, DomainError, InputError, Invalid
from partners.applications.scoring import cards
from partners.enums import ProspectStage
from partners.models import Prospect
from partners.scouting import services
from partners.scouting.rules import BY_HAND, MACHINE
from partners.scouting.selectors import get_prospect, scores_of
from portal.applications.pages import card_rows
from portal.scouting.forms import ProspectForm
from portal.scouting.views import SCOUT, priority_of
from portal.shell.access import actor_of_request, member_page
from portal.workflow.about import about
from tenancy.actors import Actor
from tenancy.enums import Permission


@member_page(SCOUT, audience="staff")
def prospect(request: HttpRequest, prospect: str) -> HttpResponse:
    actor = actor_of_request(request)
    context = _context(actor, get_prospect(actor, prospect))
    return render(request, "portal/scouting/prospect.html", context)


def _context(
    actor: Actor, found: Prospect, wrong: dict[str, str] | None = None, typed: Any = None
) -> dict[str, Any]:
    following = MACHINE.following(found.state)
    looks, words = priority_of(found)
    return {
        "title": found.company_name,
        "prospect": found,
        "priority_looks": looks,
        "priority_words": words,
        "cards": card_rows(cards(scores_of(actor, found)), wrong or {}, typed),
        "stages": [
            (stage, ProspectStage(stage).label)
            for stage in following
            if stage in BY_HAND and stage != ProspectStage.DROPPED
        ],
        "may_drop": ProspectStage.DROPPED in following,
        "may_invite": ProspectStage.INVITED in following,
        "may_open": actor.can(Permission.REVIEW_APPLICATIONS)
        and found.application is not None
        and found.application.submitted_at is not None,
        "languages": actor.operator.languages,
        "crumbs": [(_("Scouting"), reverse("scouting:list"))],
        **about(actor, found, states=ProspectStage),
    }


def _back(code: str, part: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse("scouting:prospect", args=[code]) + part)


@require_POST
@member_page(SCOUT, audience="staff")
def score(request: HttpRequest, prospect: str) -> HttpResponse:
    actor = actor_of_request(request)
    given = {
        name.removeprefix("value-"): {
            "value": value,
            "source": request.POST.get(f"source-{name.removeprefix('value-')}", ""),
        }
        for name, value in request.POST.items()
        if name.startswith("value-")
    }
    try:
        with transaction.atomic():
            services.score_prospect(actor, code=prospect, scores=given)
    except Invalid as error:
        wrong = {str(each.field): each.message for each in error.errors}
        messages.error(request, _("Correct the score card."))
        context = _context(actor, get_prospect(actor, prospect), wrong, request.POST)
        return render(request, "portal/scouting/prospect.html", context, status=422)
    messages.success(request, _("The score card was saved."))
    return _back(prospect, "#scores")


def _try(request: HttpRequest, code: str, step: Callable[[], Any], done: Any) -> HttpResponse:
    """Take a step; a refusal stands above the page, with the name of its field."""
    try:
        with transaction.atomic():
            step()
    except (InputError, Conflict, Invalid) as error:
        for one in error.errors if isinstance(error, Invalid) else [error]:
            messages.error(request, _named(one))
    else:
        messages.success(request, done)
    return _back(code)


def _named(error: DomainError) -> str:
    field = ProspectForm.base_fields.get(error.field or "")
    return f"{field.label}: {error.message}" if field is not None else error.message


@require_POST
@member_page(SCOUT, audience="staff")
def stage(request: HttpRequest, prospect: str) -> HttpResponse:
    actor = actor_of_request(request)
    wanted, text = request.POST.get("stage", ""), request.POST.get("text", "")

    def step() -> None:
        services.move_prospect(actor, code=prospect, stage=wanted, text=text)

    return _try(request, prospect, step, _("The stage was changed."))


@require_POST
@member_page(SCOUT, audience="staff")
def invite(request: HttpRequest, prospect: str) -> HttpResponse:
    actor = actor_of_request(request)
    language = request.POST.get("language", "")

    def step() -> None:
        services.invite_prospect(actor, code=prospect, language=language)

    return _try(request, prospect, step, _("The invitation is on its way by mail."))
