"""Parts of the registration's page that are fetched by themselves: the check, what this kind of deal needs, lines, customers."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from catalog.selectors import get_customer
from common.errors import InputError, Invalid, NotFound
from deals import selectors
from deals.authorised import Said, asked_before
from deals.forms import form_for
from deals.models import Deal
from deals.services.precheck import PrecheckLimit, precheck
from partners.selectors import get_partner, own_company
from portal.deals.registerform import CUSTOMER, RegistrationForm, sent_rows
from portal.deals.steps import product_choices
from portal.deals.words import FIELD_WORDS
from portal.shell.access import actor_of_request, member_page
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.conversation import attachments_of
from workflow.filetypes import ACCEPTED

REGISTER = Permission.REGISTER_DEALS
#: What a file's field is called: this, then the code of what the file proves.
FILE = "file-"


def needs_of(deal: Deal | None, model: str, programme: str) -> dict[str, Any]:
    """Fields and files that the form of this model and programme asks for, and which files are there already."""
    form = form_for(model, programme)
    have = set(attachments_of(deal).values_list("purpose", flat=True)) if deal else set()
    return {
        "fields": [FIELD_WORDS[name] for name in form.required if name in FIELD_WORDS],
        "files": [
            {**each, "field": FILE + each["code"], "there": each["code"] in have} for each in form.evidence
        ],
    }


@member_page(REGISTER)
def needs(request: HttpRequest) -> HttpResponse:
    """What a deal of the chosen model and programme needs."""
    actor, asked = actor_of_request(request), request.GET
    deal = selectors.get_deal(actor, asked["ref"]) if asked.get("ref") else None
    context = {
        "needs": needs_of(deal, asked.get("engagement_model", ""), asked.get("programme", "")),
        "accepted": ",".join(ACCEPTED),
    }
    return render(request, "portal/deals/needs.html", context)


@require_POST
@member_page(REGISTER)
def check(request: HttpRequest) -> HttpResponse:
    """The check before submitting, as a part of the page: one of three answers, all drawn alike."""
    actor = actor_of_request(request)
    names = ("customer_name", "legal_id", "country", "customer_number", "domain", "city", "contact_phone")
    asked = {name: request.POST.get(name, "") for name in names}
    products = [row["product"] for row in sent_rows(request.POST) if row["product"]]
    try:
        answer = precheck(actor, customer=asked, products=products)
    except (InputError, Invalid) as error:
        return render(request, "portal/deals/checked.html", {"problem": error.message})
    problem = PrecheckLimit().message if answer.refused else ""
    context = {"answer": answer, "problem": problem, "said": _said(request, actor, products)}
    return render(request, "portal/deals/checked.html", context)


def _said(request: HttpRequest, actor: Actor, products: list[str]) -> list[Said]:
    """Whether the company may sell each product there; staff name the company in the form or in its draft."""
    data = request.POST
    if actor.is_partner:
        company = own_company(actor)
    elif data.get("ref"):
        company = selectors.get_deal(actor, data["ref"]).partner
    else:
        try:
            company = get_partner(actor, data.get("partner", ""))
        except NotFound:
            return []
    return asked_before(
        actor,
        company,
        products,
        segment=data.get("segment", ""),
        territory=data.get("territory", ""),
        model=data.get("engagement_model", ""),
    )


@member_page(REGISTER)
def line(request: HttpRequest) -> HttpResponse:
    """One more empty row of products."""
    context = {"row": {"values": {}}, "products": product_choices(actor_of_request(request))}
    return render(request, "portal/deals/line.html", context)


@member_page(REGISTER)
def customer(request: HttpRequest) -> HttpResponse:
    """The customer's fields, filled from an own earlier deal (partners) or from the catalogue (staff)."""
    actor = actor_of_request(request)
    known = request.GET.get("known", "").strip()
    try:
        values = _known(actor, known) if known else {}
    except NotFound:
        values = {}
    form = RegistrationForm(actor=actor, initial=values)
    return render(request, "portal/deals/customer_fields.html", {"form": form})


def _known(actor: Actor, known: str) -> Mapping[str, Any]:
    if actor.is_partner:
        deal = selectors.get_deal(actor, known)
        return {name: getattr(deal, name) for name in CUSTOMER}
    found = get_customer(actor, known)
    return {
        "customer_name": found.name,
        "legal_id": found.legal_id,
        "country": found.country,
        "customer_number": found.code,
    }
