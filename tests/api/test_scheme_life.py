"""The API of a scheme's life: simulate, submit, approve, publish, acknowledge, what-if."""

from decimal import Decimal

from incentives.accrual import evaluate_periods
from incentives.models import Accrual
from incentives.simulation.running import run_simulation
from performance.tasks import deliver_events
from tests.api.kit import caller
from tests.incentives.test_accruals import kpi, measured
from tests.incentives.test_approval import want_four_eyes
from tests.kit.world import Tenant

SCHEME = {
    "code": "volume",
    "name": "Volume",
    "kind": "rebate",
    "beneficiary": "partner",
    "period": "quarter",
    "formula": "all: sales * band(sales, [0 -> 1%, 10k -> 2%])",
    "starts": "2013-01-01",
    "budget": {"amount": "400", "currency": "USD"},
}


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def test_a_simulation_is_a_job_with_a_result(alpha: Tenant) -> None:
    with alpha.scope():
        sales = kpi()
        measured(alpha, sales, "15000")
        measured(alpha, sales, "1000", partner="p2")
    manager = caller(alpha, "programme_manager")
    assert manager.post("schemes/", SCHEME).status == 201
    asked = manager.post("schemes/volume/simulate/", {"periods": ["2013-Q1"]}, Idempotency_Key="one")
    assert asked.status == 202
    job = asked.body["id"]
    assert (asked.body["state"], asked.body["progress"], asked.body["result"]) == ("waiting", "0", None)
    again = manager.post("schemes/volume/simulate/", {"periods": ["2013-Q1"]}, Idempotency_Key="one")
    assert again.body["id"] == job
    run_simulation(alpha.system, job)
    done = manager.get(f"simulations/{job}/").body
    assert (done["state"], done["progress"], done["version"], done["compared_with"]) == ("done", "1", 1, None)
    result = done["result"]
    assert (result["total"], result["before"]) == (usd("310.00"), usd("0.00"))
    assert result["budget"]["share"] == "0.775"
    assert result["by_period"][0]["total"] == usd("310.00")
    listed = manager.get(f"simulations/{job}/amounts/?partner=p1").body
    assert [(row["partner"], row["amount"]) for row in listed["results"]] == [("p1", usd("300.00"))]
    assert manager.get("simulations/?scheme=volume").body["count"] == 1
    other = manager.post("schemes/volume/simulate/", {"formula": "x: sales * 5%", "last": 2}).body
    assert len(other["periods"]) == 2
    assert manager.post(f"simulations/{other['id']}/cancel/").body["state"] == "cancelled"
    assert manager.post(f"simulations/{other['id']}/cancel/").status == 409
    assert manager.post("schemes/volume/simulate/", {"formula": "salse * 1%"}).status == 400
    assert manager.post("schemes/volume/simulate/", {"periods": ["2190-Q1"]}).status == 400
    for name in ("pam", "executive"):
        assert caller(alpha, name).get(f"simulations/{job}/").status == 403
    assert caller(alpha, "channel_finance").get(f"simulations/{job}/").status == 200
    assert caller(alpha, "partner_owner@p1").get(f"simulations/{job}/").status == 403


def test_two_people_publish_and_a_partner_confirms(alpha: Tenant) -> None:
    with alpha.scope():
        kpi()
        want_four_eyes(alpha)
    manager, finance = caller(alpha, "programme_manager"), caller(alpha, "channel_finance")
    manager.post("schemes/", SCHEME)
    refused = manager.post("schemes/volume/publish/")
    assert (refused.status, refused.body["code"]) == (409, "approval_needed")
    assert manager.get("schemes/volume/approval/").status == 404
    assert manager.post("schemes/volume/submit/", {"text": "Please."}).body["state"] == "submitted"
    assert manager.post("schemes/volume/approve/").status == 403
    assert finance.post("schemes/volume/return/", {}).status == 400
    assert finance.post("schemes/volume/return/", {"reason": "Too much."}).body["state"] == "returned"
    manager.patch("schemes/volume/", {"cap": usd("100")})
    manager.post("schemes/volume/submit/", {})
    approved = finance.post("schemes/volume/approve/").body
    assert (approved["state"], approved["decided_by"]) == ("approved", "channel_finance")
    assert finance.post("schemes/volume/publish/").status == 403
    assert manager.post("schemes/volume/publish/").body["state"] == "published"
    deliver_events(alpha.system)
    owner = caller(alpha, "partner_owner@p1")
    assert owner.get("schemes/volume/approval/").status == 404
    confirmed = owner.post("schemes/volume/acknowledge/")
    assert (confirmed.status, confirmed.body["name"]) == (200, "partner_owner@p1")
    assert owner.post("schemes/volume/acknowledge/").status == 409
    assert caller(alpha, "partner_seller@p1").post("schemes/volume/acknowledge/").status == 403
    rows = manager.get("schemes/volume/acknowledgements/").body["results"]
    assert [row["partner"] for row in rows if row["at"]] == ["p1"]
    assert manager.post("schemes/volume/remind/").body == {"reminded": 2}


def test_what_if(alpha: Tenant) -> None:
    with alpha.scope():
        sales = kpi()
    manager = caller(alpha, "programme_manager")
    manager.post("schemes/", SCHEME)
    manager.post("schemes/volume/publish/")
    with alpha.scope():
        evaluate_periods(alpha.system, [measured(alpha, sales, "9000")])
        accrual = Accrual.objects.get(partner__code="p1", period="2013-Q1")
    owner = caller(alpha, "partner_owner@p1", "read")
    address = f"accruals/{accrual.pk}/what-if/"
    answer = owner.post(address, {"more": {"sales": "500"}})
    assert answer.status == 200
    assert (answer.body["before"], answer.body["amount"]) == (usd("90.00"), usd("95.00"))
    (ahead,) = answer.body["next"]
    assert (ahead["kpi"], ahead["distance"], ahead["gain"]) == ("sales", "500", usd("105.00"))
    assert owner.post(address, {"more": {"cloud": "1"}}).body["errors"][0]["field"] == "cloud"
    assert owner.post(address, {"sale": {"product": "x", "amount": usd("1")}}).status == 400
    assert caller(alpha, "partner_owner@p2").post(address, {"more": {}}).status == 404
    assert caller(alpha, "pam").post(address, {"more": {}}).status == 200
    with alpha.scope():
        accrual.refresh_from_db()
        assert accrual.amount == Decimal(90)
