"""The form of a registration: kept while it is typed, with its files, and submitted from the same page."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog.enums import EngagementModel
from common.errors import Conflict, DomainError, InputError, Invalid
from deals import selectors
from deals.enums import DealState
from deals.models import Deal
from deals.services.drafts import change_draft, create_draft
from deals.services.submission import change_asked, submit_deal
from deals.services.talk import attach
from partners.onboarding import may_register_deals
from partners.selectors import own_company
from portal.deals.needs import FILE, needs_of
from portal.deals.registerform import RegistrationForm, given_of, initial_of, rows_of, sent_rows
from portal.deals.steps import product_choices
from portal.deals.words import FIELD_WORDS
from portal.shell.access import actor_of_request, member_page
from programs.selectors import programmes_joined
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.filetypes import ACCEPTED

REGISTER = Permission.REGISTER_DEALS


def _draft_key(request: HttpRequest) -> str:
    """What the form is called: all that one open form sends is one draft, whatever arrives first."""
    sent = request.POST.get("draft_key", "")
    return sent if len(sent) <= 40 and sent.isalnum() else ""


def _page(
    request: HttpRequest,
    actor: Actor,
    deal: Deal | None,
    form: RegistrationForm,
    rows: list[Any],
    status: int,
    problems: Mapping[int, list[str]] | None = None,
) -> HttpResponse:
    only = deal.asked_fields if deal and deal.state == DealState.INFORMATION_REQUIRED else None
    shut = only is not None and "lines" not in only
    context = {
        "title": _("Register a deal") if deal is None else deal.ref,
        "deal": deal,
        "draft_key": _draft_key(request) or uuid4().hex,
        "form": form,
        "rows": _with_problems(rows_of(deal) if shut else rows, problems or {}),
        "lines_shut": shut,
        "products": product_choices(actor),
        "known": selectors.customers_of(actor) if actor.is_partner else [],
        "drafts": selectors.drafts_of(actor) if deal is None and not form.is_bound else [],
        "accepted": ",".join(ACCEPTED),
        "needs": needs_of(deal, form["engagement_model"].value(), _programme_in(form)),
        "only": only,
        "contract_waits": actor.is_partner and not may_register_deals(own_company(actor)),
        "crumbs": [(_("Deals"), reverse("deals:list"))],
    }
    return render(request, "portal/deals/register.html", context, status=status)


def _programme_in(form: RegistrationForm) -> str:
    return form["programme"].value() or "" if "programme" in form.fields else ""


def _with_problems(rows: list[Any], problems: Mapping[int, list[str]]) -> list[dict[str, Any]]:
    """Rows with what stands against each; services count only those that name a product."""
    found, place = [], 0
    for row in rows:
        named = bool(row.get("product"))
        found.append({"values": row, "problems": problems.get(place, []) if named else []})
        place += named
    return found


@member_page(REGISTER)
def new(request: HttpRequest) -> HttpResponse:
    """An empty form; what is typed becomes a draft."""
    actor = actor_of_request(request)
    if request.method == "POST":
        return _save(request, actor, None)
    first = programmes_joined(actor.partner_id or 0).first()
    begun = {
        "engagement_model": EngagementModel.SELL_TO,
        "programme": first.code if first else "",
        "country": selectors.usual_country(actor),
    }
    form = RegistrationForm(actor=actor, initial=begun)
    return _page(request, actor, None, form, rows_of(None), 200)


@member_page(REGISTER)
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """A draft, or the answer to a question."""
    actor = actor_of_request(request)
    deal = selectors.get_deal(actor, ref)
    if deal.state not in (DealState.DRAFT, DealState.INFORMATION_REQUIRED):
        return HttpResponseRedirect(reverse("deals:deal", args=[ref]))
    if request.method == "POST":
        return _save(request, actor, deal)
    return _page(
        request,
        actor,
        deal,
        RegistrationForm(actor=actor, deal=deal, initial=initial_of(actor, deal)),
        rows_of(deal),
        200,
    )


def _save(request: HttpRequest, actor: Actor, deal: Deal | None) -> HttpResponse:
    """Keep what was typed, then submit it where that was asked. What could be kept stays kept when submitting is refused."""
    if deal is None and request.POST.get("ref"):
        deal = selectors.get_deal(actor, request.POST["ref"])
    initial = initial_of(actor, deal) if deal else None
    form = RegistrationForm(data=request.POST, actor=actor, deal=deal, initial=initial)
    form.is_valid()
    try:
        with transaction.atomic():
            deal = _store(request, actor, deal, form)
        _add_files(request, actor, deal)
        if request.POST.get("then") == "submit":
            with transaction.atomic():
                deal = submit_deal(actor, ref=deal.ref)
    except (InputError, Conflict, Invalid) as error:
        problems = _blame(form, error)
        return _page(request, actor, deal, form, sent_rows(request.POST), 422, problems)
    if request.POST.get("then") == "submit":
        messages.success(request, _("Submitted: %(state)s.") % {"state": DealState(deal.state).label})
    else:
        messages.success(request, _("The draft was saved."))
    return HttpResponseRedirect(reverse("deals:deal", args=[deal.ref]))


def _store(request: HttpRequest, actor: Actor, deal: Deal | None, form: RegistrationForm) -> Deal:
    given = given_of(request.POST, form)
    if deal is None:
        return create_draft(
            actor, fields=given, partner=request.POST.get("partner", ""), draft_key=_draft_key(request)
        )
    version = int(request.POST["version"]) if request.POST.get("version", "").isdigit() else None
    if deal.state == DealState.INFORMATION_REQUIRED:
        asked = {name: value for name, value in given.items() if name in deal.asked_fields}
        return change_asked(actor, ref=deal.ref, fields=asked, version=version) if asked else deal
    return change_draft(actor, ref=deal.ref, fields=given, version=version)


def _add_files(request: HttpRequest, actor: Actor, deal: Deal) -> None:
    """Files that were chosen in the form, each with what it proves."""
    chosen: Mapping[str, Any] = request.FILES
    for name, file in chosen.items():
        if name.startswith(FILE):
            with transaction.atomic():
                purpose = name.removeprefix(FILE)
                attach(actor, ref=deal.ref, name=file.name or "", chunks=file.chunks(), purpose=purpose)


def _blame(form: RegistrationForm, error: DomainError) -> dict[int, list[str]]:
    """Put every refusal at its field; what is about a product's line comes back by the line's place."""
    lines: dict[int, list[str]] = {}
    for one in error.errors if isinstance(error, Invalid) else [error]:
        field = "presales_text" if one.field == "presales" else one.field
        head, _dot, rest = (field or "").partition(".")
        place = rest.partition(".")[0]
        if head == "lines" and place.isdigit():
            lines.setdefault(int(place), []).append(one.message)
        elif field in form.fields:
            form.add_error(field, one.message)
        else:
            name = FIELD_WORDS.get(head)
            form.add_error(None, f"{name}: {one.message}" if name else one.message)
    if lines:
        form.add_error(None, _("Look at the products: something is wrong with a line."))
    return lines


@require_POST
@member_page(REGISTER)
def keep(request: HttpRequest) -> HttpResponse:
    """Keep a draft while it is typed: what can be read is stored, the rest waits. Answers the draft's number."""
    actor = actor_of_request(request)
    ref, deal = request.POST.get("ref", ""), None
    if ref:
        deal = selectors.get_deal(actor, ref)
        if deal.state != DealState.DRAFT:
            return HttpResponse(status=204)
    form = RegistrationForm(data=request.POST, actor=actor, deal=deal)
    form.is_valid()
    given = {name: value for name, value in given_of(request.POST, form).items() if name not in form.errors}
    try:
        with transaction.atomic():
            if deal is None:
                if not given["customer_name"] and not given["lines"]:
                    return HttpResponse(status=204)
                deal = create_draft(
                    actor,
                    fields=given,
                    partner=request.POST.get("partner", ""),
                    draft_key=_draft_key(request),
                    lenient=True,
                )
            else:
                version = int(request.POST["version"]) if request.POST.get("version", "").isdigit() else None
                deal = change_draft(actor, ref=ref, fields=given, version=version, lenient=True)
    except (InputError, Conflict, Invalid) as error:
        return render(request, "portal/deals/kept.html", {"problem": error.message, "deal": deal})
    return render(request, "portal/deals/kept.html", {"deal": deal})
