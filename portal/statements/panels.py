"""Panels of start pages: for partners what was paid, what comes, what waits; for finance what is to be done."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from incentives.disputes import disputes_for
from incentives.settlement.overview import runs_for
from incentives.statements.balance import owed_by_partner
from incentives.statements.figures import payout_of
from incentives.states import DisputeState, RunState
from portal.shell.home import Panel, register_panel
from tenancy.actors import Actor
from tenancy.enums import Permission, Role


def payout_panel(actor: Actor, request: HttpRequest) -> Mapping[str, Any] | None:
    """Nothing before the first statement."""
    if actor.partner_id is None:
        return None
    payout = payout_of(actor, actor.partner_id)
    if not (payout.last or payout.next_amount or payout.held or payout.unconfirmed):
        return None
    return {"payout": payout}


def finance_panel(actor: Actor, request: HttpRequest) -> Mapping[str, Any]:
    """What waits for finance."""
    runs, disputes = runs_for(actor), disputes_for(actor)
    waiting = (DisputeState.SUBMITTED, DisputeState.IN_REVIEW)
    return {
        "owed": sum((each.balance for each in owed_by_partner(actor)), Decimal(0)),
        "to_approve": runs.filter(state=RunState.STATEMENTS).count(),
        "stopped": runs.filter(state=RunState.STOPPED).count(),
        "disputes": disputes.filter(state__in=waiting).count(),
    }


register_panel(
    Panel(
        "payout",
        "portal/statements/payout.html",
        payout_panel,
        "top",
        permission=Permission.VIEW_STATEMENTS,
        audience="partner",
        order=5,
    )
)
register_panel(
    Panel(
        "finance",
        "portal/statements/finance.html",
        finance_panel,
        "top",
        permission=Permission.APPROVE_SETTLEMENTS,
        audience="staff",
        roles=frozenset({Role.CHANNEL_FINANCE.value, Role.PROGRAMME_MANAGER.value}),
        order=5,
    )
)
