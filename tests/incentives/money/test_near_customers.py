"""Sales to customers who are the seller itself, or near it, wait until somebody has looked."""

from typing import Any

import pytest

from catalog.models import Customer
from catalog.services import create_customer
from incentives.models import BankAccount, Hold
from partners.services import change_partner
from tests.incentives.money.kit import feed, kpi, line, publish, settle, with_accounts
from tests.kit.world import Tenant

HOUSE = "تهران، خیابان آزادی، پلاک ۱۲، طبقه ۳"


@pytest.fixture
def market(alpha: Tenant) -> Tenant:
    """p1 and p1sub below it, p2; a rebate on everything, and two customers who look alike."""
    with alpha.scope():
        with_accounts(alpha, "p1", "p2", "p1sub")
        kpi()
        publish(alpha, "all", "all: sales * 10%")
        Customer.objects.create(code="far", name="Far", address="Isfahan, Chahar Bagh 9, floor 1")
    return alpha


def reasons(tenant: Tenant) -> list[tuple[str, str]]:
    with tenant.scope():
        return sorted(Hold.objects.values_list("partner__code", "reason"))


def sold(tenant: Tenant, seller: str, **customer: Any) -> list[tuple[str, str]]:
    with tenant.scope():
        create_customer(tenant.system, code="near", name="Near", **customer)
    feed(
        tenant,
        [
            line("n", seller, "2013-02-01", "50", customer="near"),
            line("f", "p2", "2013-02-01", "50", customer="far"),
        ],
    )
    settle(tenant, "all", "2013-Q1")
    return reasons(tenant)


@pytest.mark.parametrize("seller", ["p1", "p1sub"])
@pytest.mark.parametrize("written", [HOUSE, "تهران خيابان آزادي - پلاك 12 (طبقه 3)"])
def test_the_same_house_however_it_is_written(market: Tenant, seller: str, written: str) -> None:
    with market.scope():
        change_partner(market.system, code="p1", address=HOUSE)
    assert sold(market, seller, address=written) == [(seller, "shared_address")]


def test_the_same_town_is_no_house(market: Tenant) -> None:
    with market.scope():
        change_partner(market.system, code="p1", address="تهران")
    assert sold(market, "p1", address="تهران") == []


def test_the_customer_pays_from_the_account_that_is_paid(market: Tenant) -> None:
    with market.scope():
        # One that is not used any more, of a company below.
        BankAccount.objects.create(
            partner=market.partners["p1sub"],
            holder="p1sub",
            iban="IR062960000000100324200001",
            state="retired",
        )
    found = sold(market, "p1", bank_account="ir06 2960-0000 0010 0324 2000 01")
    assert found == [("p1", "customer_account")]


def test_one_legal_id_in_two_spellings(market: Tenant) -> None:
    with market.scope():
        Customer.objects.filter(code="far").update(legal_id="DE 123-456-789", country="AT")
        change_partner(market.system, code="p1", legal_id="HRB 9.9")
    assert sold(market, "p1", legal_id="DE123456789", country="DE") == [
        ("p1", "duplicate_customer"),
        ("p2", "duplicate_customer"),
    ]


def test_the_partners_own_legal_id_in_another_spelling(market: Tenant) -> None:
    with market.scope():
        change_partner(market.system, code="p1", legal_id="HRB 99-7")
    assert sold(market, "p1", legal_id="HRB997") == [("p1", "self_referral")]
