"""Discounts, estimates, points, benefits and funds over the API; schemes with all their terms."""

from datetime import date
from typing import Any

import pytest

from incentives.accrual import evaluate_credits
from tests.api.kit import Caller, caller
from tests.incentives.test_accruals import credit
from tests.incentives.test_discounts import discount, product
from tests.incentives.test_kinds import at, published
from tests.incentives.test_levels import silver
from tests.kit.world import Tenant


@pytest.fixture
def manager(alpha: Tenant) -> Caller:
    return caller(alpha, "programme_manager")


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def test_a_price_with_its_reasons(alpha: Tenant, manager: Caller) -> None:
    with alpha.scope():
        discount(alpha, "a", "amount * 10%", 1)
        discount(alpha, "b", "amount * 20%", 2, "net", eligibility={"segments": ["key"]})
        discount(alpha, "p2", "amount * 50%", 3, eligibility={"partners": ["p2"]})
        product()
    asked = {"product": "vm", "quantity": "2", "segment": "key", "on": "2013-05-01"}
    answer = caller(alpha, "partner_seller@p1").post("discounts/resolve/", asked)
    assert answer.status == 200, answer.body
    assert (answer.body["partner_price"], answer.body["net"]) == (usd("2000.00"), usd("1440.00"))
    assert [(each["scheme"], each["rate"], each["amount"]) for each in answer.body["applied"]] == [
        ("a", "0.1", usd("200.00")),
        ("b", "0.18", usd("360.00")),
    ]
    assert answer.body["refused"] == []
    staff = manager.post("discounts/resolve/", asked | {"partner": "p1"})
    assert [each["scheme"] for each in staff.body["refused"]] == ["p2"]
    other = caller(alpha, "partner_seller@p1").post("discounts/resolve/", asked | {"partner": "p2"})
    assert other.status == 404
    assert manager.post("discounts/resolve/", asked).status == 404
    assert manager.post("discounts/resolve/", {"product": "vm", "quantity": 1}).status == 400


def test_a_price_with_the_discount_level_of_a_tier(alpha: Tenant) -> None:
    with alpha.scope():
        silver(alpha)
        discount(alpha, "a", "amount * 10%", 1)
        product()
    answer = caller(alpha, "partner_seller@p1").post("discounts/resolve/", {"product": "vm", "quantity": "1"})
    found = [(each["scheme"], each["benefit"], each["name"], each["rate"]) for each in answer.body["applied"]]
    assert found == [(None, "discount_level", "Discount level", "0.05"), ("a", None, "A", "0.1")]
    assert (answer.body["applied"][0]["reason"], answer.body["net"]) == ("Silver: 5%", usd("850.00"))


def test_an_estimate(alpha: Tenant, manager: Caller) -> None:
    with alpha.scope():
        published(alpha, "fee", "referral", "amount * 10%")
        published(alpha, "pts", "points", "amount / USD 100")
        product()
    line = {"product": "vm", "quantity": "1", "amount": usd("1000.00")}
    answer = manager.post("estimates/", {"partner": "p1", "lines": [line], "on": "2013-05-01"})
    assert answer.status == 200, answer.body
    assert [(each["scheme"], each["amount"], each["pieces"]) for each in answer.body["results"]] == [
        ("fee", usd("100.00"), None),
        ("pts", None, "10"),
    ]


SCHEME: dict[str, Any] = {
    "code": "all",
    "name": "All terms",
    "kind": "referral",
    "beneficiary": "partner",
    "period": "month",
    "formula": "amount * 5%",
    "eligibility": {"kinds": ["referral_won"], "new_customer": ["yes"]},
    "starts": "2013-01-01",
    "budget": usd("100.00"),
    "stack_group": "g",
    "stack_policy": "best_of",
    "stack_priority": 4,
    "stack_counts": False,
    "at_ceiling": "approval",
    "warn_at": [80, 95],
    "payments": [{"after_days": 0, "percent": "40"}, {"after_days": 90, "percent": "60"}],
    "while_customer": True,
}


def test_a_scheme_keeps_every_term(manager: Caller) -> None:
    made = manager.post("schemes/", SCHEME)
    assert made.status == 201, made.body
    assert {name: made.body[name] for name in SCHEME} == SCHEME
    changed = manager.patch("schemes/all/", {"at_ceiling": "pro_rata", "payments": []})
    assert changed.status == 400
    changed = manager.patch("schemes/all/", {"payments": [], "while_customer": False})
    assert (changed.status, changed.body["payments"], changed.body["warn_at"]) == (200, [], [80, 95])
    wrong = manager.patch("schemes/all/", {"stack_priority": None})
    assert wrong.body["errors"][0]["field"] == "stack_priority"


def test_more_budget_needs_a_second_person(alpha: Tenant, manager: Caller) -> None:
    plain = SCHEME | {"payments": [], "while_customer": False, "eligibility": {}, "stack_group": ""}
    manager.post("schemes/", plain | {"stack_priority": None})
    manager.post("schemes/all/publish/")
    with alpha.scope():
        evaluate_credits(alpha.system, [credit(alpha, "a", "3000", **at(date(2013, 5, 1))).pk])
    assert manager.get("accruals/").body["results"][0]["amount"] == usd("100.00")
    body = {"amount": usd("30.00"), "reason": "A good quarter"}
    assert manager.post("schemes/all/raise-budget/", body).status == 403
    finance = caller(alpha, "channel_finance")
    assert finance.post("schemes/all/raise-budget/", body | {"reason": ""}).status == 400
    assert finance.post("schemes/all/raise-budget/", body).status == 200
    with alpha.scope():
        from tenancy.outbox import deliver

        deliver(alpha.system)
    [row] = manager.get("accruals/").body["results"]
    assert row["amount"] == usd("130.00")
    told = manager.get(f"accruals/{row['id']}/explanation/").body
    assert told["cuts"] == [{"step": "budget", "reason": "approval", "by": "", "amount": usd("20.00")}]
    [line] = told["transactions"]["results"]
    assert (line["state"], line["earned"], line["granted"]) == ("budget", usd("150.00"), usd("130.00"))
    assert told["holds"]


def test_points_from_asking_to_delivery(alpha: Tenant, manager: Caller) -> None:
    with alpha.scope():
        version = published(alpha, "pts", "points", "amount / USD 10")
        published(alpha, "seat", "benefit", "2", valid_days=10)
        published(alpha, "fund", "mdf", "amount * 1%")
        evaluate_credits(alpha.system, [credit(alpha, "a", "1000").pk])
    assert version.scheme.kind == "points"
    made = manager.post("rewards/", {"code": "mug", "name": "Mug", "points": 60})
    assert made.status == 201, made.body
    partner = caller(alpha, "partner_owner@p1")
    assert partner.post("rewards/", {"code": "x", "name": "X", "points": 1}).status == 403
    asked = partner.post("redemptions/", {"reward": "mug"})
    assert (asked.status, asked.body["state"], asked.body["points"]) == (201, "requested", 60)
    again = partner.post("redemptions/", {"reward": "mug"})
    assert (again.status, again.body["code"]) == (409, "too_few_points")
    address = f"redemptions/{asked.body['id']}/"
    assert partner.post(f"{address}approve/").status == 403
    assert caller(alpha, "partner_owner@p2").get(address).status == 404
    assert manager.post(f"{address}refuse/", {}).status == 400
    assert manager.post(f"{address}approve/").body["state"] == "approved"
    assert manager.post(f"{address}deliver/").body["state"] == "delivered"
    late = manager.post(f"{address}refuse/", {"reason": "x"})
    assert (late.status, late.body["code"]) == (409, "invalid_transition")
    [balance] = partner.get("points/").body["results"]
    assert (balance["earned"], balance["spent"], balance["left"]) == ("100", "60", "40")
    [grant] = partner.get("benefits/").body["results"]
    assert (grant["quantity"], grant["expires_on"], grant["valid"]) == ("2", "2013-02-13", False)
    assert partner.get("funds/").body["results"][0]["accrued"] == usd("10.00")
    rows = {row["kind"]: (row["amount"], row["pieces"]) for row in partner.get("accruals/").body["results"]}
    assert rows == {"points": (None, "100"), "benefit": (None, "2"), "mdf": (usd("10.00"), None)}
