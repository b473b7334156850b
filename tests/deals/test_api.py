"""Deals through the API: what is answered, what is refused, and what never shows."""

import base64
import json
from typing import Any

import pytest

from catalog.models import Customer
from deals.models import NamedAccount, PrecheckEntry
from deals.services.review import approve_deal
from deals.services.rulebook import save_account
from tests.api.kit import Caller, caller
from tests.deals.kit import automatic, market, submitted
from tests.kit.world import Tenant

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
BODY = {
    "engagement_model": "sell_to",
    "customer": {"legal_id": "AB-1", "name": "Golden Gate Trading", "country": "AE"},
    "lines": [{"product": "fiber", "quantity": "10", "amount": {"amount": "1000", "currency": "USD"}}],
    "expected_close": "2027-03-01",
    "description": "Ten sites",
}


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    return alpha


@pytest.fixture
def owner(shop: Tenant) -> Caller:
    return caller(shop, "partner_owner@p1")


def registered(by: Caller, **more: Any) -> str:
    answer = by.post("deals/", BODY | more)
    assert answer.status == 201, answer.body
    return str(answer.body["ref"])


def test_from_draft_to_won(shop: Tenant, owner: Caller) -> None:
    ref = registered(owner)
    assert owner.post(f"deals/{ref}/submit/", {}).body["state"] == "submitted"
    pam = caller(shop, "pam")
    approved = pam.post(f"deals/{ref}/approve/", {}).body
    assert (approved["state"], approved["value"]["amount"]) == ("approved", "1000.00")
    assert approved["protected_until"]
    sold = {"amount": {"amount": "900.50", "currency": "USD"}, "won_on": "2020-01-01"}
    won = owner.post(f"deals/{ref}/win/", sold)
    assert (won.status, won.body["state"], won.body["won_amount"]["amount"]) == (200, "won", "900.50")


def test_a_stale_version_gets_both_versions(owner: Caller) -> None:
    ref = registered(owner)
    assert owner.patch(f"deals/{ref}/", {"description": "a", "version": 1}).status == 200
    stale = owner.patch(f"deals/{ref}/", {"description": "b", "version": 1})
    assert stale.status == 409
    assert stale.body["versions"] == {"given": 1, "current": 2, "state": "draft"}


def test_errors_name_the_fields_of_the_body(owner: Caller) -> None:
    ref = registered(owner, customer={"name": "X", "country": "AE"}, lines=[])
    refused = owner.post(f"deals/{ref}/submit/", {})
    assert refused.status == 400
    assert {item["field"] for item in refused.body["errors"]} == {"customer.legal_id", "lines"}
    wrong = owner.post(
        "deals/", BODY | {"customer": {"legal_id": "10380284791", "country": "IR", "name": "X"}}
    )
    assert wrong.body["errors"][0]["field"] == "customer.legal_id"


def test_partners_see_only_their_own(shop: Tenant, owner: Caller) -> None:
    ref = registered(owner)
    rival = caller(shop, "partner_owner@p2")
    for answer in (rival.get(f"deals/{ref}/"), rival.post(f"deals/{ref}/submit/", {})):
        assert answer.status == 404
    assert rival.get("deals/").body["count"] == 0
    assert owner.get("deals/").body["count"] == 1
    assert owner.post(f"deals/{ref}/approve/", {}).status == 403


def test_staff_name_the_partner_of_their_book(shop: Tenant) -> None:
    pam = caller(shop, "pam")
    assert pam.post("deals/", BODY).body["errors"][0]["field"] == "partner"
    assert pam.post("deals/", BODY | {"partner": "p2"}).status == 400
    ref = registered(pam, partner="p1")
    pam.post(f"deals/{ref}/submit/", {})
    assert pam.post(f"deals/{ref}/approve/", {}).body["code"] == "own_record"


def asked(by: Caller, legal_id: str, product: str = "fiber") -> Any:
    customer = {"legal_id": legal_id, "country": "AE", "name": "Somebody"}
    return by.post("deals/precheck/", {"customer": customer, "products": [product]})


def open_to(product: str) -> list[dict[str, Any]]:
    return [{"product": product, "allowed": True, "reason": "No rule stands against it."}]


def test_the_check_has_three_answers_of_one_shape(shop: Tenant) -> None:
    automatic(shop)
    deal = submitted(shop)
    with shop.scope():
        direct = Customer.objects.create(code="C-9", name="Ministry", legal_id="AB-9", country="AE")
        seller = shop.actors["direct_seller"].membership_id
        save_account(shop.system, customer=direct.code, seller_id=seller or 0)
    rival = caller(shop, "partner_owner@p2")
    answers = {name: asked(rival, name).body for name in ("AB-1", "AB-9", "AB-404")}
    assert answers == {
        "AB-1": {"result": "protected", "until": str(deal.protected_until), "authorised": open_to("fiber")},
        "AB-9": {"result": "direct", "until": None, "authorised": open_to("fiber")},
        "AB-404": {"result": "free", "until": None, "authorised": open_to("fiber")},
    }
    assert asked(rival, "AB-1", "waf").body == {"result": "free", "until": None, "authorised": open_to("waf")}
    with shop.scope():
        assert PrecheckEntry.objects.count() == 4
        assert NamedAccount.objects.count() == 1


def test_the_check_is_limited_and_every_attempt_is_kept(shop: Tenant) -> None:
    rival = caller(shop, "partner_owner@p2")
    statuses = [asked(rival, f"X-{number}").status for number in range(32)]
    assert statuses == [200] * 30 + [429] * 2
    assert asked(caller(shop, "partner_owner@p1"), "X-1").status == 200
    with shop.scope():
        assert PrecheckEntry.objects.filter(partner=shop.partners["p2"]).count() == 32


def test_nothing_about_the_rival_leaves_the_house(shop: Tenant) -> None:
    automatic(shop)
    first = submitted(shop)
    second = submitted(shop, "partner_owner@p2")
    rival = caller(shop, "partner_owner@p2")
    shown = [rival.get(f"deals/{second.ref}/{part}").body for part in ("", "history/", "comments/")]
    text = json.dumps([*shown, rival.get("deals/").body])
    for secret in (first.ref, shop.partners["p1"].name, '"p1"', "partner_owner@p1", "Conflict", "rule"):
        assert secret not in text
    assert rival.get(f"deals/{second.ref}/conflict/").status == 403
    assert shown[0]["waiting"] == {"state": "queued", "offer_until": None, "position": 1}


def test_notes_stay_with_the_operator(shop: Tenant, owner: Caller) -> None:
    deal = submitted(shop)
    pam = caller(shop, "pam")
    pam.post(f"deals/{deal.ref}/comments/", {"text": "Between us", "internal": True})
    pam.post(f"deals/{deal.ref}/comments/", {"text": "For you"})
    assert [row["text"] for row in owner.get(f"deals/{deal.ref}/comments/").body["results"]] == ["For you"]
    assert pam.get(f"deals/{deal.ref}/comments/").body["count"] == 2
    assert owner.post(f"deals/{deal.ref}/comments/", {"text": "x", "internal": True}).status == 403
    past = owner.get(f"deals/{deal.ref}/history/").body
    assert past["count"] == len(past["results"]) > 0


def test_a_question_opens_only_the_named_fields(shop: Tenant, owner: Caller) -> None:
    deal = submitted(shop)
    pam = caller(shop, "pam")
    question = {"reason": "customer_unclear", "fields_asked": ["description"], "text": "Which site?"}
    answer = pam.post(f"deals/{deal.ref}/request-information/", question)
    assert (answer.status, answer.body["asked_fields"]) == (200, ["description"])
    assert owner.patch(f"deals/{deal.ref}/", {"competitor": "A"}).body["code"] == "invalid"
    assert owner.patch(f"deals/{deal.ref}/", {"description": "Site 4"}).status == 200
    assert owner.post(f"deals/{deal.ref}/submit/", {}).body["state"] == "submitted"
    with shop.scope("pam"):
        approve_deal(shop.actors["pam"], ref=deal.ref)


def test_files_are_added_and_read_over_the_api(
    shop: Tenant, owner: Caller, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    ref = registered(owner)
    pdf = b"%PDF-1.4\n" + b"x" * 1_600_000
    body = {"name": "offer.pdf", "content": base64.b64encode(pdf).decode(), "purpose": "offer"}
    made = owner.post(f"deals/{ref}/files/", body)
    assert (made.status, made.body["name"], made.body["size"]) == (201, "offer.pdf", len(pdf))
    assert [row["purpose"] for row in owner.get(f"deals/{ref}/files/").body["results"]] == ["offer"]
    address = f"/api/v1/deals/{ref}/files/{made.body['id']}/"
    client = shop.client(authorization=f"Bearer {owner.secret}")
    answer: Any = client.get(address)
    assert (b"".join(answer.streaming_content), answer.headers["Content-Type"]) == (pdf, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rival, pam = caller(shop, "partner_owner@p2"), caller(shop, "pam")
    assert rival.get(f"deals/{ref}/files/").status == 404
    assert rival.get(f"deals/{ref}/files/{made.body['id']}/").status == 404
    assert rival.post(f"deals/{ref}/files/", body).status == 404
    note = pam.post(f"deals/{ref}/files/", body | {"name": "secret.pdf", "internal": True})
    assert note.status == 201
    assert [row["name"] for row in owner.get(f"deals/{ref}/files/").body["results"]] == ["offer.pdf"]
    assert owner.get(f"deals/{ref}/files/{note.body['id']}/").status == 404
    other = registered(owner, customer={"legal_id": "AB-2", "name": "Other", "country": "AE"})
    assert owner.get(f"deals/{other}/files/{made.body['id']}/").status == 404
    wrong = owner.post(f"deals/{ref}/files/", body | {"content": "not base64!"})
    assert (wrong.status, wrong.body["errors"][0]["field"]) == (400, "content")
    assert owner.post(f"deals/{ref}/files/", body | {"internal": True}).status == 403
