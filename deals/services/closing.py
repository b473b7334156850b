"""How a protected deal ends: won, lost, ended early, expired; and won after all."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError
from common.numbers import MAX_PLACES
from deals.enums import DealState, ExtensionState, ReasonKind
from deals.models import Deal, Extension
from deals.notices import CLOSED, EXPIRED, tell_closed, tell_partner, tell_reviewers
from deals.numbers import inactivity_end_days, late_win_days
from deals.office import locked, open_deal
from deals.reasons import check_reason
from deals.services.examining import drop_case
from deals.services.steps import advance, calendar_of, moment, system, today_of
from deals.services.waiting import clear_queue, leave_queue, move_up
from deals.slots import families_of, held, release_slots, sure_keys_of
from tenancy import outbox
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.timers import schedule

WON = "deal.won"


def win_deal(
    actor: Actor,
    *,
    ref: str,
    amount: Decimal | None,
    won_on: date | None,
    reason: str = "",
    text: str = "",
    version: int | None = None,
) -> Deal:
    """The customer signed. Amount and day are needed. Emits ``deal.won``.

    An expired deal can be won for a while by the operator's people, with a reason, where nobody else got the customer.
    """
    with open_deal(actor, ref, Permission.REGISTER_DEALS, version=version) as deal:
        _check_facts(deal, amount, won_on)
        late = deal.state == DealState.EXPIRED
        if late:
            actor.require(Permission.DECIDE_DEALS)
            reason = check_reason(ReasonKind.LATE_WIN, reason)
            _check_late(deal)
        deal.won_amount, deal.won_on, deal.closed_at = amount, won_on, moment()
        save = ["won_amount", "won_on", "closed_at"]
        advance(actor, deal, DealState.WON, reason=reason, text=text, save=save)
        close_extension(actor, deal, ExtensionState.WITHDRAWN)
        clear_queue(actor, deal)
        _announce(deal)
        tell_closed(actor, deal)
    return deal


def _check_facts(deal: Deal, amount: Decimal | None, won_on: date | None) -> None:
    if amount is None:
        raise InputError("required", _("This must not be empty."), "amount")
    exponent = amount.as_tuple().exponent
    if amount < 0 or not isinstance(exponent, int) or exponent < -MAX_PLACES:
        raise InputError("invalid", _("This value is not valid."), "amount")
    if won_on is None:
        raise InputError("required", _("This must not be empty."), "won_on")
    if won_on > today_of(deal):
        raise InputError("in_future", _("This day is still to come."), "won_on")


def _check_late(deal: Deal) -> None:
    ended = deal.closed_at.astimezone(deal.operator.zone).date() if deal.closed_at else None
    if ended is None or today_of(deal) > ended + timedelta(days=late_win_days()):
        raise Conflict("too_late", _("This deal expired too long ago to be won."))
    if deal.protected_until is None:
        raise Conflict("never_protected", _("This deal was never approved."))
    if held(sure_keys_of(deal), families_of(deal)).exclude(deal=deal).exists():
        raise Conflict("slot_taken", _("Another registration of this customer holds these products."))


def _announce(deal: Deal) -> None:
    """Tell the other apps: rewards and targets count the deal, transactions are linked to it."""
    payload = {
        "deal_id": deal.pk,
        "ref": deal.ref,
        "partner_id": deal.partner_id,
        "rep_id": deal.rep_id,
        "won_on": deal.won_on.isoformat() if deal.won_on else None,
        "amount": format(deal.won_amount, "f") if deal.won_amount is not None else None,
        "currency": deal.currency,
        "engagement_model": deal.engagement_model,
        "programme": deal.programme,
    }
    outbox.emit(WON, payload)


def lose_deal(
    actor: Actor,
    *,
    ref: str,
    reason: str,
    competitor: str,
    text: str = "",
    version: int | None = None,
) -> Deal:
    """The customer chose somebody else, or nothing. Reason and competitor are needed; whoever waits moves up."""
    if not competitor.strip():
        raise InputError("required", _("Name the competitor, or write “none”."), "competitor")
    with open_deal(actor, ref, Permission.REGISTER_DEALS, version=version) as deal:
        deal.reason, deal.lost_to = check_reason(ReasonKind.LOSE, reason), competitor.strip()[:120]
        _close(actor, deal, DealState.LOST, deal.reason, text, ["reason", "lost_to"])
        tell_closed(actor, deal)
    return deal


def end_protection(
    actor: Actor, *, ref: str, reason: str, text: str = "", version: int | None = None
) -> Deal:
    """End a protection early, with a reason."""
    with open_deal(actor, ref, Permission.DECIDE_DEALS, version=version) as deal:
        if deal.state != DealState.APPROVED:
            advance(actor, deal, DealState.EXPIRED)
        deal.reason = check_reason(ReasonKind.END, reason)
        if deal.reason == "inactive":
            _check_inactive(deal)
        _close(actor, deal, DealState.EXPIRED, deal.reason, text, ["reason"])
        tell_partner(EXPIRED, deal)
    return deal


def _check_inactive(deal: Deal) -> None:
    """Inactivity ends a protection only some days after its notice."""
    since = deal.inactive_since
    if since is None or moment() < since + timedelta(days=inactivity_end_days()):
        raise Conflict("too_early", _("Its notice of inactivity has to be older."))


def _close(actor: Actor, deal: Deal, state: str, reason: str, text: str, save: list[str]) -> None:
    """End a protection: its holds are free, its requests are over, the queue moves."""
    deal.closed_at = moment()
    advance(actor, deal, state, reason=reason, text=text, save=[*save, "closed_at"])
    close_extension(actor, deal, ExtensionState.WITHDRAWN)
    move_up(actor, deal, release_slots(deal))


def close_extension(actor: Actor, deal: Deal, state: str) -> None:
    for extension in Extension.objects.filter(deal=deal, state=ExtensionState.REQUESTED):
        extension.state, extension.decided_at, extension.decided_by = state, moment(), actor.name
        extension.save(update_fields=["state", "decided_at", "decided_by"])


def end_in_time(actor: Actor, deal_id: int, until: str, now: datetime) -> None:
    """The last protected day is over. An open extension request keeps the deal alive a little. For the timer."""
    found = Deal.objects.filter(pk=deal_id).first()
    if found is None:
        return
    deal = locked(found)
    if deal.protected_until is None or deal.protected_until.isoformat() != until:
        return
    if deal.state == DealState.WON:
        move_up(actor, deal, release_slots(deal))
    if deal.state != DealState.APPROVED or _is_kept(deal, until, now):
        return
    expire(actor, deal)


def expire(actor: Actor, deal: Deal) -> None:
    """By the system, because its time is over; a request that was not decided in time is refused with it."""
    close_extension(system(actor), deal, ExtensionState.REJECTED)
    _close(system(actor), deal, DealState.EXPIRED, "", "", [])
    tell_partner(EXPIRED, deal)
    tell_reviewers(CLOSED, deal, state=deal.state)


def _is_kept(deal: Deal, until: str, now: datetime) -> bool:
    extension = Extension.objects.filter(deal=deal, state=ExtensionState.REQUESTED).first()
    if extension is None:
        return False
    end = calendar_of(deal).end_of(extension.kept_until)
    if end <= now:
        return False
    schedule("deals.protection_end", deal, end, until=until)
    return True


def expire_unanswered(actor: Actor, deal_id: int, due: str) -> None:
    """The question was not answered in time: the rank is lost. For the timer."""
    found = Deal.objects.filter(pk=deal_id).first()
    if found is None:
        return
    deal = locked(found)
    waits = deal.state == DealState.INFORMATION_REQUIRED and deal.answer_due_at is not None
    if not waits or deal.answer_due_at is None or deal.answer_due_at.isoformat() != due:
        return
    deal.closed_at, deal.paused_at, deal.decision_due_at = moment(), None, None
    fields = ["closed_at", "paused_at", "decision_due_at"]
    advance(system(actor), deal, DealState.EXPIRED, text="", save=fields)
    drop_case(deal)
    leave_queue(deal)
    move_up(actor, deal, release_slots(deal))
    tell_partner(EXPIRED, deal)
    tell_reviewers(CLOSED, deal, state=deal.state)
