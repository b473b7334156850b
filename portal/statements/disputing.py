"""What a line's page says about disputes of it."""

from typing import Any

from django.urls import NoReverseMatch, reverse

from incentives.models import Dispute, StatementLine
from incentives.states import DisputeState, StatementState
from tenancy.actors import Actor
from tenancy.enums import Permission


def disputing(actor: Actor, line: StatementLine) -> dict[str, Any]:
    """``disputes`` of the line, and where to file one (``dispute_url``) for those who may."""
    found = list(Dispute.objects.filter(line=line).order_by("pk"))
    open_one = any(each.state != DisputeState.CLOSED for each in found)
    own = actor.is_partner and actor.partner_id == line.partner_id and actor.can(Permission.DISPUTE)
    settled = line.statement.state not in (StatementState.DRAFT, StatementState.SUPERSEDED)
    may = own and settled and not open_one
    return {"disputes": found, "dispute_url": _address(line) if may else ""}


def _address(line: StatementLine) -> str:
    try:
        return reverse("disputes:new", args=[line.statement.number, line.position])
    except NoReverseMatch:
        return ""
