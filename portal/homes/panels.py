"""The panels of the start page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from partners.models import Partner
from partners.selectors import own_company
from portal.homes.book import book_home
from portal.homes.operator import operator_home
from portal.homes.partner import partner_home
from portal.performance.rows import credit_rows
from portal.shell.formats import formats_of
from portal.shell.home import Panel, register_panel
from portal.shell.navigation import navigation_for
from tenancy.actors import Actor
from tenancy.enums import Permission, Role

EARNERS = frozenset({Role.PARTNER_OWNER.value, Role.PARTNER_FINANCE.value, Role.PARTNER_SELLER.value})

GUESTS = frozenset({Role.PARTNER_TECHNICIAN.value, Role.SUPPORT_AGENT.value, Role.DIRECT_SELLER.value})


def partner_address(partner: Partner) -> str:
    """The partner's page, or its earnings where there is none."""
    try:
        return reverse("partners:detail", args=[partner.code])
    except NoReverseMatch:
        return f"{reverse('rewards:list')}?partner={partner.pk}"


def partner_values(actor: Actor, request: HttpRequest) -> dict[str, Any]:
    """What the live part of a partner's home is drawn with."""
    known: dict[str, Any] | None = getattr(request, "_partner_home", None)
    if known is None:
        home = partner_home(actor, formats_of(request))
        known = {"home": home, "newest": credit_rows(actor, home.newest)}
        request._partner_home = known  # type: ignore[attr-defined]  # Two panels show it.
    return known


def operator_panel(actor: Actor, request: HttpRequest) -> Mapping[str, Any]:
    home = operator_home(actor, formats_of(request))
    moved = [each.partner for each in (*home.risers, *home.fallers)]
    return {"home": home, "address": {partner.pk: partner_address(partner) for partner in moved}}


def book_panel(actor: Actor, request: HttpRequest) -> Mapping[str, Any]:
    book = book_home(actor, formats_of(request))
    return {"book": book, "address": {row.partner.pk: partner_address(row.partner) for row in book.rows}}


def start_panel(actor: Actor, request: HttpRequest) -> Mapping[str, Any]:
    """Where those go who have no figures of their own."""
    company: Partner | None = own_company(actor) if actor.is_partner else None
    sections = [section for section in navigation_for(actor, request.path) if section.label]
    return {"company": company, "sections": sections}


# What was earned stands first; what waits for the reader (rules, payments: order 5) follows, then the rest.
for _key, _order in {"partner_hero": 2, "partner": 10}.items():
    register_panel(
        Panel(
            _key,
            f"portal/homes/{_key}.html",
            partner_values,
            "top",
            permission=Permission.VIEW_ACCRUALS,
            audience="partner",
            roles=EARNERS,
            order=_order,
        )
    )
register_panel(
    Panel(
        "operator",
        "portal/homes/operator.html",
        operator_panel,
        "top",
        permission=Permission.VIEW_DASHBOARD,
        audience="staff",
        order=10,
    )
)
register_panel(
    Panel(
        "book",
        "portal/homes/book.html",
        book_panel,
        "top",
        permission=Permission.VIEW_ACCRUALS,
        roles=frozenset({Role.PAM.value}),
        order=10,
    )
)
register_panel(Panel("start", "portal/homes/start.html", start_panel, "top", roles=GUESTS, order=10))
