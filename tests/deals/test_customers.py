"""The customers of deals: taken into the catalogue at the approval, found when it learns of them, and followed when merged."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.models import Customer
from catalog.services import merge_customers, save_customer
from common.errors import Conflict, InputError, NotFound
from deals.customers import likely_customers
from deals.enums import DealState
from deals.identity import identify
from deals.matching.lookup import find_customers
from deals.models import Deal, DealReview, NamedAccount, PartyKey, Slot
from deals.newcustomers import take_in
from deals.services.closing import win_deal
from deals.services.rulebook import save_account
from performance.counting.audit import audit_measurements
from performance.models import Credit, Measurement
from performance.services import create_kpi
from tests.deals.kit import again, automatic, market, submitted
from tests.deals.test_winning import feed, matches, settle
from tests.kit.world import Tenant

OWNER = "partner_owner@p1"


@pytest.fixture
def ground(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    automatic(alpha)
    return alpha


def customer_of(tenant: Tenant, deal: Deal) -> Customer | None:
    with tenant.scope():
        found: Customer | None = DealReview.objects.get(deal=deal).customer
        return found


def win(tenant: Tenant, deal: Deal) -> None:
    with tenant.scope(OWNER):
        win_deal(tenant.actors[OWNER], ref=deal.ref, amount=Decimal(900), won_on=timezone.now().date())


def merge(tenant: Tenant, code: str, other: str) -> Customer:
    with tenant.scope("programme_manager"):
        kept = merge_customers(tenant.actors["programme_manager"], code=code, other=other)
    settle(tenant)
    return kept


def test_the_customer_of_an_approved_deal_enters_the_catalogue_and_its_sales_meet_the_deal(
    ground: Tenant,
) -> None:
    deal = submitted(ground, contact_phone="+971 4 123 4567", contact_email="buyer@ggt.example")
    assert deal.state == DealState.APPROVED
    made = customer_of(ground, deal)
    assert made is not None
    assert (made.code, made.name, made.legal_id, made.country) == (
        deal.ref,
        "Golden Gate Trading",
        "AB-1",
        "AE",
    )
    assert (made.phone, made.email, made.since) == ("+971 4 123 4567", "buyer@ggt.example", None)
    win(ground, deal)
    feed(ground, "L1", customer=deal.ref)
    settle(ground)
    assert matches(ground) == [("L1", "customer")]
    with ground.scope():
        assert Customer.objects.get(pk=made.pk).since == timezone.now().date()
        assert [found.code for found in find_customers("golden gate trading llc")] == [deal.ref]


def test_a_customer_that_the_catalogue_knows_is_not_made_again(ground: Tenant) -> None:
    with ground.scope():
        known = Customer.objects.create(code="ggt", name="GGT", legal_id="AB-1", country="AE")
    assert customer_of(ground, submitted(ground)) == known
    with ground.scope():
        assert Customer.objects.count() == 1


def test_the_operators_number_becomes_the_code(ground: Tenant) -> None:
    made = customer_of(ground, submitted(ground, customer_number="۴۷۱۱"))
    assert made is not None
    assert made.code == "4711"


def test_a_name_alike_asks_the_pam(ground: Tenant) -> None:
    manager = ground.actors["programme_manager"]
    with ground.scope("programme_manager"):
        save_customer(manager, code="ggt", name="Golden-Gate Trading L.L.C.")
    settle(ground)
    deal = submitted(ground)
    assert customer_of(ground, deal) is None
    pam = ground.actors["pam"]
    with ground.scope("pam"):
        assert [found.code for found in likely_customers(pam, deal)] == ["ggt"]
        take_in(pam, ref=deal.ref)
        with pytest.raises(Conflict):
            take_in(pam, ref=deal.ref)
    made = customer_of(ground, deal)
    assert made is not None
    assert made.code == deal.ref


def test_deals_meet_a_customer_that_comes_later(ground: Tenant) -> None:
    deal = submitted(ground, legal_id="AB-7")
    with ground.scope():
        DealReview.objects.filter(deal=deal).update(customer=None)
        Customer.objects.all().delete()
    win(ground, deal)
    settle(ground)
    with ground.scope("programme_manager"):
        save_customer(
            ground.actors["programme_manager"], code="late", name="Other", legal_id="AB-7", country="AE"
        )
    feed(ground, "L1", customer="late")
    settle(ground)
    assert matches(ground) == [("L1", "customer")]


def test_sums_stay_and_customers_are_counted_anew_when_two_are_merged(ground: Tenant) -> None:
    manager = ground.actors["programme_manager"]
    with ground.scope("programme_manager"):
        save_customer(manager, code="old", name="Delta Telecom", since="2020-02-01")
        save_customer(manager, code="new", name="Delta Tel", legal_id="X-1", country="AE", since="2019-01-01")
        create_kpi(manager, code="sales", name="Sales", measure="sum_amount")
        create_kpi(manager, code="customers", name="Customers", measure="distinct_customers")
    feed(ground, "L1", customer="old")
    feed(ground, "L2", customer="new", amount="100")
    feed(ground, "R1", customer="new", amount="40", kind="return", reverses="L2", quantity=None)
    settle(ground)
    assert values(ground) == {"sales": 960, "customers": 2}
    kept = merge(ground, "new", "old")
    assert (kept.code, kept.legal_id, kept.since.isoformat() if kept.since else "") == (
        "old",
        "X-1",
        "2019-01-01",
    )
    assert values(ground) == {"sales": 960, "customers": 1}
    feed(ground, "L3", customer="new")
    settle(ground)
    assert values(ground) == {"sales": 1860, "customers": 1}
    with ground.scope():
        rows = Credit.objects.filter(revision=2, position__gte=0).order_by("external_id")
        assert [
            (row.external_id, row.customer.code, row.amount) for row in rows.select_related("customer")
        ] == [
            ("L2", "old", 100),
            ("R1", "old", -40),
        ]
        assert not audit_measurements(ground.system).differences
    with ground.scope("programme_manager"), pytest.raises(InputError, match="old"):
        save_customer(manager, code="new", name="Again")


def values(tenant: Tenant) -> dict[str, Decimal]:
    with tenant.scope():
        rows = Measurement.objects.select_related("kpi").filter(partner__code="p1")
        return {row.kpi.code: row.value for row in rows}


def test_deals_keep_their_ranks_and_places_when_customers_are_merged(ground: Tenant) -> None:
    with ground.scope():
        for code in ("a", "b"):
            Customer.objects.create(code=code, name=code, legal_id="")
    first = submitted(ground, legal_id="", customer_number="a", customer_name="Aa")
    second = submitted(ground, "partner_owner@p2", legal_id="", customer_number="b", customer_name="Bb")
    queued = submitted(ground, "partner_owner@p2", legal_id="", customer_number="a", customer_name="Aa")
    assert [again(ground, deal).state for deal in (first, second, queued)] == [
        "approved",
        "approved",
        "duplicate",
    ]
    with ground.scope("programme_manager"):
        seller = ground.actors["direct_seller"].membership_id or 0
        for code in ("a", "b"):
            save_account(ground.actors["programme_manager"], customer=code, seller_id=seller)
    ranks = [again(ground, deal).submitted_at for deal in (first, second, queued)]
    assert merge(ground, "b", "a").code == "a"
    assert [again(ground, deal).submitted_at for deal in (first, second, queued)] == ranks
    assert [customer_of(ground, deal).code for deal in (first, second, queued)] == ["a"] * 3  # type: ignore[union-attr]
    with ground.scope():
        assert identify(second).customer == Customer.objects.get(code="a")
        assert PartyKey.objects.filter(deal=second, kind="number").count() == 2
        assert Slot.objects.filter(active=True).count() == 2
        assert NamedAccount.objects.filter(active=True, customer__code="a").count() == 1
        assert {found.code for found in find_customers("b", least=0)} <= {"a"}
    third = submitted(ground, legal_id="", customer_number="b", customer_name="Bb")
    assert third.state == DealState.DUPLICATE


def test_only_two_customers_that_can_be_one_are_merged(ground: Tenant) -> None:
    manager = ground.actors["programme_manager"]
    with ground.scope("programme_manager"):
        save_customer(manager, code="a", name="A", legal_id="X-1", country="AE")
        save_customer(manager, code="b", name="B", legal_id="X-2", country="AE")
        with pytest.raises(Conflict, match="two companies"):
            merge_customers(manager, code="a", other="b")
        with pytest.raises(InputError):
            merge_customers(manager, code="a", other="a")
        with pytest.raises(InputError):
            merge_customers(manager, code="a", other="nobody")
        with pytest.raises(NotFound):
            merge_customers(manager, code="nobody", other="a")


def test_a_chain_of_merges_ends_at_the_oldest(ground: Tenant) -> None:
    manager = ground.actors["programme_manager"]
    with ground.scope("programme_manager"):
        for place, code in enumerate(("a", "b", "c")):
            save_customer(manager, code=code, name=code)
            moment = timezone.now() - timedelta(days=10 - place)
            Customer.objects.filter(code=code).update(created_at=moment)
    assert merge(ground, "c", "b").code == "b"
    assert merge(ground, "c", "a").code == "a"
    with ground.scope():
        assert set(Customer.objects.filter(merged_into__code="a").values_list("code", flat=True)) == {
            "b",
            "c",
        }
    feed(ground, "L1", customer="c")
    with ground.scope():
        assert Credit.objects.get(external_id="L1").customer.code == "a"
