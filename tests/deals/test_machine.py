"""Whatever people do in whatever order: one holds a customer, the queue is by rank, slots and states agree."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import DomainError
from deals.enums import STANDING, DealState, WaitingState
from deals.models import Deal, DealForm, Slot, WaitingEntry
from deals.services.closing import end_protection, lose_deal, win_deal
from deals.services.drafts import create_draft, resubmit_deal
from deals.services.review import approve_deal, reject_deal, request_information, take_deal
from deals.services.submission import submit_deal, withdraw_deal
from deals.services.waiting import join_list, leave_list, pass_offer, take_offer
from tests.deals.kit import fields, market, today
from tests.kit.world import Tenant

OWNERS = ("partner_owner@p1", "partner_owner@p2")
BOSS = "programme_manager"
#: Step -> who takes it ("" its owner), and what it says.
STEPS: dict[str, tuple[Callable[..., Any], str, dict[str, Any]]] = {
    "submit": (submit_deal, "", {}),
    "withdraw": (withdraw_deal, "", {}),
    "take": (take_deal, BOSS, {}),
    "approve": (approve_deal, BOSS, {}),
    "reject": (reject_deal, BOSS, {"reason": "incomplete"}),
    "ask": (request_information, BOSS, {"reason": "other", "fields": ["city"]}),
    "win": (win_deal, "", {"amount": Decimal(1), "won_on": today()}),
    "lose": (lose_deal, "", {"reason": "price", "competitor": "X"}),
    "end": (end_protection, BOSS, {"reason": "other"}),
    "resubmit": (resubmit_deal, "", {}),
    "take_offer": (take_offer, "", {}),
    "pass_offer": (pass_offer, "", {}),
    "join": (join_list, "", {}),
    "leave": (leave_list, "", {}),
}
acts = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 5)), min_size=8, max_size=30)


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    return alpha


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=acts, automatic=st.booleans())
def test_one_holds_and_the_others_wait(shop: Tenant, acts: list[tuple[str, int]], automatic: bool) -> None:
    with transaction.atomic():
        with shop.scope():
            DealForm.objects.update_or_create(
                engagement_model="", defaults={"auto_limit": 10**9 if automatic else None}
            )
        deals = [_draft(shop, number) for number in range(6)]
        for name, number in [("submit", number) for number in range(4)] + acts:
            _try(shop, name, deals[number], number)
            _check(shop)
        transaction.set_rollback(True)


def _draft(tenant: Tenant, number: int) -> Deal:
    who = OWNERS[number % 2]
    with tenant.scope(who):
        return create_draft(tenant.actors[who], fields=fields("H-1", ("fiber", "lte", "waf")[number % 3]))


def _try(tenant: Tenant, name: str, deal: Deal, number: int) -> None:
    step, who, given_words = STEPS[name]
    actor = who or OWNERS[number % 2]
    try:
        with tenant.scope(actor):
            step(tenant.actors[actor], ref=deal.ref, **given_words)
    except DomainError:
        pass  # A refusal is an answer too; nothing of the step may remain, which the check sees.


def _check(tenant: Tenant) -> None:
    with tenant.scope():
        slots = list(Slot.objects.filter(active=True).select_related("deal"))
        assert len({(slot.key, slot.family_id) for slot in slots}) == len(slots)
        holders = {slot.deal_id for slot in slots}
        approved = list(Deal.objects.filter(state=DealState.APPROVED))
        assert {deal.pk for deal in approved} <= holders
        offered = WaitingEntry.objects.filter(state=WaitingState.OFFERED)
        for slot in slots:
            alive = slot.deal.state in (*STANDING, DealState.WON)
            assert alive or offered.filter(deal_id=slot.deal_id).exists(), slot.deal.state
        for deal in Deal.objects.exclude(state=DealState.DRAFT):
            assert deal.submitted_at is not None
        _check_queue(offered)


def _check_queue(offered: Any) -> None:
    """Nobody with a later rank has the offer that somebody before waits for alone."""
    queued = list(WaitingEntry.objects.filter(state=WaitingState.QUEUED))
    for entry in offered:
        before = [
            each
            for each in queued
            if set(each.families) <= set(entry.families) and each.rank_at < entry.rank_at
        ]
        joined_before = [each for each in before if each.pk < entry.pk]
        assert joined_before == []
