"""Quotes: the discounts that apply and why, what the deal would earn, versions, validity, and the document."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Product
from common.errors import Conflict, Forbidden, InputError, NotFound
from deals.enums import QuoteState
from deals.models import Quote
from deals.quotedoc import quote_pdf
from deals.quotes import accept_quote, create_quote, expire_quote, quote_lines, quotes_for, send_quote
from incentives.services import SchemeData, VersionData, create_scheme, publish_version
from performance.feed.intake import receive_lines
from performance.models import Measurement
from performance.services import create_kpi
from tests.deals.kit import draft, market
from tests.deals.test_winning import settle
from tests.kit.pdf import Document
from tests.kit.world import Tenant
from tests.programs.kit import join, programme
from tests.programs.test_benefits import give

OWNER = "partner_owner@p1"


def scheme(
    tenant: Tenant, code: str, kind: str, formula: str, period: str = "quarter", **version: Any
) -> None:
    made = create_scheme(
        tenant.system,
        scheme=SchemeData(code=code, name=code.title(), kind=kind, period=period),
        version=VersionData(
            formula=formula, starts=timezone.now().date() - timedelta(days=200),
            stack_priority=len(code) if kind == "discount" else None, **version,
        ),
    )  # fmt: skip
    publish_version(tenant.system, version_id=made.pk)


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    """Fiber costs partners 100 a piece; a discount of 10 %; SPIFF of 2 %; a rebate of 1 %, from 1,000 sold on 3 %."""
    with alpha.scope():
        market()
        Product.objects.filter(code="fiber").update(list_price=120, partner_price=100)
        create_kpi(alpha.system, code="sales", name="Sales", measure="sum_amount")
        scheme(alpha, "fiber_deal", "discount", "amount * 10%", eligibility={"products": ["fiber"]})
        scheme(alpha, "lte_deal", "discount", "amount * 50%", eligibility={"products": ["lte"]})
        scheme(alpha, "push", "spiff", "amount * 2%", eligibility={"families": ["connectivity"]})
        scheme(alpha, "volume", "rebate", "volume: sales * band(sales, [0 -> 1%, 1000 -> 3%])")
    return alpha


def quoted(tenant: Tenant, who: str = OWNER, **given: Any) -> Quote:
    deal = draft(tenant, **given)
    with tenant.scope(who):
        return create_quote(tenant.actors[who], deal=deal.ref)


def test_prices_reasons_and_rewards(shop: Tenant) -> None:
    quote = quoted(shop)  # ten pieces
    with shop.scope(OWNER):
        (line,) = quote_lines(quote)
    assert (line.list_price, line.partner_price, line.net) == (1200, 1000, 900)
    assert (quote.partner_total, quote.net_total) == (1000, 900)
    (applied,) = line.applied
    assert (applied["scheme"], Decimal(applied["amount"]), Decimal(applied["rate"])) == (
        "fiber_deal", Decimal(100), Decimal("0.1"),
    )  # fmt: skip
    assert set(applied["reasons"]) == {"en", "fa", "ar"}
    assert "Fiber" in applied["reasons"]["en"]
    assert applied["reasons"]["fa"] != applied["reasons"]["en"]
    assert [each["scheme"] for each in line.refused] == ["lte_deal"]
    # 2 % of 900, and 1 % of 900 because nothing was sold before.
    assert {each["scheme"]: Decimal(each["amount"]) for each in quote.rewards} == {"push": 18, "volume": 9}


def test_the_tiers_discount_level_is_a_line_of_its_own(shop: Tenant) -> None:
    with shop.scope():
        programme(shop)
        give(shop, "silver", "discount_level", "5")
        join(shop, "p1")
    quote = quoted(shop)
    with shop.scope(OWNER):
        (line,) = quote_lines(quote)
        texts = [Document(quote_pdf(shop.actors[OWNER], quote.number, each)).text() for each in ("en", "fa")]
    level, scheme = line.applied
    assert (level["scheme"], level["benefit"]) == (None, "discount_level")
    assert (level["names"]["en"], level["reasons"]["en"]) == ("Discount level", "Silver: 5%")
    assert [Decimal(each["amount"]) for each in line.applied] == [50, 100]
    assert (scheme["scheme"], line.net) == ("fiber_deal", Decimal(850))
    # Rewards are of what is paid: 2 % and 1 % of 850.
    assert {each["scheme"]: Decimal(each["amount"]) for each in quote.rewards} == {
        "push": 17, "volume": Decimal("8.5"),
    }  # fmt: skip
    assert "Silver: 5%" in texts[0]
    assert "Silver: ۵٪" in texts[1].replace("\u2068", "").replace("\u2069", "")


def test_a_deal_that_lifts_the_partner_over_a_threshold_earns_the_whole_difference(shop: Tenant) -> None:
    sold = {
        "source": "erp", "external_id": "L1", "kind": "sale", "occurred_at": timezone.now().date().isoformat(),
        "partner": "p1", "product": "waf", "amount": "500", "quantity": "1", "currency": "USD",
    }  # fmt: skip
    with shop.scope():
        receive_lines(shop.system, [sold], channel="test")
    settle(shop)
    with shop.scope():
        assert Measurement.objects.get(partner__code="p1").value == 500
    quote = quoted(shop)
    # 3 % of 1,400 instead of 1 % of 500.
    assert {each["scheme"]: Decimal(each["amount"]) for each in quote.rewards}["volume"] == 42 - 5


def test_product_without_price_is_priced_as_the_deal_values_it(shop: Tenant) -> None:
    quote = quoted(shop, product="waf")
    with shop.scope(OWNER):
        (line,) = quote_lines(quote)
    assert (line.list_price, line.net) == (None, 1000)
    assert line.applied == []


def test_versions_replace_each_other(shop: Tenant) -> None:
    first = quoted(shop)
    owner = shop.actors[OWNER]
    with shop.scope(OWNER):
        send_quote(owner, number=first.number)
        second = create_quote(owner, deal=first.deal.ref, text="Better\u200e price")
        assert (second.version, second.note) == (2, "Better price")
        third = create_quote(owner, deal=first.deal.ref)
        send_quote(owner, number=third.number)
        states = dict(quotes_for(owner).values_list("number", "state"))
        assert states == {first.number: "expired", second.number: "expired", third.number: "sent"}
        assert accept_quote(owner, number=third.number).state == QuoteState.ACCEPTED
        with pytest.raises(Conflict):
            accept_quote(owner, number=third.number)
        with pytest.raises(Conflict):
            accept_quote(owner, number=first.number)


def test_a_sent_quote_keeps_its_prices(shop: Tenant) -> None:
    quote = quoted(shop)
    with shop.scope(OWNER):
        send_quote(shop.actors[OWNER], number=quote.number)
    with shop.scope():
        Product.objects.filter(code="fiber").update(partner_price=500)
    with shop.scope(OWNER):
        assert quotes_for(shop.actors[OWNER]).get().net_total == 900


def test_validity_ends(shop: Tenant) -> None:
    quote = quoted(shop)
    owner = shop.actors[OWNER]
    with shop.scope(OWNER):
        send_quote(owner, number=quote.number)
        with pytest.raises(InputError):
            create_quote(owner, deal=quote.deal.ref, valid_until=timezone.now().date() - timedelta(days=2))
    with shop.scope():
        expire_quote(shop.system, quote.pk, {})
        assert Quote.objects.get().state == QuoteState.SENT  # too early
        Quote.objects.update(valid_until=timezone.now().date() - timedelta(days=2))
    with shop.scope(OWNER), pytest.raises(Conflict, match="no longer valid"):
        accept_quote(owner, number=quote.number)
    with shop.scope():
        expire_quote(shop.system, quote.pk, {})
        assert Quote.objects.get().state == QuoteState.EXPIRED


def test_who_may(shop: Tenant) -> None:
    quote = quoted(shop, "pam")
    with shop.scope("partner_owner@p2"):
        assert not quotes_for(shop.actors["partner_owner@p2"]).exists()
        with pytest.raises(NotFound):
            create_quote(shop.actors["partner_owner@p2"], deal=quote.deal.ref)
    with shop.scope("executive"), pytest.raises(Forbidden):
        create_quote(shop.actors["executive"], deal=quote.deal.ref)


@pytest.mark.parametrize(("language", "pay"), [("en", "900.00"), ("fa", "۹۰۰"), ("ar", "٩٠٠")])
def test_document_in_three_languages_without_what_the_partner_earns(
    shop: Tenant, language: str, pay: str
) -> None:
    quote = quoted(shop, customer_name="شرکت دادهپردازی" if language == "fa" else "Golden Gate")
    with shop.scope(OWNER):
        made = quote_pdf(shop.actors[OWNER], quote.number, language)
        again = quote_pdf(shop.actors[OWNER], quote.number, language)
    assert made == again
    text = Document(made).text()
    assert quote.number in text
    assert pay in text
    assert "Fiber_Deal" in text
    assert "Volume" not in text
