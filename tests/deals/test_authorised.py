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
