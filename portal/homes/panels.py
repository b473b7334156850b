"""The panels of the start page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from portal.homes.partner import partner_home, trend_chart
from portal.performance.rows import credit_rows
from portal.shell.formats import formats_of
from portal.shell.home import Panel, register_panel
from tenancy.actors import Actor
from tenancy.enums import Permission, Role

EARNERS = frozenset({Role.PARTNER_OWNER.value, Role.PARTNER_FINANCE.value, Role.PARTNER_SELLER.value})


def partner_values(actor: Actor, request: HttpRequest) -> dict[str, Any]:
    """What the live part of a partner's home is drawn with."""
    home = partner_home(actor, formats_of(request))
    return {"home": home, "newest": credit_rows(actor, home.newest)}


def partner_panel(actor: Actor, request: HttpRequest) -> Mapping[str, Any]:
    values = partner_values(actor, request)
    return {**values, "trend": trend_chart(values["home"].standing, formats_of(request))}


register_panel(
    Panel(
        "partner",
        "portal/homes/partner.html",
        partner_panel,
        "top",
        permission=Permission.VIEW_ACCRUALS,
        audience="partner",
        roles=EARNERS,
        order=10,
    )
)
