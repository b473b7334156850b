"""The waiting list: duplicates in order of rank behind whoever holds their customer. It moves by itself."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from deals.conflicts import find_conflicts
from deals.enums import PENDING, DealState, WaitingState
from deals.identity import identify
from deals.models import Deal, PartyKey, WaitingEntry
from deals.notices import OFFER, OFFER_LAPSED, QUEUE_ENDED, SUBMITTED, tell_partner, tell_reviewers
from deals.numbers import offer_days
from deals.office import locked, open_deal
from deals.services.examining import make_duplicate, queue
from deals.services.steps import advance, calendar_of, moment, start_clock, system, touch
from deals.slots import families_of, held, hold_slots, release_slots, sure_keys_of
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.notices import done
from workflow.timers import schedule

REGISTER = Permission.REGISTER_DEALS
LIVE = (WaitingState.QUEUED, WaitingState.OFFERED)


def move_up(actor: Actor, deal: Deal, families: Collection[int] = ()) -> None:
    """After ``deal`` gave way: offer what is free now to the first in the queue, for each thing that somebody waits for.

    ``families``: what became free; none means all of the deal's, which waited for a decision and held nothing.
    """
    wanted = set(families) or families_of(deal)
    for entry in _queued(deal, wanted):
        if _is_free(entry):
            _offer(actor, entry)


def _queued(deal: Deal, families: set[int]) -> list[WaitingEntry]:
    """Those who wait for the same customer and one of ``families``, by rank, their deals locked."""
    ids = _sharing(deal)
    entries = WaitingEntry.objects.filter(
        deal_id__in=ids, state=WaitingState.QUEUED, families__overlap=sorted(families)
    )
    found = list(entries.order_by("rank_at", "deal_id"))
    rows = Deal.objects.filter(pk__in=[entry.deal_id for entry in found]).order_by("pk")
    deals = {each.pk: each for each in rows.select_for_update(no_key=True)}
    for entry in found:
        entry.deal = deals[entry.deal_id]
    return found


def _sharing(deal: Deal) -> set[int]:
    """Ids of other deals whose customer is surely the same."""
    values = [(key.kind, key.value) for key in sure_keys_of(deal)]
    rows = PartyKey.objects.filter(value__in=[value for _, value in values]).exclude(deal_id=None)
    found = rows.exclude(deal=deal).values_list("deal_id", "kind", "value")
    return {pk for pk, kind, value in found if (kind, value) in values}


def _is_free(entry: WaitingEntry) -> bool:
    """Nobody holds what the entry waits for, and nobody with an earlier rank is still to be decided."""
    deal = entry.deal
    if held(sure_keys_of(deal), entry.families).exclude(deal=deal).exists():
        return False
    ahead = Deal.objects.filter(pk__in=_sharing(deal), state__in=PENDING, submitted_at__lt=entry.rank_at)
    return not ahead.filter(lines__product__family_id__in=entry.families).exists()


def _offer(actor: Actor, entry: WaitingEntry) -> None:
    deal, now = entry.deal, moment()
    calendar = calendar_of(deal)
    due = calendar.due_after(now, offer_days())
    hold_slots(deal, entry.families, calendar.add_days(calendar.today(now), offer_days()))
    entry.state, entry.offered_at, entry.offer_until = WaitingState.OFFERED, now, due
    entry.save(update_fields=["state", "offered_at", "offer_until"])
    schedule("deals.offer", deal, due, entry=entry.pk)
    touch(system(actor), deal, "offer")
    tell_partner(OFFER, deal, until=due.isoformat())


def take_offer(actor: Actor, *, ref: str, version: int | None = None) -> Deal:
    """The deal goes before the PAM again, with its old rank."""
    with open_deal(actor, ref, REGISTER, version=version) as deal:
        entry = _offered(deal)
        end_entry(entry, WaitingState.TAKEN)
        now = moment()
        start_clock(deal, now)
        if deal.decision_due_at is not None:
            hold_slots(deal, entry.families, calendar_of(deal).today(deal.decision_due_at))
        touch(actor, deal, "take")
        advance(system(actor), deal, DealState.UNDER_REVIEW, save=["decision_due_at", "paused_at"])
        _look_again(actor, deal)
    return deal


def _look_again(actor: Actor, deal: Deal) -> None:
    """Something else may hold a product of the deal that was free when it was queued: then it waits for that."""
    findings = find_conflicts(deal, identify(deal), families_of(deal))
    if findings.holders:
        release_slots(deal)
        make_duplicate(actor, deal, {family for hit in findings.holders for family in hit.families})
    else:
        tell_reviewers(SUBMITTED, deal)


def pass_offer(actor: Actor, *, ref: str, version: int | None = None) -> Deal:
    """Decline; the next one is asked."""
    with open_deal(actor, ref, REGISTER, version=version) as deal:
        end_entry(_offered(deal), WaitingState.PASSED)
        touch(actor, deal, "pass")
        move_up(actor, deal, release_slots(deal))
    return deal


def leave_list(actor: Actor, *, ref: str, version: int | None = None) -> Deal:
    """Wait no longer; an offer that stands is passed."""
    with open_deal(actor, ref, REGISTER, version=version) as deal:
        entry = live_entry(deal)
        if entry is None:
            raise Conflict("not_waiting", _("This deal is not on a waiting list."))
        end_entry(entry, WaitingState.REMOVED)
        touch(actor, deal, "leave")
        move_up(actor, deal, release_slots(deal))
    return deal


def join_list(actor: Actor, *, ref: str, version: int | None = None) -> Deal:
    """Join the queue by hand, where duplicates do not by themselves or left it; the rank is the old one."""
    with open_deal(actor, ref, REGISTER, version=version) as deal:
        if deal.state != DealState.DUPLICATE or live_entry(deal) is not None:
            raise Conflict("not_a_duplicate", _("Only a duplicate can join the waiting list."))
        findings = find_conflicts(deal, identify(deal), families_of(deal))
        families = {family for hit in findings.hits if hit.sure for family in hit.families}
        entry = queue(deal, families or families_of(deal))
        touch(actor, deal, "join")
        entry.deal = deal
        if _is_free(entry):
            _offer(actor, entry)
    return deal


def lapse_offer(actor: Actor, deal_id: int, entry_id: int, now: datetime) -> None:
    """The offer was not answered: the next one is asked. For the timer; runs as the worker."""
    found = Deal.objects.filter(pk=deal_id).first()
    if found is None:
        return
    deal = locked(found)
    entry = WaitingEntry.objects.filter(pk=entry_id, state=WaitingState.OFFERED).first()
    if entry is None or entry.offer_until is None or entry.offer_until > now:
        return
    end_entry(entry, WaitingState.LAPSED)
    touch(actor, deal, "lapse")
    tell_partner(OFFER_LAPSED, deal)
    move_up(actor, deal, release_slots(deal))


def live_entry(deal: Deal) -> WaitingEntry | None:
    entry: WaitingEntry | None = WaitingEntry.objects.filter(deal=deal, state__in=LIVE).first()
    return entry


def position_of(actor: Actor, deal: Deal) -> int | None:
    """How many wait before the deal, and itself; ``None`` where it does not wait. It tells a number and nothing more."""
    entry = live_entry(deal)
    if entry is None:
        return None
    with office(actor):
        others = WaitingEntry.objects.filter(deal_id__in=_sharing(deal), state__in=LIVE)
        rows = others.filter(families__overlap=entry.families).values_list("rank_at", "deal_id")
        ahead = [rank for rank in rows if rank < (entry.rank_at, deal.pk)]
    return len(ahead) + 1


def leave_queue(deal: Deal) -> None:
    entry = live_entry(deal)
    if entry is not None:
        end_entry(entry, WaitingState.REMOVED)


def clear_queue(actor: Actor, deal: Deal) -> None:
    """The customer has bought: nobody waits for it any longer."""
    for entry in _queued(deal, families_of(deal)):
        end_entry(entry, WaitingState.REMOVED)
        touch(system(actor), entry.deal, "queue_ended")
        tell_partner(QUEUE_ENDED, entry.deal)


def end_entry(entry: WaitingEntry, state: str) -> None:
    entry.state, entry.ended_at = state, moment()
    entry.save(update_fields=["state", "ended_at"])
    done(entry.deal, [OFFER])


def _offered(deal: Deal) -> WaitingEntry:
    entry = live_entry(deal)
    if entry is None or entry.state != WaitingState.OFFERED:
        raise Conflict("no_offer", _("Nothing is offered for this deal."))
    return entry
