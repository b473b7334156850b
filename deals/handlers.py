"""The clocks of deals: what happens when a time has come. A timer whose deal has moved on does nothing."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from deals.enums import DealState
from deals.models import Deal
from deals.notices import DUE, ENDS, INACTIVE, OVERDUE, tell_managers, tell_partner, tell_reviewers
from deals.numbers import inactivity_days
from deals.services.closing import end_in_time, expire_unanswered
from deals.services.steps import SHARES, WARNING_DAYS, watch_activity
from deals.services.waiting import lapse_offer
from tenancy.actors import Actor
from workflow.timers import Handler, on_timer

UNDECIDED = (DealState.SUBMITTED, DealState.UNDER_REVIEW)


def _remind(share: int) -> Handler:
    def remind(actor: Actor, deal_id: int, payload: dict[str, Any]) -> None:
        deal = Deal.objects.filter(pk=deal_id, state__in=UNDECIDED, paused_at=None).first()
        if deal is None or not _same(deal.decision_due_at, payload["due"]):
            return
        key = f"{share}@{payload['due']}"
        tell_reviewers(DUE, deal, key=key, share=share)
        if share == 100:
            tell_managers(OVERDUE, deal, key=key)

    return remind


def _warn(days: int) -> Handler:
    def warn(actor: Actor, deal_id: int, payload: dict[str, Any]) -> None:
        deal = Deal.objects.filter(pk=deal_id, state=DealState.APPROVED).first()
        if (
            deal is None
            or deal.protected_until is None
            or deal.protected_until.isoformat() != payload["until"]
        ):
            return
        tell_partner(ENDS, deal, key=f"{days}@{payload['until']}", days=days, until=payload["until"])

    return warn


for _share in SHARES:
    on_timer(f"deals.decision_{_share}")(_remind(_share))
for _days in WARNING_DAYS:
    on_timer(f"deals.protection_{_days}")(_warn(_days))


def _same(due: datetime | None, written: str) -> bool:
    return due is not None and due == datetime.fromisoformat(written)


@on_timer("deals.answer")
def answer_due(actor: Actor, deal_id: int, payload: dict[str, Any]) -> None:
    expire_unanswered(actor, deal_id, payload["due"])


@on_timer("deals.protection_end")
def protection_over(actor: Actor, deal_id: int, payload: dict[str, Any]) -> None:
    end_in_time(actor, deal_id, payload["until"], timezone.now())


@on_timer("deals.offer")
def offer_due(actor: Actor, deal_id: int, payload: dict[str, Any]) -> None:
    lapse_offer(actor, deal_id, payload["entry"], timezone.now())


@on_timer("deals.inactivity")
def look_for_activity(actor: Actor, deal_id: int, payload: dict[str, Any]) -> None:
    """Without an update for so long: a notice, once. After an update: look again later."""
    deal = Deal.objects.select_for_update(no_key=True).filter(pk=deal_id, state=DealState.APPROVED).first()
    if deal is None or deal.inactive_since is not None:
        return
    days = inactivity_days()
    if deal.active_at + timedelta(days=days) > timezone.now():
        watch_activity(deal)
        return
    deal.inactive_since = timezone.now()
    deal.save(update_fields=["inactive_since"])
    key = deal.active_at.isoformat()
    tell_partner(INACTIVE, deal, key=key, days=days)
    tell_reviewers(INACTIVE, deal, key=key, days=days)
