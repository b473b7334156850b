"""Start pages: a partner's next step and contracts to accept; what waits for the operator's people."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from partners.contracts.selectors import standings_of, today_of
from partners.documents.selectors import ending, to_check
from partners.onboarding import selectors
from partners.selectors import own_company
from portal.onboarding.card import card_of
from portal.shell.home import Panel, register_panel
from tenancy.actors import Actor
from tenancy.enums import Permission


def partner_panel(actor: Actor, request: HttpRequest) -> Mapping[str, Any] | None:
    """Nothing where all is done and nothing ends."""
    company = own_company(actor)
    card = card_of(actor, company, running=True)
    asked = [each for each in standings_of(company, today_of(actor.operator)) if each.acceptance is None]
    papers = list(ending(actor).filter(partner=company)[:3])
    if card is None and not asked and not papers:
        return None
    return {"card": card, "contracts": asked, "papers": papers}


def staff_panel(actor: Actor, request: HttpRequest) -> Mapping[str, Any] | None:
    """Nothing where nobody waits."""
    values = {
        "stuck": selectors.overdue_steps(actor, timezone.now()).count(),
        "waiting": selectors.waiting_for_operator(actor).count(),
        "documents": to_check(actor).count(),
        "ending": ending(actor).count(),
    }
    return values if any(values.values()) else None


register_panel(
    Panel(
        "onboarding",
        "portal/onboarding/partner_panel.html",
        partner_panel,
        "top",
        permission=Permission.VIEW_ONBOARDING,
        audience="partner",
        order=2,
    )
)
register_panel(
    Panel(
        "onboarding_staff",
        "portal/onboarding/staff_panel.html",
        staff_panel,
        "top",
        permission=Permission.MANAGE_ONBOARDING,
        audience="staff",
        order=8,
    )
)
