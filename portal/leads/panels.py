"""What waits on the start page: offers to answer, and leads to be placed by hand."""

from typing import Any

from django.http import HttpRequest

from marketing.leads import selectors
from portal.leads.lists import wanted
from portal.shell.home import Panel, register_panel
from tenancy.actors import Actor
from tenancy.enums import Permission

SHOWN = 5


def answering(actor: Actor, request: HttpRequest) -> dict[str, Any] | None:
    """Offers that wait for the reader's company, the earliest deadline first."""
    waiting = selectors.offered_to(actor)
    rows = [(lead, wanted(lead)) for lead in waiting[:SHOWN]]
    return {"leads": {"offers": rows, "count": waiting.count()}} if rows else None


def placing(actor: Actor, request: HttpRequest) -> dict[str, Any] | None:
    """Leads that nobody fits, the oldest first."""
    waiting = selectors.manual_queue(actor)
    rows = [(lead, wanted(lead)) for lead in waiting[:SHOWN]]
    return {"leads": {"queue": rows, "count": waiting.count()}} if rows else None


TEMPLATE = "portal/leads/desk.html"
register_panel(
    Panel(
        "lead_offers", TEMPLATE, answering, "top",
        permission=Permission.WORK_LEADS, audience="partner", order=5,
    )
)  # fmt: skip
register_panel(
    Panel(
        "lead_queue", TEMPLATE, placing, "main",
        permission=Permission.MANAGE_LEADS, audience="staff", order=21,
    )
)  # fmt: skip
