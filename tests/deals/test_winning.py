"""A won deal reaches the feed, meets its transactions, and is counted once."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Customer
from common.errors import Conflict, Forbidden, InputError, NotFound
from deals.enums import MatchedBy
from deals.models import Deal, DealReview, DealTransaction
from deals.services.closing import win_deal
from deals.winning import link_transaction, proven_amount, transactions_of, unlink_transaction, unmatched
from performance.counting.service import count_pending
from performance.feed.intake import receive_lines
from performance.models import Credit, Kpi, Measurement
from performance.services import create_kpi
from tenancy import outbox
from tests.deals.kit import automatic, market, submitted
from tests.kit.world import Tenant

OWNER = "partner_owner@p1"


@pytest.fixture
def ground(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
        Customer.objects.create(code="ggt", name="Golden Gate Trading", legal_id="AB-1", country="AE")
    automatic(alpha)
    return alpha


def won(tenant: Tenant, amount: str = "900", **given: Any) -> Deal:
    deal = submitted(tenant, **given)
    with tenant.scope(OWNER):
        win_deal(tenant.actors[OWNER], ref=deal.ref, amount=Decimal(amount), won_on=timezone.now().date())
    return deal


def feed(tenant: Tenant, external_id: str, **more: Any) -> None:
    line = {
        "source": "erp", "external_id": external_id, "kind": "sale", "occurred_at": timezone.now().date().isoformat(),
        "partner": "p1", "product": "fiber", "amount": "900", "quantity": "10", "currency": "USD",
    } | more  # fmt: skip
    with tenant.scope():
        receipt = receive_lines(tenant.system, [line], channel="test")
    assert receipt.accepted == 1, receipt


def settle(tenant: Tenant) -> None:
    """Count and deliver until nothing is left."""
    for _round in range(4):
        with tenant.scope():
            while outbox.deliver(tenant.system):
                pass
            for lane in range(16):
                while count_pending(tenant.system, lane).lines:
                    pass


def matches(tenant: Tenant) -> list[tuple[str, str]]:
    with tenant.scope():
        return [
            (each.external_id, each.matched_by) for each in DealTransaction.objects.order_by("external_id")
        ]


def test_win_becomes_lines_that_add_up_to_the_amount(ground: Tenant) -> None:
    lines = [{"product": code, "quantity": "1", "amount": "1"} for code in ("fiber", "lte", "waf")]
    deal = won(ground, "100", lines=lines)
    settle(ground)
    with ground.scope():
        found = list(Credit.objects.filter(source="sharik").order_by("external_id"))
    assert [line.external_id for line in found] == [f"{deal.ref}-{place}" for place in range(3)]
    assert sum(line.amount for line in found) == 100
    assert {line.kind for line in found} == {"deal_won"}
    assert found[0].attributes == {"deal": deal.ref, "deal_registered": "yes"}


def test_referrals_are_fed_as_referrals(ground: Tenant) -> None:
    won(ground, engagement_model="referral")
    settle(ground)
    with ground.scope():
        assert [line.kind for line in Credit.objects.filter(source="sharik")] == ["referral_won"]


def test_kpis_count_a_sale_once_and_registered_deals_where_asked(ground: Tenant) -> None:
    manager = ground.actors["programme_manager"]
    with ground.scope("programme_manager"):
        create_kpi(manager, code="sales", name="Sales", measure="sum_amount")
        create_kpi(
            manager, code="registered", name="Registered", measure="sum_amount",
            filters={"attributes": {"deal_registered": "yes"}},
        )  # fmt: skip
        create_kpi(manager, code="wins", name="Wins", measure="count", filters={"kinds": ["deal_won"]})
    settle(ground)
    won(ground)
    feed(ground, "L1", amount="950", customer="ggt")
    settle(ground)
    with ground.scope():
        values = {
            row.kpi.code: row.value
            for row in Measurement.objects.select_related("kpi").filter(partner__code="p1")
        }
        assert Kpi.objects.count() == 3
    assert values == {"sales": 950, "registered": 900, "wins": 1}


@pytest.mark.parametrize("first", ["win", "line"])
def test_reference_links_in_either_order(ground: Tenant, first: str) -> None:
    deal = submitted(ground)
    order = {"attributes": {"deal": deal.ref}}
    if first == "line":
        feed(ground, "L1", **order)
        feed(ground, f"{deal.ref}/7")
        settle(ground)
        assert matches(ground) == []
    with ground.scope(OWNER):
        win_deal(ground.actors[OWNER], ref=deal.ref, amount=Decimal(900), won_on=timezone.now().date())
    if first == "win":
        feed(ground, "L1", **order)
        feed(ground, f"{deal.ref}/7")
    settle(ground)
    assert matches(ground) == [(f"{deal.ref}/7", MatchedBy.REFERENCE), ("L1", MatchedBy.REFERENCE)]
    with ground.scope():
        assert proven_amount(deal) == 1800


def test_customer_and_product_link_within_time(ground: Tenant) -> None:
    deal = won(ground)
    with ground.scope():
        DealReview.objects.update_or_create(
            deal=deal, defaults={"partner": deal.partner, "customer": Customer.objects.get(code="ggt")}
        )
    feed(ground, "hit", customer="ggt")
    feed(ground, "other-product", customer="ggt", product="waf")
    feed(ground, "other-customer")
    feed(ground, "other-partner", customer="ggt", partner="p2")
    feed(ground, "too-early", customer="ggt", occurred_at=(date.today() - timedelta(days=200)).isoformat())  # noqa: DTZ011
    feed(ground, "other-deal", customer="ggt", attributes={"deal": "D-999999"})
    settle(ground)
    assert matches(ground) == [("hit", MatchedBy.CUSTOMER)]


def test_what_is_not_matched_is_linked_by_hand_once(ground: Tenant) -> None:
    deal, other = won(ground), won(ground, legal_id="AB-2", customer_name="Blue Ocean")
    feed(ground, "L1")
    settle(ground)
    pam = ground.actors["pam"]
    with ground.scope("pam"):
        assert [each.ref for each in unmatched(pam)] == [deal.ref, other.ref]
        made = link_transaction(pam, ref=deal.ref, source="erp", external_id="L1")
        assert [each.ref for each in unmatched(pam)] == [other.ref]
        with pytest.raises(Conflict):
            link_transaction(pam, ref=other.ref, source="erp", external_id="L1")
        with pytest.raises(InputError):
            link_transaction(pam, ref=other.ref, source="erp", external_id="L2")
        with pytest.raises(InputError):
            link_transaction(pam, ref=other.ref, source="sharik", external_id=f"{deal.ref}-0")
        with pytest.raises(NotFound):
            unlink_transaction(pam, ref=other.ref, pk=made.pk)
    with ground.scope(OWNER):
        assert [each.external_id for each in transactions_of(ground.actors[OWNER], deal.ref)] == ["L1"]
        with pytest.raises(Forbidden):
            link_transaction(ground.actors[OWNER], ref=deal.ref, source="erp", external_id="L1")
    with ground.scope("partner_owner@p2"), pytest.raises(NotFound):
        transactions_of(ground.actors["partner_owner@p2"], deal.ref)
    with ground.scope("pam"):
        unlink_transaction(pam, ref=deal.ref, pk=made.pk)
        assert [each.ref for each in unmatched(pam)] == [deal.ref, other.ref]
