"""From a draft to a submission, and what its partner does before the decision."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, Invalid
from deals.authorised import check_authorised, wishes
from deals.enums import DealState
from deals.fields import fill, store_lines
from deals.forms import check_complete
from deals.models import Deal, DealLine
from deals.notices import ANSWERED, tell_closed, tell_reviewers
from deals.office import check_contracts, open_deal
from deals.services.examining import drop_case, examine
from deals.services.steps import advance, moment, resume_clock, start_clock, touch
from deals.services.waiting import leave_queue, move_up
from deals.slots import release_slots
from tenancy import outbox
from tenancy.actors import Actor
from tenancy.enums import Permission

REGISTER = Permission.REGISTER_DEALS
SUBMITTED = "deals.submitted"


def submit_deal(actor: Actor, *, ref: str, version: int | None = None) -> Deal:
    """Submit a complete draft, or the answer to a question. Its first complete submission is its rank.

    The answer tells what became of it: ``approved`` where a rule approves it, ``duplicate`` where its customer is protected for
    somebody else. Raises ``Invalid`` for what is missing.
    """
    with open_deal(actor, ref, REGISTER, version=version) as deal:
        if deal.state == DealState.INFORMATION_REQUIRED:
            _answer(actor, deal)
        else:
            _submit(actor, deal)
    return deal


def _submit(actor: Actor, deal: Deal) -> None:
    if deal.state != DealState.DRAFT:
        advance(actor, deal, DealState.SUBMITTED)  # Refuses with the ways that there are.
    check_contracts(deal.partner)
    _check(actor, deal)
    deal.submitted_at = now = moment()
    start_clock(deal, now)
    advance(actor, deal, DealState.SUBMITTED, save=["submitted_at", "decision_due_at", "paused_at"])
    outbox.emit(SUBMITTED, {"deal_id": deal.pk, "partner_id": deal.partner_id})
    examine(actor, deal)


def _check(actor: Actor, deal: Deal) -> None:
    check_complete(deal)
    lines = DealLine.objects.filter(deal=deal).select_related("product__family")
    check_authorised(actor, deal, wishes(line.product for line in lines))


def _answer(actor: Actor, deal: Deal) -> None:
    _check(actor, deal)
    resume_clock(deal, moment())
    deal.asked_fields, deal.answer_due_at = [], None
    fields = ["decision_due_at", "paused_at", "asked_fields", "answer_due_at"]
    advance(actor, deal, DealState.SUBMITTED, save=fields)
    tell_reviewers(ANSWERED, deal)
    examine(actor, deal, told=True)


def change_asked(actor: Actor, *, ref: str, fields: Mapping[str, Any], version: int | None = None) -> Deal:
    """Change what the question asked for, and nothing else (``InputError("not_asked")``)."""
    with open_deal(actor, ref, REGISTER, version=version) as deal:
        if deal.state != DealState.INFORMATION_REQUIRED:
            raise Conflict("not_asked", _("Nothing was asked about this deal."))
        refused = [name for name in fields if name not in deal.asked_fields]
        if refused:
            raise Invalid(InputError("not_asked", _("This cannot be changed now."), name) for name in refused)
        lines = fill(deal, fields)
        if lines is not None:
            deal.value = store_lines(deal, lines)
        deal.save()
        touch(actor, deal, "change", text=", ".join(sorted(fields)))
    return deal


def withdraw_deal(actor: Actor, *, ref: str, text: str = "", version: int | None = None) -> Deal:
    """Take the deal back; whoever waits moves up."""
    with open_deal(actor, ref, REGISTER, version=version) as deal:
        deal.closed_at, deal.paused_at, deal.decision_due_at = moment(), None, None
        fields = ["closed_at", "paused_at", "decision_due_at"]
        advance(actor, deal, DealState.WITHDRAWN, text=text, save=fields)
        drop_case(deal)
        leave_queue(deal)
        move_up(actor, deal, release_slots(deal))
        tell_closed(actor, deal)
    return deal
