"""Price check: what a partner pays for a line, which discounts apply and why, and what the line would earn."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from catalog import selectors as catalog
from common.errors import InputError, NotFound
from incentives.discounts import Price, resolve_discounts
from incentives.estimate import Estimate, Line, estimate_rewards
from partners.models import Partner
from partners.selectors import get_partner, partners_for
from portal.pricing.forms import PriceForm
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import add_errors
from tenancy.actors import Actor
from tenancy.enums import Permission


@member_page(Permission.VIEW_SCHEMES)
def check(request: HttpRequest) -> HttpResponse:
    """The form, and the answer once a product is given."""
    actor = actor_of_request(request)
    asked = "product" in request.GET
    form = PriceForm(request.GET if asked else None, actor=actor)
    found = _answer(actor, form) if asked and form.is_valid() else {}
    context = {
        "title": _("Price check"),
        "subtitle": _("The price of a line with the discounts that apply, and what it would earn."),
        "form": form,
        **found,
    }
    return render(request, "portal/pricing/check.html", context, status=422 if form.errors else 200)


def _answer(actor: Actor, form: PriceForm) -> dict[str, Any]:
    data = form.cleaned_data
    try:
        partner = _partner(actor, data.get("partner", ""))
    except NotFound:
        form.add_error("partner", _("Nobody is found under this code. Choose one of the list."))
        return {}
    try:
        product = catalog.get_product(actor, data["product"])
    except NotFound:
        form.add_error("product", _("There is no such product. Choose one of the list."))
        return {}
    try:
        price = resolve_discounts(
            actor,
            partner,
            product,
            quantity=data["quantity"] or Decimal(1),
            engagement_model=data["engagement_model"],
            segment=data["segment"],
            new_customer=data["new_customer"],
        )
    except InputError as error:
        add_errors(form, error)
        return {}
    return {"price": price, "partner": partner, "rewards": _rewards(actor, partner, price, data)}


def _partner(actor: Actor, code: str) -> Partner:
    if actor.is_partner:
        own: Partner = partners_for(actor).get(pk=actor.partner_id or 0)
        return own
    return get_partner(actor, code)


def _rewards(actor: Actor, partner: Partner, price: Price, data: dict[str, Any]) -> list[Estimate]:
    line = Line(
        price.product,
        price.quantity,
        price.net,
        segment=data["segment"],
        new_customer=data["new_customer"],
        engagement_model=data["engagement_model"],
    )
    return estimate_rewards(actor, partner, [line])
