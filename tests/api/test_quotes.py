"""Quotes, pipeline figures and transactions of won deals by the API."""

from datetime import timedelta

from django.utils import timezone

from tests.api.kit import caller
from tests.deals.kit import draft
from tests.deals.test_quotes import shop  # noqa: F401  (the fixture)
from tests.deals.test_winning import feed, settle, won
from tests.incentives.test_levels import silver
from tests.kit.world import Tenant


def test_quote_from_deal_to_acceptance(shop: Tenant) -> None:  # noqa: F811
    deal = draft(shop)
    owner, other = caller(shop, "partner_owner@p1"), caller(shop, "partner_owner@p2")
    until = (timezone.now().date() + timedelta(days=10)).isoformat()
    made = owner.post("quotes/", {"deal": deal.ref, "valid_until": until, "note": "For you"})
    assert made.status == 201, made.body
    number = made.body["number"]
    assert made.headers["Location"].endswith(f"/quotes/{number}/")
    assert made.body["net_total"] == {"amount": "900.00", "currency": "USD"}
    (line,) = made.body["lines"]
    assert (line["product"], line["quantity"], line["list_price"]["amount"]) == ("fiber", "10", "1200.00")
    assert line["discounts"][0]["rate"] == "0.1"
    assert {each["scheme"]: each["amount"]["amount"] for each in made.body["rewards"]} == {
        "push": "18.00",
        "volume": "9.00",
    }
    assert owner.post(f"quotes/{number}/accept/").status == 409
    assert owner.post(f"quotes/{number}/send/").body["state"] == "sent"
    assert owner.post(f"quotes/{number}/accept/").body["state"] == "accepted"
    assert owner.get(f"quotes/?deal={deal.ref}&state=accepted").body["count"] == 1
    assert owner.get(f"quotes/{number}/pdf/?language=ar").content.startswith(b"%PDF")
    assert owner.get(f"quotes/{number}/pdf/?language=xx").status == 400
    for path in (f"quotes/{number}/", f"quotes/{number}/pdf/"):
        assert other.get(path).status == 404
    assert other.post(f"quotes/{number}/send/").status == 404
    assert other.post("quotes/", {"deal": deal.ref}).status == 404
    assert caller(shop, "executive").post("quotes/", {"deal": deal.ref}).status == 403


def test_the_discount_level_of_a_tier_has_no_scheme(shop: Tenant) -> None:  # noqa: F811
    with shop.scope():
        silver(shop)
    made = caller(shop, "partner_owner@p1").post("quotes/", {"deal": draft(shop).ref})
    level, scheme = made.body["lines"][0]["discounts"]
    assert (level["scheme"], level["benefit"], level["amount"]["amount"]) == (None, "discount_level", "50.00")
    assert (scheme["scheme"], scheme["benefit"]) == ("fiber_deal", None)


def test_figures_and_transactions(shop: Tenant) -> None:  # noqa: F811
    from tests.deals.kit import automatic

    automatic(shop)
    deal = won(shop)
    feed(shop, "L1")
    settle(shop)
    pam, owner = caller(shop, "pam"), caller(shop, "partner_owner@p1")
    (total,) = pam.get("pipeline/").body["results"]
    assert (total["won"], total["won_value"]["amount"], total["win_rate"], total["cycle_days"]) == (
        1,
        "900.00",
        "1",
        "0",
    )
    assert [group["key"] for group in pam.get("pipeline/?by=partner").body["results"]] == ["p1"]
    assert pam.get("pipeline/?by=moon").status == 400
    assert pam.get("pipeline/?start=yesterday").status == 400
    assert owner.get(f"deals/{deal.ref}/transactions/").body["count"] == 0
    assert owner.post(f"deals/{deal.ref}/transactions/", {"source": "erp", "external_id": "L1"}).status == 403
    assert pam.post(f"deals/{deal.ref}/transactions/", {"source": "erp", "external_id": "L1"}).status == 201
    (line,) = owner.get(f"deals/{deal.ref}/transactions/").body["results"]
    assert (line["external_id"], line["matched_by"], line["amount"]["amount"]) == ("L1", "hand", "900.00")
    assert caller(shop, "partner_owner@p2").get(f"deals/{deal.ref}/transactions/").status == 404
