"""Deals from a file: lines of one reference are one deal, twice is once, what is wrong is refused with its lines."""

from decimal import Decimal

import pytest

from deals.enums import DealState
from deals.importing import bring_deals
from deals.models import Deal
from performance.imports.kinds import KINDS
from performance.imports.master import Part
from tests.deals.kit import market
from tests.kit.imports import Reported
from tests.kit.world import Tenant

ROW = {
    "partner": "p1",
    "reference": "OPP-1",
    "customer_name": "Golden Gate",
    "legal_id": "AB-1",
    "country": "AE",
    "expected_close": "2027-01-31",
    "product": "fiber",
    "amount": "100",
    "submit": "yes",
}


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    return alpha


def brought(tenant: Tenant, *rows: dict[str, str], dry_run: bool = False) -> list[Part]:
    report = Reported()
    bring_deals(tenant.system, enumerate(rows, 2), dry_run=dry_run, report=report)
    assert report.lasts[-1] == len(rows) + 1
    return report.parts


def test_lines_of_one_reference_are_one_deal_and_the_file_twice_is_once(shop: Tenant) -> None:
    assert KINDS["deals"].bring is bring_deals
    rows = (
        ROW,
        ROW | {"product": "waf", "amount": "50"},
        ROW | {"reference": "OPP-2", "legal_id": "AB-2", "submit": ""},
    )
    assert [part.created for part in brought(shop, *rows)] == [2, 1]
    assert [part.unchanged for part in brought(shop, *rows)] == [2, 1]
    with shop.scope():
        first, second = Deal.objects.order_by("pk")
    assert (first.state, first.value, first.source) == (DealState.SUBMITTED, Decimal(150), "file")
    assert second.state == DealState.DRAFT


def test_what_is_wrong_is_refused_and_leaves_the_others_alone(shop: Tenant) -> None:
    parts = brought(
        shop,
        ROW | {"product": "nothing"},
        ROW | {"reference": "OPP-2", "legal_id": ""},
        ROW | {"reference": "OPP-3", "partner": "nobody"},
        ROW | {"reference": "OPP-4"},
    )
    assert [[line for line, _errors in part.refused] for part in parts] == [[2], [3], [4], []]
    with shop.scope():
        assert Deal.objects.get().external_id == "OPP-4"


def test_a_trial_keeps_nothing(shop: Tenant) -> None:
    assert brought(shop, ROW, dry_run=True)[0].created == 1
    with shop.scope():
        assert not Deal.objects.exists()
