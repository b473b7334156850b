"""The whole way over HTTP: KPI and schemes are made, transactions sent, and what they earned explains itself."""

from typing import Any

import pytest

from performance.counting.service import count_pending
from performance.feed.selectors import pending_lanes
from tenancy.outbox import deliver
from tests.api.kit import Caller, caller
from tests.kit.world import Tenant

KPI = {
    "code": "sales",
    "name": "Sales",
    "measure": "sum_amount",
    "period": "quarter",
    "beneficiary": "partner",
    "filters": {"kinds": ["sale"]},
    "target": "1000",
}
REBATE = {
    "code": "volume",
    "name": "Volume rebate",
    "kind": "rebate",
    "beneficiary": "partner",
    "period": "quarter",
    "formula": "volume: marginal(sales, [0 -> 1%, 100 -> 2%])",
    "starts": "2013-01-01",
    "cap": {"amount": "2.00", "currency": "USD"},
}
SPIFF = {
    "code": "spiff",
    "name": "SPIFF",
    "kind": "spiff",
    "beneficiary": "rep",
    "period": "quarter",
    "formula": "amount * 5%",
    "starts": "2013-01-01",
}


def lines() -> list[dict[str, Any]]:
    return [
        {
            "source": "erp",
            "external_id": f"SO-{number}",
            "kind": "sale",
            "occurred_at": f"2013-02-{number:02}",
            "partner": "p1" if number < 5 else "p2",
            "rep": "rita" if number == 1 else None,
            "amount": "50.555",
        }
        for number in range(1, 7)
    ]


def work(tenant: Tenant) -> None:
    """What the worker does: count what waits, deliver what follows from it."""
    with tenant.scope():
        busy = True
        while busy:
            counted = [count_pending(tenant.system, lane) for lane in pending_lanes()]
            busy = bool(deliver(tenant.system)) or any(each.lines for each in counted)


@pytest.fixture
def manager(alpha: Tenant) -> Caller:
    made = caller(alpha, "programme_manager")
    assert made.post("reps/", {"code": "rita", "name": "Rita", "partner": "p1"}).status == 201
    assert made.post("kpis/", KPI).status == 201
    for scheme in (REBATE, SPIFF):
        answer = made.post("schemes/", scheme)
        assert answer.status == 201, answer.body
        assert made.post(f"schemes/{scheme['code']}/publish/").status == 200
    work(alpha)
    assert made.post("transactions/", {"lines": lines()}).body["accepted"] == 6
    return made


def test_status_before_and_after_counting(alpha: Tenant, manager: Caller) -> None:
    before = manager.get("status/").body
    assert (before["pending"], before["newest_counted_at"]) == (6, None)
    assert before["lag_ms"] >= 0
    work(alpha)
    after = manager.get("status/").body
    assert (after["pending"], after["lag_ms"]) == (0, 0)
    assert after["newest_counted_at"]
    assert caller(alpha, "partner_owner@p1").get("status/").status == 403


def test_measurements(alpha: Tenant, manager: Caller) -> None:
    work(alpha)
    found = manager.get("measurements/?kpi=sales&period=2013-Q1&partner=p1").body
    assert found["count"] == 1
    row = found["results"][0]
    assert {name: row[name] for name in ("kpi", "period", "partner", "rep", "value")} == {
        "kpi": "sales", "period": "2013-Q1", "partner": "p1", "rep": None, "value": "202.22",
    }  # fmt: skip
    other = caller(alpha, "partner_owner@p2").get("measurements/?kpi=sales").body
    assert {row["partner"] for row in other["results"]} == {"p2"}
    assert caller(alpha, "partner_owner@p2").get("measurements/?partner=p1").body["count"] == 0


@pytest.mark.parametrize("period", ["2013-Q5", "2013-13", "13", "2013-Q1 ", "1404-H3", "%00", "٢٠١٣"])
def test_a_period_that_does_not_exist(manager: Caller, period: str) -> None:
    answer = manager.get(f"measurements/?period={period}")
    assert answer.status == 400
    assert answer.body["code"] in ("invalid_period", "malformed")


def test_accruals_and_why(alpha: Tenant, manager: Caller) -> None:
    work(alpha)
    [row] = manager.get("accruals/?scheme=volume&period=2013-Q1&partner=p1").body["results"]
    assert set(row) >= {
        "id",
        "scheme",
        "version",
        "period",
        "partner",
        "rep",
        "amount",
        "components",
        "as_of",
    }
    assert row["amount"] == {"amount": "2.00", "currency": "USD"}
    assert row["components"] == [{"label": "volume", "amount": {"amount": "3.0444", "currency": "USD"}}]
    why = manager.get(f"accruals/{row['id']}/explanation/?page_size=3").body
    assert why["accrual"] == row
    assert why["holds"] is True
    assert why["exact"] == "3.0444"
    assert why["cap"] == {
        "most": {"amount": "2.00", "currency": "USD"}, "cut": {"amount": "1.0444", "currency": "USD"}
    }  # fmt: skip
    assert any("slices" in step for part in why["trace"]["parts"] for step in part["steps"])
    assert why["sentences"]
    assert [(source["kpi"], source["period"]) for source in why["sources"]] == [("sales", "2013-Q1")]
    behind = why["transactions"]
    assert (behind["count"], len(behind["results"])) == (4, 3)
    assert "page=2" in behind["next"]
    rest = manager.get(f"accruals/{row['id']}/explanation/?page_size=3&page=2&kpi=sales").body["transactions"]
    assert [line["external_id"] for line in rest["results"]] == ["SO-1"]


def test_a_spiff_names_what_each_transaction_earned(alpha: Tenant, manager: Caller) -> None:
    work(alpha)
    [row] = manager.get("accruals/?scheme=spiff").body["results"]
    assert (row["rep"], row["amount"]["amount"]) == ("rita", "2.53")
    why = manager.get(f"accruals/{row['id']}/explanation/").body
    assert (why["holds"], why["trace"]) == (True, {})
    assert [line["earned"]["amount"] for line in why["transactions"]["results"]] == ["2.52775"]


def test_accruals_of_others_do_not_exist(alpha: Tenant, beta: Tenant, manager: Caller) -> None:
    work(alpha)
    [row] = manager.get("accruals/?scheme=volume&period=2013-Q1&partner=p1").body["results"]
    for stranger in (caller(alpha, "partner_owner@p2"), caller(beta, "programme_manager")):
        for path in ("accruals/{}/", "accruals/{}/explanation/"):
            theirs, nobodys = stranger.get(path.format(row["id"])), stranger.get(path.format(999_999_999))
            assert theirs.status == nobodys.status == 404
            assert theirs.content == nobodys.content
    assert caller(alpha, "partner_owner@p1").get(f"accruals/{row['id']}/").body == row
    assert caller(alpha, "partner_technician@p1").get("accruals/").status == 403
    assert manager.get("accruals/99999999999999999999/").status == 404


def test_kpis(alpha: Tenant, manager: Caller) -> None:
    made = manager.get("kpis/sales/").body
    assert {name: made[name] for name in KPI} == KPI
    assert manager.patch("kpis/sales/", {"target": "2000.5"}).body["target"] == "2000.5"
    put = manager.put("kpis/deals/", {"name": "Deals", "measure": "count"})
    assert (put.status, put.body["measure"]) == (201, "count")
    assert manager.put("kpis/deals/", {"name": "Deals!", "measure": "count"}).status == 200
    assert manager.get("kpis/?measure=count").body["count"] == 1
    bad = manager.post("kpis/", KPI | {"code": "x", "filters": {"moon": 1}})
    assert (bad.status, bad.body["errors"][0]["field"]) == (400, "filters.moon")
    assert manager.post("kpis/", KPI).status == 409
    assert caller(alpha, "executive").post("kpis/", KPI).status == 403
    assert caller(alpha, "partner_seller@p1").get("kpis/").body["count"] == 2
