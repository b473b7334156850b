"""Which rule of engagement holds: product before family before segment, and only where it fits."""

from typing import Any

import pytest

from catalog.models import Customer, Segment
from deals.engagement import HOUSE, rule_for
from deals.models import ConflictCase
from deals.services.rulebook import end_rule, save_account, save_rule
from tenancy.enums import Audience
from tenancy.models import OutboxEvent
from tenancy.scope import scope
from tenancy.services import add_membership, ensure_person
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


def test_a_direct_seller_sees_what_touches_the_own_accounts_alone(shop: Tenant) -> None:
    with scope(shop.operator.pk, Audience.AUTH):
        person = ensure_person(email="other@alpha.example", name="Other")
        other = add_membership(person, role="direct_seller", partner_id=None)
    with shop.scope():
        for code, seller in (("1", shop.actors["direct_seller"].membership_id), ("2", other.pk)):
            Customer.objects.create(code=f"C-{code}", name=code, legal_id=f"AB-{code}", country="AE")
            save_account(shop.system, customer=f"C-{code}", seller_id=seller or 0)
    mine, theirs, free = (submitted(shop, legal_id=f"AB-{number}") for number in (1, 2, 3))
    direct = shop.client("direct_seller")
    page = direct.get("/deals/").content.decode()
    assert [deal.ref in page for deal in (mine, theirs, free)] == [True, False, False]
    assert direct.get(f"/deals/{mine.ref}/conflict/").status_code == 200
    for address in (f"/deals/{theirs.ref}/", f"/deals/{theirs.ref}/conflict/", f"/deals/{free.ref}/"):
        assert direct.get(address).status_code == 404
    home = direct.get("/").content.decode()
    assert [deal.ref in home for deal in (mine, theirs, free)] == [True, False, False]
    accounts = direct.get("/deals/accounts/mine/").content.decode()
    assert ("C-1" in accounts, "C-2" in accounts) == (True, False)
    assert direct.post(f"/deals/{mine.ref}/do/approve/", {}).status_code == 403
    with shop.scope():
        told = OutboxEvent.objects.filter(topic="workflow.notice", payload__kind="deals.account_case")
        assert [event.payload["to"]["members"] for event in told.order_by("pk")] == [
            [shop.actors["direct_seller"].membership_id],
            [other.pk],
        ]


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
