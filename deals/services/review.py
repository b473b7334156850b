"""What the operator's people do with a submission: take it, ask, approve, reject."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError
from deals.enums import CaseState, DealState, ReasonKind
from deals.models import ConflictCase, Deal
from deals.notices import QUESTION, REJECTED, SECOND, TAKEN, tell_managers, tell_partner
from deals.numbers import answer_days, second_approver_above
from deals.office import open_deal
from deals.reasons import check_reason
from deals.rules import ASKABLE
from deals.services.examining import drop_case, protect
from deals.services.steps import advance, calendar_of, moment, review_of, touch
from deals.services.waiting import move_up
from deals.slots import release_slots
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.timers import schedule

DECIDE = Permission.DECIDE_DEALS


def take_deal(actor: Actor, *, ref: str, version: int | None = None) -> Deal:
    """Begin the review; the deal is the actor's."""
    with open_deal(actor, ref, DECIDE, version=version) as deal:
        _take(actor, deal)
        tell_partner(TAKEN, deal)
    return deal


def _take(actor: Actor, deal: Deal) -> None:
    advance(actor, deal, DealState.UNDER_REVIEW)
    review = review_of(deal)
    review.reviewer_id = actor.membership_id
    review.save(update_fields=["reviewer"])


def approve_deal(actor: Actor, *, ref: str, text: str = "", version: int | None = None) -> Deal:
    """Protect the deal. Above the operator's limit the first approval only notes itself; another person's decides.

    Raises ``Conflict``: ``case_open``, ``own_record``, ``second_person``, ``slot_taken``.
    """
    with open_deal(actor, ref, DECIDE, version=version) as deal:
        check_not_own(actor, deal)
        if ConflictCase.objects.filter(deal=deal, state=CaseState.OPEN).exists():
            raise Conflict("case_open", _("Decide the conflict first."))
        if deal.state == DealState.SUBMITTED:
            _take(actor, deal)
        if deal.state == DealState.UNDER_REVIEW and not _is_enough(actor, deal):
            return deal
        protect(actor, deal, text=text)
    return deal


def check_not_own(actor: Actor, deal: Deal) -> None:
    """The approver is never the author of the record."""
    if actor.membership_id is not None and deal.author_id == actor.membership_id:
        raise Conflict("own_record", _("Somebody else has to decide about what you registered."))


def _is_enough(actor: Actor, deal: Deal) -> bool:
    """Whether this approval is the last one needed; the first of two is noted."""
    limit = second_approver_above()
    if not limit or deal.value <= limit:
        return True
    review = review_of(deal)
    if review.first_approver_id is None:
        review.first_approver_id, review.first_approved_at = actor.membership_id, moment()
        review.save(update_fields=["first_approver", "first_approved_at"])
        touch(actor, deal, "first_approval", internal=True)
        tell_managers(SECOND, deal)
        return False
    if review.first_approver_id == actor.membership_id:
        raise Conflict("second_person", _("A second person has to approve this deal."))
    return True


def reject_deal(actor: Actor, *, ref: str, reason: str, text: str = "", version: int | None = None) -> Deal:
    """Refuse with a reason of the operator's list; whoever waits moves up."""
    with open_deal(actor, ref, DECIDE, version=version) as deal:
        check_not_own(actor, deal)
        reject(actor, deal, reason=check_reason(ReasonKind.REJECT, reason), text=text)
        drop_case(deal)
    return deal


def reject(actor: Actor, deal: Deal, *, reason: str, text: str) -> None:
    deal.reason, deal.decided_at = reason, moment()
    deal.paused_at = deal.decision_due_at = None
    fields = ["reason", "decided_at", "paused_at", "decision_due_at"]
    advance(actor, deal, DealState.REJECTED, reason=reason, text=text, save=fields)
    move_up(actor, deal, release_slots(deal))
    tell_partner(REJECTED, deal, reason=reason)


def request_information(
    actor: Actor,
    *,
    ref: str,
    reason: str,
    fields: Collection[str],
    text: str = "",
    version: int | None = None,
) -> Deal:
    """Ask the partner. The clock stops, and only ``fields`` can be changed; files and comments always can be added."""
    with open_deal(actor, ref, DECIDE, version=version) as deal:
        if not set(fields) <= set(ASKABLE):
            raise InputError("unknown_field", _("There is no such field."), "fields")
        code = check_reason(ReasonKind.INFORMATION, reason)
        deal.asked_fields = [name for name in ASKABLE if name in set(fields)]
        deal.paused_at = now = moment()
        deal.answer_due_at = calendar_of(deal).due_after(now, answer_days())
        schedule("deals.answer", deal, deal.answer_due_at, due=deal.answer_due_at.isoformat())
        save = ["asked_fields", "paused_at", "answer_due_at"]
        advance(actor, deal, DealState.INFORMATION_REQUIRED, reason=code, text=text, save=save)
        tell_partner(QUESTION, deal)
    return deal
