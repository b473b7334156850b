"""Points and what they buy, benefits and funds: never below zero, never another's."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from common.errors import Conflict, Forbidden, InputError, NotFound
from incentives.accrual import evaluate_credits
from incentives.grants import fund_balance, funds, grants
from incentives.models import Redemption
from incentives.rewards import (
    ask_for_reward,
    balances,
    change_reward,
    create_reward,
    decide_redemption,
    my_balance,
    redemptions_for,
)
from partners.models import Rep
from tests.incentives.test_accruals import credit
from tests.incentives.test_kinds import DAY, at, published, taken_back
from tests.kit.world import Tenant
from workflow.states import InvalidTransition, history


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    """p1 has 100 points and p2 has 40; a mug costs 30, of a trip there is one."""
    with alpha.scope():
        published(alpha, "pts", "points", "amount / USD 10")
        first = credit(alpha, "a", "1000")
        second = credit(alpha, "b", "400", partner=alpha.partners["p2"])
        evaluate_credits(alpha.system, [first.pk, second.pk])
        create_reward(alpha.system, code="mug", name="Mug", points=30)
        create_reward(alpha.system, code="trip", name="Trip", points=40, stock=1)
    return alpha


def ask(tenant: Tenant, name: str, code: str = "mug", quantity: int = 1) -> Redemption:
    with tenant.scope(name):
        return ask_for_reward(tenant.actors[name], code=code, quantity=quantity)


def decide(tenant: Tenant, pk: int, target: str, reason: str = "") -> Redemption:
    with tenant.scope("programme_manager"):
        return decide_redemption(tenant.actors["programme_manager"], pk=pk, target=target, reason=reason)


def left(tenant: Tenant, name: str) -> Decimal:
    with tenant.scope(name):
        balance = my_balance(tenant.actors[name])
        assert balance
        return balance.left


def test_points_are_set_aside_when_asked_for_and_come_back_when_refused(shop: Tenant) -> None:
    row = ask(shop, "partner_owner@p1", quantity=3)
    assert left(shop, "partner_owner@p1") == 10
    with pytest.raises(Conflict, match="not enough points"):
        ask(shop, "partner_owner@p1")
    with pytest.raises(InputError):
        decide(shop, row.pk, "refused")
    decide(shop, row.pk, "refused", "Out of season")
    assert left(shop, "partner_owner@p1") == 100
    with pytest.raises(InvalidTransition):
        decide(shop, row.pk, "approved")
    with shop.scope("partner_owner@p1"):
        (seen,) = redemptions_for(shop.actors["partner_owner@p1"])
        assert [each.target for each in history(seen)] == ["requested", "refused"]


def test_the_whole_way(shop: Tenant) -> None:
    row = ask(shop, "partner_owner@p1")
    assert decide(shop, row.pk, "approved").state == "approved"
    assert decide(shop, row.pk, "delivered").state == "delivered"
    assert left(shop, "partner_owner@p1") == 70


def test_stock_is_looked_at_when_it_is_approved(shop: Tenant) -> None:
    first, second = ask(shop, "partner_owner@p1", "trip"), ask(shop, "partner_owner@p2", "trip")
    with pytest.raises(Conflict, match="Not that many"):
        decide(shop, first.pk, "approved")
    decide(shop, second.pk, "refused", "One only")
    decide(shop, first.pk, "approved")
    with pytest.raises(Conflict, match="Not that many"):
        ask(shop, "partner_owner@p1", "trip")


def test_points_taken_back_stop_an_approval_and_never_show_below_zero(shop: Tenant) -> None:
    row = ask(shop, "partner_owner@p1", quantity=3)
    with shop.scope():
        evaluate_credits(shop.system, [taken_back(shop, "r", "a", "1000").pk])
    assert left(shop, "partner_owner@p1") == 0
    with pytest.raises(Conflict, match="taken back"):
        decide(shop, row.pk, "approved")


def test_a_seller_spends_the_own_points_only(shop: Tenant) -> None:
    with pytest.raises(Conflict, match="no points of your own"):
        ask(shop, "partner_seller@p1")
    with shop.scope():
        member = shop.actors["partner_seller@p1"].membership_id
        rep = Rep.objects.create(code="r", name="R", partner=shop.partners["p1"], membership_id=member)
        published(shop, "own", "points", "amount / USD 100", payee="rep")
        evaluate_credits(shop.system, [credit(shop, "c", "4000", rep=rep).pk])
    assert left(shop, "partner_seller@p1") == 40
    ask(shop, "partner_seller@p1")
    assert left(shop, "partner_seller@p1") == 10
    with shop.scope("pam"):
        assert {(b.partner.code, b.rep is not None) for b in balances(shop.actors["pam"])} == {
            ("p1", False),
            ("p1", True),
        }


def test_who_may_not(shop: Tenant) -> None:
    row = ask(shop, "partner_owner@p1")
    for name in ("partner_owner@p1", "pam", "channel_finance"):
        with shop.scope(name), pytest.raises(Forbidden):
            decide_redemption(shop.actors[name], pk=row.pk, target="approved")
    with shop.scope("partner_owner@p2"):
        assert not redemptions_for(shop.actors["partner_owner@p2"]).exists()
    with shop.scope("partner_owner@p1"), pytest.raises(NotFound):
        ask_for_reward(shop.actors["partner_owner@p1"], code="nothing")
    with shop.scope():
        change_reward(shop.system, code="mug", active=False)
    with pytest.raises(NotFound):
        ask(shop, "partner_owner@p1")


def test_benefits_expire_and_go_with_their_reason(alpha: Tenant) -> None:
    with alpha.scope():
        fields: dict[str, Any] = {"valid_days": 30, "eligibility": {"kinds": ["certificate", "return"]}}
        published(alpha, "seat", "benefit", "2", **fields)
        first = credit(alpha, "a", "0", kind="certificate", **at(DAY))
        second = credit(alpha, "b", "0", kind="certificate", **at(date(2013, 3, 1)))
        back = taken_back(alpha, "r", "b", "0", kind="return")
        evaluate_credits(alpha.system, [first.pk, second.pk, back.pk])
    for name, count in (("partner_owner@p1", 1), ("partner_owner@p2", 0), ("pam", 1)):
        with alpha.scope(name):
            found = grants(alpha.actors[name])
            assert [grant.granted_on for grant in found] == [DAY] * count
            assert [grant.quantity for grant in found] == [2] * count
    assert found[0].expires_on == date(2013, 3, 5)
    assert found[0].valid_on(date(2013, 3, 5))
    assert not found[0].valid_on(date(2013, 3, 6))


def test_a_share_of_sales_fills_the_fund(alpha: Tenant) -> None:
    with alpha.scope():
        published(alpha, "fund", "mdf", "amount * 2%")
        evaluate_credits(alpha.system, [credit(alpha, "a", "1000").pk])
        assert fund_balance(alpha.system, alpha.partners["p1"].pk) == 20
    with alpha.scope("partner_owner@p2"):
        assert funds(alpha.actors["partner_owner@p2"]) == []
