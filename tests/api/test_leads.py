"""Leads over the API: taken in, offered without saying who it is, accepted, sent on."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.api.kit import Caller, caller
from tests.kit.world import Tenant
from tests.marketing.kit import BOSS, OWNER, RIVAL, customer, market

CONTACT = {
    "person": "Sara Karimi",
    "company": "Golden Gate Trading",
    "email": "sara@gate.example",
    "country": "AE",
}


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    return alpha


def new(**more: Any) -> dict[str, Any]:
    return {"contact": CONTACT, "product": "fiber", "timing": "quarter"} | more


def asked(shop: Tenant, ref: str) -> tuple[Caller, Caller]:
    """A caller of the company that the lead is offered to, and one of the other."""
    owner, rival = caller(shop, OWNER), caller(shop, RIVAL)
    return (owner, rival) if owner.get(f"leads/{ref}/").status == 200 else (rival, owner)


def test_a_lead_is_taken_in_and_accepted(shop: Tenant) -> None:
    boss = caller(shop, BOSS)
    made = boss.post("leads/", new(external_id="w-1"))
    assert (made.status, made.body["state"], made.body["joined"]) == (201, "offered", False)
    ref = made.body["ref"]
    assert made.headers["Location"].endswith(f"/leads/{ref}/")
    assert boss.post("leads/", new(external_id="w-1")).body == {
        "ref": ref,
        "state": "offered",
        "joined": True,
    }
    first, second = asked(shop, ref)
    assert second.get(f"leads/{ref}/").status == 404
    before = first.get(f"leads/{ref}/").body
    assert (before["contact"], before["product"], before["source"]) == (None, "fiber", "api")
    assert "Sara" not in str(first.get("leads/").body) + str(first.get(f"leads/{ref}/history/").body)
    assert first.post(f"leads/{ref}/accept/", {"version": 99}).body["code"] == "stale_version"
    after = first.post(f"leads/{ref}/accept/", {"version": before["version"]})
    assert (after.status, after.body["contact"]["person"]) == (200, "Sara Karimi")
    assert first.post(f"leads/{ref}/contacted/", {"text": "Rang"}).body["state"] == "contacted"
    assert first.post(f"leads/{ref}/progress/", {"text": "Visit"}).status == 200
    assert first.post(f"leads/{ref}/accept/").body["code"] == "invalid_transition"
    assert first.post(f"leads/{ref}/qualify/").body["state"] == "qualified"
    assert first.post(f"leads/{ref}/lose/", {"reason": "weather"}).status == 400
    assert first.post(f"leads/{ref}/lose/", {"reason": "price"}).body["reason"] == "price"


def test_a_declined_lead_goes_on_and_comes_to_the_queue(shop: Tenant) -> None:
    boss = caller(shop, BOSS)
    ref = boss.post("leads/", new()).body["ref"]
    first, second = asked(shop, ref)
    ended = first.post(f"leads/{ref}/decline/", {"reason": "no_capacity", "contacted": True})
    assert (ended.body["state"], ended.body["contacted"], ended.body["seen"]["product"]["code"]) == (
        "declined", True, "fiber",
    )  # fmt: skip
    gone = first.post(f"leads/{ref}/accept/")
    assert (gone.status, gone.body["code"]) == (409, "offer_declined")
    assert second.post(f"leads/{ref}/decline/", {"reason": "no_capacity"}).status == 200
    assert boss.get("leads/?state=manual").body["count"] == 1
    refused = boss.post(f"leads/{ref}/offer/", {"partner": "p1"})
    assert refused.body["errors"][0]["field"] == "partner"
    assert boss.post(f"leads/{ref}/route/").body["state"] == "manual"
    assert [row["rule"] for row in boss.get(f"leads/{ref}/routing/").body["results"]] == [
        "weight",
        "weight",
        "none",
        "none",
    ]
    assert first.get(f"leads/{ref}/routing/").status in (403, 409)
    assert boss.post(f"leads/{ref}/disqualify/", {"reason": "no_need"}).body["state"] == "disqualified"
    assert {row["partner"] for row in boss.get(f"leads/{ref}/offers/").body["results"]} == {"p1", "p2"}


def test_staff_place_recall_and_explain(shop: Tenant) -> None:
    boss = caller(shop, BOSS)
    ref = boss.post("leads/", new(partner="p1")).body["ref"]
    assert boss.get(f"leads/{ref}/").body["partner"] == "p1"
    told = boss.post(f"leads/{ref}/recall/", {"text": "A mistake"})
    assert (told.status, told.body["state"]) == (200, "offered")
    score = boss.get(f"leads/{ref}/score/").body
    assert score["parts"][0]["criterion"] == "identity"
    (decision,) = boss.get(f"leads/{ref}/routing/").body["results"]
    assert (decision["partner"], decision["excluded"]["asked"]) == ("p2", ["p1"])
    assert decision["candidates"][0]["weight"] > 0


def test_what_is_wrong_is_told_at_its_field(shop: Tenant) -> None:
    boss = caller(shop, BOSS)
    wrong = boss.post(
        "leads/", new(contact={"person": "Sara", "email": "no", "phone": "12"}, product="nothing")
    )
    assert {error["field"] for error in wrong.body["errors"]} >= {"contact.email", "product"}
    assert boss.post("leads/", {"product": "fiber"}).body["errors"][0]["field"] == "contact"
    assert caller(shop, OWNER).post("leads/", new()).status == 403
    assert caller(shop, "executive").post("leads/", new()).status == 403
    assert caller(shop, "support_agent").get("leads/").status == 403
    assert caller(shop, OWNER, "deals:read").get("leads/").status == 403


def test_a_partner_says_how_many_leads_it_takes(shop: Tenant) -> None:
    owner, boss = caller(shop, OWNER), caller(shop, BOSS)
    today = timezone.now().date()
    assert owner.get("leads/availability/").body == {"paused_until": None, "capacity": None}
    wanted = {"paused_until": (today + timedelta(days=5)).isoformat(), "capacity": 3}
    assert owner.put("leads/availability/", wanted).body == wanted
    assert boss.get("leads/availability/?partner=p1").body == wanted
    made = boss.post("leads/", new())
    decision = boss.get(f"leads/{made.body['ref']}/routing/").body["results"][0]
    assert (decision["partner"], decision["excluded"]["paused"]) == ("p2", ["p1"])
    late = {"paused_until": (today + timedelta(days=40)).isoformat(), "capacity": 99}
    assert {error["field"] for error in owner.put("leads/availability/", late).body["errors"]} == {
        "paused_until", "capacity",
    }  # fmt: skip
    assert caller(shop, "executive").put("leads/availability/?partner=p1", wanted).status == 403
    assert boss.put("leads/availability/", wanted).body["errors"][0]["field"] == "partner"


def test_customers_are_pinned_to_a_partner(shop: Tenant) -> None:
    with shop.scope():
        customer("c-1")
    boss = caller(shop, BOSS)
    pin = boss.post("lead-pins/", {"customer": "c-1", "partner": "p2"})
    assert (pin.status, pin.body["customer"], pin.body["partner"]) == (201, "c-1", "p2")
    ref = boss.post("leads/", new(customer="c-1")).body["ref"]
    assert boss.get(f"leads/{ref}/routing/").body["results"][0]["rule"] == "pinned"
    assert caller(shop, OWNER).get("lead-pins/").status == 403
    assert boss.post(f"lead-pins/{pin.body['id']}/end/").status == 204
    assert boss.get("lead-pins/").body["count"] == 0
    assert (
        boss.post("lead-pins/", {"customer": "none", "partner": "p2"}).body["errors"][0]["field"]
        == "customer"
    )
