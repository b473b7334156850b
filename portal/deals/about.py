"""Deals' conversations, files and histories on the shared pages."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from deals.forms import form_of
from deals.models import Deal
from deals.selectors import deal_by_pk
from deals.services.talk import SHUT, may_write
from portal.workflow.about import register_about
from tenancy.actors import Actor
from tenancy.enums import Permission

PURPOSES: dict[str, Any] = {
    "presales": _("Proof of pre-sales work"),
    "customer_choice": _("Customer's written choice"),
    "offer": _("Offer or quote"),
    "order": _("Order or contract"),
    "": _("Other"),
}


def purposes_of(deal: Deal) -> dict[str, Any]:
    """The files that its form demands come first, then the usual ones."""
    demanded = {each["code"]: each["name"] for each in form_of(deal).evidence}
    return demanded | {code: words for code, words in PURPOSES.items() if code not in demanded}


def _may_attach(actor: Actor, deal: Deal) -> bool:
    return may_write(actor, deal) and deal.state not in SHUT


register_about(
    "deals.deal",
    fetch=deal_by_pk,
    may_write=may_write,
    may_attach=_may_attach,
    title=lambda deal: str(deal.ref),
    path=lambda deal: reverse("deals:deal", args=[deal.ref]),
    purposes=purposes_of,
    tells=Permission.VIEW_DEALS,
)
