"""What decides about deals beforehand, written and read through the API; and which customer a deal is about."""

import pytest

from catalog.models import Customer
from deals.matching.lookup import index_customers
from tenancy.models import Membership
from tests.api.kit import Caller, caller
from tests.deals.kit import automatic, market, submitted
from tests.kit.world import Tenant

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
        Customer.objects.create(code="C-1", name="Golden Gate", legal_id="AB-1", country="AE")
    return alpha


@pytest.fixture
def boss(shop: Tenant) -> Caller:
    return caller(shop, "programme_manager")


def test_rules_and_accounts_decide_what_a_conflict_proposes(shop: Tenant, boss: Caller) -> None:
    rule = boss.post(
        "engagement-rules/", {"family": "connectivity", "leads": "direct", "on_conflict": "refuse"}
    )
    assert (rule.status, rule.body["family"], rule.body["product"]) == (201, "connectivity", None)
    seller = {"customer": "C-1", "seller": "nobody@alpha.example", "families": ["connectivity"]}
    assert boss.post("named-accounts/", seller).body["errors"][0]["field"] == "seller"
    with shop.scope():
        email = Membership.objects.get(pk=shop.actors["direct_seller"].membership_id).email
    account = boss.post("named-accounts/", seller | {"seller": email})
    assert (account.status, account.body["families"]) == (201, ["connectivity"])
    deal = submitted(shop)
    pam, direct = caller(shop, "pam"), caller(shop, "direct_seller")
    for reader in (boss, pam, direct):
        cases = reader.get("deal-conflicts/?state=open").body["results"]
        assert [(case["deal"], case["proposed"]) for case in cases] == [(deal.ref, "refuse")]
    assert caller(shop, "partner_owner@p1").get("deal-conflicts/").status == 403
    decided = pam.post(
        f"deals/{deal.ref}/decide-conflict/",
        {"decision": "go_on", "reason": "capability", "text": "Only they."},
    )
    assert decided.status == 200
    overridden = boss.get("deal-conflicts/?against_rule=true").body["results"]
    assert [(case["reason"], case["decision"]) for case in overridden] == [("capability", "go_on")]
    assert boss.post(f"named-accounts/{account.body['id']}/end/", {}).status == 204
    assert boss.post(f"engagement-rules/{rule.body['id']}/end/", {}).status == 204
    assert boss.get("engagement-rules/").body["count"] == boss.get("named-accounts/").body["count"] == 0
    assert boss.post(f"engagement-rules/{rule.body['id']}/end/", {}).status == 404


def test_only_the_programme_manager_writes_rules(shop: Tenant) -> None:
    body = {"leads": "direct", "on_conflict": "refuse"}
    for who in ("pam", "direct_seller", "partner_owner@p1"):
        assert caller(shop, who).post("engagement-rules/", body).status == 403
        assert caller(shop, who).get("deal-checks/").status == 403


def test_a_form_says_what_a_registration_needs(shop: Tenant, boss: Caller) -> None:
    limit = {"amount": "2500.00", "currency": "USD"}
    form = {
        "engagement_model": "sell_to",
        "required": ["city", "competitor"],
        "evidence": [{"code": "visit", "name": "Proof of visit"}],
        "auto_limit": limit,
    }
    made = boss.post("deal-forms/", form)
    assert (made.status, made.body["auto_limit"]) == (201, limit)
    assert boss.post("deal-forms/", form | {"programme": "none"}).body["errors"][0]["field"] == "programme"
    owner = caller(shop, "partner_owner@p1")
    assert owner.get("deals/needs/?engagement_model=referral").body == {"required": [], "evidence": []}
    assert owner.get("deals/needs/?engagement_model=sell_to").body == {
        "required": ["customer.city", "competitor"],
        "evidence": [{"code": "visit", "name": "Proof of visit"}],
    }
    assert owner.get("deals/needs/?engagement_model=x").status == 400
    assert boss.post(f"deal-forms/{made.body['id']}/end/", {}).status == 204
    assert owner.get("deals/needs/?engagement_model=sell_to").body["required"] == []


def test_reasons_are_listed_and_added(shop: Tenant, boss: Caller) -> None:
    owner = caller(shop, "partner_owner@p1")
    added = {"kind": "lose", "code": "late", "name": "Too late"}
    assert owner.post("deal-reasons/", added).status == 403
    assert boss.post("deal-reasons/", added).status == 201
    known = {
        (row["kind"], row["code"]): row["name"]
        for row in owner.get("deal-reasons/?page_size=500").body["results"]
    }
    assert known["lose", "late"] == "Too late"
    assert ("reject", "incomplete") in known


def test_checks_are_listed(shop: Tenant, boss: Caller) -> None:
    asked = {"customer": {"legal_id": "AB-1", "country": "AE"}, "products": ["fiber"]}
    assert caller(shop, "partner_owner@p2").post("deals/precheck/", asked).status == 200
    found = boss.get("deal-checks/?partner=p2").body["results"]
    assert [(row["partner"], row["result"], row["asked"]["legal_id"]) for row in found] == [
        ("p2", "free", "AB-1")
    ]
    assert boss.get("deal-checks/?refused=true").body["count"] == 0


def test_a_person_says_which_customer_is_meant(shop: Tenant) -> None:
    with shop.scope():
        index_customers(Customer.objects.bulk_create([Customer(code="C-2", name="Golden Gate Trading LLC")]))
    automatic(shop)
    unknown = {"legal_id": "", "contact_phone": "+971 4 123 4567", "country": "AE"}
    one, other = submitted(shop, **unknown), submitted(shop, **unknown | {"contact_phone": "+971 4 765 4321"})
    pam = caller(shop, "pam")
    asked = pam.get(f"deals/{one.ref}/customer/").body
    assert asked["customer"] is None
    assert "C-2" in [found["code"] for found in asked["likely"]]
    assert pam.post(f"deals/{one.ref}/choose-customer/", {"code": "C-404"}).status == 404
    assert pam.post(f"deals/{one.ref}/choose-customer/", {"code": "C-2"}).body["customer"] == "C-2"
    assert pam.post(f"deals/{other.ref}/new-customer/", {}).body == {"customer": other.ref, "likely": []}
    again = pam.post(f"deals/{other.ref}/new-customer/", {})
    assert (again.status, again.body["code"]) == (409, "customer_known")
    for who, status in (("partner_owner@p1", 403), ("direct_seller", 403)):
        assert caller(shop, who).get(f"deals/{one.ref}/customer/").status == status
        assert caller(shop, who).post(f"deals/{one.ref}/new-customer/", {}).status == status
