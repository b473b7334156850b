"""What waits on the start page: deals to decide, and conflicts about a direct seller's own accounts."""

from typing import Any

from django.http import HttpRequest

from deals import selectors
from portal.shell.home import Panel, register_panel
from tenancy.actors import Actor
from tenancy.enums import Permission, Role

SHOWN = 5


def deciding(actor: Actor, request: HttpRequest) -> dict[str, Any] | None:
    """The deals whose deadline is the next, and how many conflicts are open."""
    waiting = selectors.to_decide(actor)
    count, cases = waiting.count(), selectors.open_cases(actor).count()
    if not count and not cases:
        return None
    return {"desk": {"deals": list(waiting[:SHOWN]), "count": count, "cases": cases}}


def touching(actor: Actor, request: HttpRequest) -> dict[str, Any] | None:
    """Open conflicts with the accounts that the reader looks after, the oldest first."""
    cases = selectors.open_cases(actor).order_by("opened_at")
    shown = list(cases[:SHOWN])
    return {"desk": {"touching": shown, "count": cases.count()}} if shown else None


TEMPLATE = "portal/deals/desk.html"
register_panel(
    Panel("deals", TEMPLATE, deciding, "main", permission=Permission.DECIDE_DEALS, audience="staff", order=20)
)
register_panel(
    Panel("accounts", TEMPLATE, touching, "top", roles=frozenset({Role.DIRECT_SELLER.value}), order=5)
)
