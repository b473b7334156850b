"""A product added to a protected deal: reviewed for conflict on that line alone, while the rest stays protected."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, DomainError, InputError, Invalid, NotFound
from deals.authorised import Wish, check_authorised
from deals.conflicts import Findings, find_conflicts
from deals.enums import DealState, LineState, Outcome
from deals.fields import line_row, read_lines
from deals.identity import identify
from deals.models import Deal, DealLine
from deals.notices import AMENDED, LINE_DECIDED, tell_partner, tell_reviewers
from deals.office import open_deal
from deals.services.steps import touch
from deals.slots import families_of, hold_slots
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.notices import done


def propose_line(actor: Actor, *, ref: str, line: Mapping[str, Any], version: int | None = None) -> DealLine:
    """Add a product to a protected deal; it counts when the operator approves it."""
    with open_deal(actor, ref, Permission.REGISTER_DEALS, version=version) as deal:
        if deal.state != DealState.APPROVED:
            raise Conflict("not_protected", _("Products are added to protected deals only."))
        errors: list[DomainError] = []
        read = read_lines([line], errors)
        if errors:
            raise Invalid(errors)
        check_authorised(actor, deal, [Wish("product", read[0].product)])
        row: DealLine = line_row(deal, read[0], _next_position(deal), state=LineState.PROPOSED)
        row.save()
        touch(actor, deal, "line_proposed", text=row.product.code)
        tell_reviewers(AMENDED, deal, key=str(row.pk))
    return row


def _next_position(deal: Deal) -> int:
    last = DealLine.objects.filter(deal=deal).order_by("-position").values_list("position", flat=True)
    return (last.first() or 0) + 1


def conflicts_of_line(deal: Deal, line: DealLine) -> Findings:
    """What stands against this line; in a family that the deal holds already, nothing. Runs in the office."""
    family = line.product.family_id
    if family in families_of(deal):
        return Findings()
    return find_conflicts(deal, identify(deal), [family])


def approve_line(actor: Actor, *, ref: str, line_id: int, text: str = "", version: int | None = None) -> Deal:
    """Let the product in. Refused where another deal holds it (``slot_taken``); a conflict otherwise needs words."""
    with open_deal(actor, ref, Permission.DECIDE_DEALS, version=version) as deal:
        line = _proposed(deal, line_id)
        outcome = conflicts_of_line(deal, line).outcome
        if outcome != Outcome.CLEAR and not text.strip():
            raise InputError(
                "reason_required", _("Something stands against this product: give a reason."), "text"
            )
        line.state = LineState.ACTIVE
        line.save(update_fields=["state"])
        if deal.protected_until is not None:
            hold_slots(deal, families_of(deal), deal.protected_until)
        lines = DealLine.objects.filter(deal=deal, state=LineState.ACTIVE)
        deal.value = sum(lines.values_list("amount", flat=True), Decimal(0))
        touch(actor, deal, "line_approved", ["value"], text=text)
        done(deal, [AMENDED], key=str(line.pk))
        tell_partner(LINE_DECIDED, deal, key=str(line.pk))
    return deal


def refuse_line(actor: Actor, *, ref: str, line_id: int, text: str, version: int | None = None) -> Deal:
    """Keep the product out, with words; the deal goes on without it."""
    if not text.strip():
        raise InputError("reason_required", _("Give a reason."), "text")
    with open_deal(actor, ref, Permission.DECIDE_DEALS, version=version) as deal:
        line = _proposed(deal, line_id)
        line.state = LineState.REFUSED
        line.save(update_fields=["state"])
        touch(actor, deal, "line_refused", text=text)
        done(deal, [AMENDED], key=str(line.pk))
        tell_partner(LINE_DECIDED, deal, key=str(line.pk))
    return deal


def _proposed(deal: Deal, line_id: int) -> DealLine:
    found: DealLine | None = (
        DealLine.objects.filter(deal=deal, pk=line_id, state=LineState.PROPOSED)
        .select_related("product")
        .first()
    )
    if found is None:
        raise NotFound()
    if deal.state != DealState.APPROVED:
        raise Conflict("not_protected", _("Products are added to protected deals only."))
    return found
