"""Which rule of engagement holds: product before family before segment, and only where it fits."""

from typing import Any

import pytest

from catalog.models import Customer, Segment
from deals.engagement import HOUSE, rule_for
from deals.models import ConflictCase
from deals.services.rulebook import end_rule, save_account, save_rule
from tests.deals.kit import draft, market, submitted
from tests.kit.world import Tenant


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
        for code in ("public", "small"):
            Segment.objects.create(code=code, name=code.title())
    return alpha


def write(tenant: Tenant, **about: Any) -> int:
    boss = tenant.actors["programme_manager"]
    with tenant.scope("programme_manager"):
        return int(save_rule(boss, leads="direct", on_conflict="refuse", **about).pk)


def text_for(tenant: Tenant, **given: Any) -> str:
    deal = draft(tenant, **given)
    with tenant.scope():
        return rule_for(deal).text


def test_the_most_exact_rule_counts(shop: Tenant) -> None:
    write(shop)
    assert text_for(shop) == "*"
    write(shop, segment="public")
    write(shop, family="connectivity")
    product = write(shop, product="fiber")
    assert text_for(shop, segment="public") == "fiber"
    assert text_for(shop, segment="public", product="lte") == "connectivity"
    assert text_for(shop, segment="public", product="waf") == "public"
    assert text_for(shop, segment="small", product="waf") == "*"
    write(shop, product="fiber", segment="public")
    assert text_for(shop, segment="public") == "public / fiber"
    assert text_for(shop, segment="small") == "fiber"
    boss = shop.actors["programme_manager"]
    with shop.scope("programme_manager"):
        end_rule(boss, rule_id=product)
    assert text_for(shop, segment="small") == "connectivity"


def test_without_a_rule_the_partner_leads_and_accounts_are_sold_together(shop: Tenant) -> None:
    deal = draft(shop)
    with shop.scope():
        assert rule_for(deal) == HOUSE


@pytest.mark.parametrize(("product", "proposed"), [("waf", "refuse"), ("fiber", "co_sell")])
def test_a_conflict_proposes_what_the_rule_says(shop: Tenant, product: str, proposed: str) -> None:
    write(shop, family="security")
    with shop.scope():
        Customer.objects.create(code="C-1", name="Golden Gate", legal_id="AB-1", country="AE")
        save_account(shop.system, customer="C-1", seller_id=shop.actors["direct_seller"].membership_id or 0)
    deal = submitted(shop, product=product)
    with shop.scope():
        case = ConflictCase.objects.get(deal=deal)
    assert (case.proposed, case.outcome) == (proposed, "block")
