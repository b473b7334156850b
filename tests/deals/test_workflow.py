"""The table of workflows.md, part a: every way through the services, in the scopes of those who go it."""

from typing import Any

import pytest

from common.errors import Conflict, Invalid
from deals.enums import DealState, WaitingState
from deals.models import WaitingEntry
from deals.services.review import approve_deal, reject_deal
from deals.services.submission import submit_deal, withdraw_deal
from tests.deals.kit import again, automatic, draft, market, submitted
from tests.kit.world import Tenant


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    return alpha


def act(tenant: Tenant, who: str, step: Any, deal: Any, **given: Any) -> Any:
    with tenant.scope(who):
        return step(tenant.actors[who], ref=deal.ref, **given)


def test_a_submission_is_decided_by_the_pam_and_protected(shop: Tenant) -> None:
    deal = submitted(shop)
    assert deal.state == DealState.SUBMITTED
    assert deal.decision_due_at is not None
    approved = act(shop, "pam", approve_deal, deal)
    assert approved.state == DealState.APPROVED
    assert (approved.protected_until - approved.decided_at.date()).days == 90


def test_an_incomplete_draft_says_everything_that_is_missing(shop: Tenant) -> None:
    deal = draft(shop, legal_id="", lines=[], expected_close="")
    with shop.scope("partner_owner@p1"), pytest.raises(Invalid) as refused:
        submit_deal(shop.actors["partner_owner@p1"], ref=deal.ref)
    assert {error.field for error in refused.value.errors} == {"legal_id", "lines", "expected_close"}


def test_a_rule_approves_what_is_clear_and_the_second_waits(shop: Tenant) -> None:
    automatic(shop)
    first, second = submitted(shop), submitted(shop, "partner_owner@p2")
    assert first.state == DealState.APPROVED
    assert second.state == DealState.DUPLICATE
    act(shop, "partner_owner@p1", withdraw_deal, first)
    with shop.scope():
        entry = WaitingEntry.objects.get(deal=second)
    assert entry.state == WaitingState.OFFERED


def test_the_approved_one_makes_duplicates_of_the_others(shop: Tenant) -> None:
    first = submitted(shop)
    second = submitted(shop, "partner_owner@p2", product="lte")
    other = submitted(shop, "partner_owner@p2", product="waf")
    act(shop, "pam", approve_deal, first)
    assert again(shop, second).state == DealState.DUPLICATE
    assert again(shop, other).state == DealState.SUBMITTED


def test_what_the_table_lacks_is_refused(shop: Tenant) -> None:
    deal = submitted(shop)
    rejected = act(shop, "pam", reject_deal, deal, reason="incomplete")
    assert rejected.state == DealState.REJECTED
    with pytest.raises(Conflict) as refused:
        act(shop, "pam", approve_deal, deal)
    assert refused.value.code == "invalid_transition"
