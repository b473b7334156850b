"""Channel finance settles, approves, adjusts and holds in the portal; the API does the same."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from incentives.models import Adjustment, Hold, SettlementRun, Statement
from incentives.services import SchemeData, VersionData, create_scheme
from tests.api.kit import Caller, token_for
from tests.incentives.money.kit import (
    back,
    deliver,
    feed,
    kpi,
    line,
    publish,
    second_person,
    settled,
    with_accounts,
)
from tests.kit.world import Tenant, log_in

pytestmark = pytest.mark.django_db
FIN = "channel_finance"


@pytest.fixture
def market(alpha: Tenant) -> Tenant:
    with alpha.scope():
        kpi()
        publish(alpha, "rebate", "all: sales * 10%")
        with_accounts(alpha, "p1", "p2")
    feed(alpha, [line("a", "p1", "2013-01-10", "1000"), line("b", "p2", "2013-02-10", "700")])
    return alpha


def second(tenant: Tenant) -> Any:
    client = tenant.client()
    log_in(client, tenant, second_person(tenant))
    return client


def test_a_settlement_from_opening_to_approval(market: Tenant) -> None:
    client = market.client(FIN)
    assert "rebate" in client.get("/settlements/open/").content.decode()
    assert client.post("/settlements/open/", {"group": "rebate", "period": "1999-Q1"}).status_code == 422
    api = Caller(market.host, token_for(market, FIN))
    opened = api.call("POST", "settlements/", {"scheme": "rebate", "period": "2013-Q1"})
    assert (opened.status, opened.body["state"]) == (201, "open")
    deliver(market)
    pk = opened.body["id"]
    page = client.get(f"/settlements/{pk}/").content.decode()
    assert "You prepared this settlement" in page
    assert "0001-00001" in page.replace(f"-{pk:04d}-", "-0001-")
    client.post(f"/settlements/{pk}/approve/", {"total": "170"})
    with market.scope():
        assert SettlementRun.objects.get().state == "statements"
    other = second(market)
    assert 'name="total" value="170.000000"' in other.get(f"/settlements/{pk}/").content.decode()
    other.post(f"/settlements/{pk}/approve/", {"total": "169"})
    other.post(f"/settlements/{pk}/approve/", {"total": "x"})
    with market.scope():
        assert SettlementRun.objects.get().state == "statements"
    other.post(f"/settlements/{pk}/approve/", {"total": "170.000000"})
    answer = api.get("settlements/?scheme=rebate&period=2013-Q1").body["results"]
    assert [(row["state"], row["total"], row["differences"]) for row in answer] == [
        ("approved", {"amount": "170.00", "currency": "USD"}, [])
    ]
    assert api.call("POST", f"settlements/{pk}/approve/", {}).status == 409


def test_drafts_are_taken_back_and_made_anew(market: Tenant) -> None:
    api = Caller(market.host, token_for(market, FIN))
    pk = api.call("POST", "settlements/", {"scheme": "rebate", "period": "2013-Q1"}).body["id"]
    deliver(market)
    client = market.client(FIN)
    assert client.post(f"/settlements/{pk}/discard/", {"reason": "A rate is wrong."}).status_code == 302
    with market.scope():
        assert not Statement.objects.exists()
    client.post(f"/settlements/{pk}/advance/")
    deliver(market)
    with market.scope():
        run = SettlementRun.objects.get()
        assert (run.state, run.total) == ("statements", Decimal(170))


def test_an_adjustment_is_proposed_and_decided_by_another(market: Tenant) -> None:
    client = market.client(FIN)
    given = {"partner": "p1", "amount": "−12.50", "reason": "fraud", "reference": "Case 9", "scheme": ""}
    assert client.post("/adjustments/new/", given | {"partner": "nobody"}).status_code == 422
    answer = client.post("/adjustments/new/", given)
    assert answer.status_code == 302
    with market.scope():
        row = Adjustment.objects.get()
        assert row.amount == Decimal("-12.5")
    assert "You proposed this adjustment" in client.get(answer["Location"]).content.decode()
    second(market).post(answer["Location"], {"decision": "approve", "amount": "-12.500000"})
    with market.scope():
        assert Adjustment.objects.get().state == "approved"
    assert "Case 9" in client.get("/adjustments/").content.decode()


def test_a_hold_is_placed_and_released(market: Tenant) -> None:
    client = market.client(FIN)
    given = {"partner": "p1", "reason": "other", "text": "Call us.", "until": "2099-01-01"}
    answer = client.post("/holds/new/", given)
    assert answer.status_code == 302
    client.post(answer["Location"], {"decision": "release", "reason": " "})
    with market.scope():
        assert Hold.objects.get().state == "active"
    client.post(answer["Location"], {"decision": "release", "reason": "They called."})
    with market.scope():
        assert Hold.objects.get().state == "released"
    assert "Call us." in client.get(answer["Location"]).content.decode()


def test_the_api_adjusts_and_holds(market: Tenant) -> None:
    api = Caller(market.host, token_for(market, FIN))
    money = {"amount": "5", "currency": "USD"}
    made = api.call(
        "POST",
        "adjustments/",
        {"partner": "p1", "scheme": "rebate", "amount": money, "reason": "goodwill", "reference": "R1"},
    )
    assert (made.status, made.body["state"], made.body["scheme"]) == (201, "proposed", "rebate")
    assert api.call("POST", f"adjustments/{made.body['id']}/approve/", {}).status == 409
    held = api.call(
        "POST", "holds/", {"partner": "p1", "reason": "other", "text": "Call.", "until": "2099-01-01"}
    )
    assert held.status == 201
    ended = api.call("POST", f"holds/{held.body['id']}/cancel/", {"reason": "Fraud."})
    assert (ended.status, ended.body["state"]) == (200, "cancelled")
    partner = Caller(market.host, token_for(market, "partner_owner@p1"))
    assert partner.get("settlements/").status == 403
    assert partner.get("adjustments/").body["results"] == []
    assert [row["state"] for row in partner.get("holds/").body["results"]] == ["cancelled"]


def test_a_negative_balance_is_written_off_by_two_people(market: Tenant) -> None:
    client, api = market.client(FIN), Caller(market.host, token_for(market, FIN))
    settled(market, "rebate", "2013-Q1")
    assert "/adjustments/write-off/" not in client.get("/adjustments/").content.decode()
    feed(market, [back("a-back", "a", "2013-03-30")])
    settled(market, "rebate", "2013-Q2")
    page = client.get("/adjustments/").content.decode()
    assert "/adjustments/write-off/" in page
    form = client.get("/adjustments/write-off/").content.decode()
    assert "USD\u00a0100.00" in form
    debt = f"{market.partners['p1'].pk}:rebate"
    assert client.post("/adjustments/write-off/", {"debt": debt, "reason": ""}).status_code == 422
    other_debt = {"debt": f"{market.partners['p2'].pk}:rebate", "reason": "x"}
    assert client.post("/adjustments/write-off/", other_debt).status_code == 422
    answer = client.post("/adjustments/write-off/", {"debt": debt, "reason": "Out of business."})
    assert answer.status_code == 302
    again = api.call(
        "POST", "adjustments/write-off/", {"partner": "p1", "group": "rebate", "reason": "Again."}
    )
    assert (again.status, again.body["code"]) == (409, "proposed")
    client.post(answer["Location"], {"decision": "approve", "amount": "100"})
    with market.scope():
        assert Adjustment.objects.get().state == "proposed"
    second(market).post(answer["Location"], {"decision": "approve", "amount": "100.000000"})
    with market.scope():
        row = Adjustment.objects.get()
        assert (row.state, row.amount, row.reason) == ("approved", Decimal(100), "write_off")
    partner = Caller(market.host, token_for(market, "partner_owner@p1"))
    body = {"partner": "p1", "group": "rebate", "reason": "Please."}
    assert partner.call("POST", "adjustments/write-off/", body).status == 403


def test_a_discount_offers_no_simulation(market: Tenant) -> None:
    with market.scope():
        create_scheme(
            market.system,
            scheme=SchemeData(code="off", name="off", kind="discount"),
            version=VersionData(formula="amount * 10%", starts=date(2013, 1, 1), stack_priority=1),
        )
    client = market.client("programme_manager")
    page = client.get("/schemes/off/").content.decode()
    assert "/schemes/off/change/" in page
    assert "/schemes/off/simulate/" not in page
    assert "/schemes/rebate/simulate/" in client.get("/schemes/rebate/").content.decode()
