"""A deal asks whether its company may sell there: at the submission, at a new product, at a quote."""

from typing import Any

import pytest

from catalog.models import Customer, Segment
from common.errors import Invalid
from deals.models import DealReview, Quote
from deals.quotes import create_quote
from deals.services.amendments import propose_line
from deals.services.review import approve_deal
from deals.services.submission import submit_deal
from programs.authorisations.services import add_authorisation, end_authorisation
from tests.deals.kit import again, draft, market, submitted
from tests.kit.world import Tenant

OWNER, MANAGER = "partner_owner@p1", "programme_manager"


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
        key = Segment.objects.create(code="key", name="Key accounts", key_account=True)
        Segment.objects.create(code="sme", name="SME")
        Customer.objects.create(code="C1", name="Big Bank", legal_id="KEY-1", country="AE", segment=key)
    return alpha


def rule(tenant: Tenant, effect: str, **about: Any) -> Any:
    with tenant.scope(MANAGER):
        return add_authorisation(tenant.actors[MANAGER], effect=effect, **about)


def refused(tenant: Tenant, deal: Any, step: Any = submit_deal, **given: Any) -> Invalid:
    with tenant.scope(OWNER), pytest.raises(Invalid) as raised:
        step(tenant.actors[OWNER], ref=deal.ref, **given)
    assert raised.value.code == "not_authorised"
    assert {error.code for error in raised.value.errors} == {"not_authorised"}
    return raised.value


def test_the_refusal_stands_at_its_line_and_the_draft_stays(shop: Tenant) -> None:
    rule(shop, "refuse", product="waf", partner="p1", reason="No engineer for it.")
    lines = [{"product": code, "amount": "10"} for code in ("fiber", "waf")]
    deal = draft(shop, lines=lines)
    (error,) = refused(shop, deal).errors
    assert error.field == "lines.1.product"
    assert "Waf" in error.message
    assert "No engineer for it." in error.message
    assert again(shop, deal).state == "draft"


@pytest.mark.parametrize("segment", ["", "sme", "key"])
def test_no_segment_or_a_wrong_one_does_not_open_a_key_account(shop: Tenant, segment: str) -> None:
    deal = draft(shop, legal_id="KEY-1", segment=segment)
    assert "Key accounts" in refused(shop, deal).errors[0].message
    opened = rule(shop, "allow", partner="p1", segment="key", layer="connectivity")
    with shop.scope(OWNER):
        assert submit_deal(shop.actors[OWNER], ref=deal.ref).state == "submitted"
    with shop.scope(MANAGER):
        end_authorisation(shop.actors[MANAGER], pk=opened.pk)
    refused(shop, draft(shop, legal_id="KEY-1", segment=segment))


def test_a_customer_named_by_its_number_is_known_too(shop: Tenant) -> None:
    refused(shop, draft(shop, legal_id="", customer_number="c1", segment="sme"))


def test_a_new_product_and_a_quote_ask_as_well(shop: Tenant) -> None:
    deal = submitted(shop)
    with shop.scope("pam"):
        approve_deal(shop.actors["pam"], ref=deal.ref)
    rule(shop, "refuse", layer="security")
    refused(shop, deal, propose_line, line={"product": "waf", "amount": "5"})
    rule(shop, "refuse", layer="connectivity", role="", engagement_model="sell_to")
    with shop.scope(OWNER), pytest.raises(Invalid) as raised:
        create_quote(shop.actors[OWNER], deal=deal.ref)
    assert raised.value.code == "not_authorised"
    with shop.scope():
        assert not Quote.objects.filter(deal=deal).exists()


def test_the_customer_that_the_operator_recognised_counts(shop: Tenant) -> None:
    deal = submitted(shop)
    with shop.scope():
        DealReview.objects.filter(deal=deal).update(customer=Customer.objects.get(code="C1"))
    with shop.scope("pam"):
        approve_deal(shop.actors["pam"], ref=deal.ref)
    refused(shop, deal, propose_line, line={"product": "lte", "amount": "5"})


def checked(tenant: Tenant, who: str = OWNER, **typed: str) -> str:
    """The check before a registration of fiber and a firewall."""
    asked = {
        "customer_name": "X", "legal_id": "KEY-1", "country": "AE", "line-product": ["fiber", "waf"],
        "line-quantity": ["1", "1"], "line-amount": ["1", "1"], "line-monthly": ["", ""], "line-term_months": ["", ""],
    }  # fmt: skip
    page = tenant.client(who).post("/deals/check/", asked | typed).content.decode()
    return " ".join(page.split())


def test_the_check_says_what_may_be_sold_by_what_was_typed_alone(shop: Tenant) -> None:
    """The customer is a key account, which nobody learns who does not say so."""
    rule(shop, "refuse", product="waf", partner="p1", reason="No engineer for it.")
    page = checked(shop)
    assert page.count("May be sold here") == 1
    assert page.count("May not be sold here") == 1
    assert "No engineer for it." in page
    assert "Key accounts" not in page
    typed = checked(shop, segment="key")
    assert typed.count("May not be sold here") == 2
    assert "Key accounts are closed" in typed
    assert "No engineer" not in checked(shop, "partner_owner@p2")
    by_pam = checked(shop, "pam", partner="p1")
    assert "No engineer for it." in by_pam
    assert "sold here" not in checked(shop, "pam")
    assert "sold here" not in checked(shop, "pam", partner="p2")


def test_quotes_show_what_may_be_sold_today(shop: Tenant) -> None:
    deal = submitted(shop)
    client = shop.client(OWNER)
    assert "May be sold here" in client.get(f"/quotes/new/{deal.ref}/").content.decode()
    made = client.post(f"/quotes/new/{deal.ref}/", {"valid_until": "", "text": ""})
    assert "May be sold here" in client.get(made["Location"]).content.decode()
    rule(shop, "refuse", product="fiber", partner="p1", reason="Until the audit.")
    page = client.get(made["Location"]).content.decode()
    assert "May not be sold here" in page
    assert "Until the audit." in page
    assert "Until the audit." in client.get(f"/quotes/new/{deal.ref}/").content.decode()


def test_a_draft_of_a_quote_tells_nothing_of_a_customer_that_was_only_typed(shop: Tenant) -> None:
    deal = draft(shop, legal_id="KEY-1")
    page = shop.client(OWNER).get(f"/quotes/new/{deal.ref}/").content.decode()
    assert "May be sold here" in page
    assert "Key accounts" not in page
