"""The Regional Sales sample as deals: 20,000 opportunities with their accounts, owners, products and territories."""

import csv
import gzip
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.models import Family, Product, Segment, Territory
from deals.enums import DealState
from deals.models import Deal, DealLine
from partners.models import Partner
from partners.tree import relink

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "regional_sales"
needs_data = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the Regional Sales data lie not beside the project"
)
#: Stage of the sample -> where such a deal stands here.
STATES = {
    "1-Qualify": DealState.SUBMITTED,
    "2-Develop": DealState.UNDER_REVIEW,
    "3-Propose": DealState.INFORMATION_REQUIRED,
    "4-Close": DealState.APPROVED,
}


def rows(name: str) -> list[dict[str, str]]:
    path = FOLDER / name
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        return list(csv.DictReader(file))


def state_of(row: dict[str, str]) -> DealState:
    return {"Won": DealState.WON, "Lost": DealState.LOST}.get(row["Status"]) or STATES[row["Sales Stage"]]


def load() -> list[dict[str, str]]:
    """Write everything in the open scope, owners as partners; returns the opportunities."""
    found = rows("opportunities.csv.gz")
    family = Family.objects.create(code="all", name="All", layer="core")
    products = _made(Product, rows("products.csv"), "ProductSeq", "Product", family=family)
    segments = _made(Segment, rows("industries.csv"), "IndustrySeq", "Industry")
    territories = _made(Territory, rows("territories.csv"), "TerritorySeq", "Territory")
    for territory in territories.values():
        territory.path = [territory.pk]
    Territory.objects.bulk_update(territories.values(), ["path"])
    partners = _made(Partner, rows("owners.csv"), "SystemUserSeq", "Owner")
    relink([partner.pk for partner in partners.values()])
    accounts = {row["AccountSeq"]: row for row in rows("accounts.csv")}
    deals = Deal.objects.bulk_create(
        [_deal(row, accounts[row["AccountSeq"]], partners, segments, territories) for row in found],
        batch_size=2000,
    )
    DealLine.objects.bulk_create(
        [
            DealLine(
                deal=deal, partner_id=deal.partner_id, product=products[row["ProductSeq"]], amount=deal.value
            )
            for deal, row in zip(deals, found, strict=True)
        ],
        batch_size=2000,
    )
    return found


def _made(model: Any, table: list[dict[str, str]], key: str, name: str, **fields: Any) -> dict[str, Any]:
    made = [model(code=f"rs{row[key]}", name=row[name], names={}, **fields) for row in table]
    return dict(zip((row[key] for row in table), model.objects.bulk_create(made), strict=True))


def day(text: str) -> date:
    return date.fromisoformat(text)


def _deal(
    row: dict[str, str], account: dict[str, str], partners: Any, segments: Any, territories: Any
) -> Deal:
    state, closed = state_of(row), day(row["CloseDate"])
    created = datetime.combine(day(row["Opportunity Created On"]), time(12), UTC)
    over = state in (DealState.WON, DealState.LOST)
    return Deal(
        ref=f"RS-{row['OpportunitySeq']}",
        state=state,
        partner=partners[row["SystemUserSeq"]],
        customer_name=account["Account Name"],
        segment=segments.get(account["IndustrySeq"]),
        territory=territories.get(account["TerritorySeq"]),
        value=Decimal(row["Value"]),
        currency="USD",
        expected_close=closed,
        submitted_at=created,
        protected_until=closed + timedelta(days=90) if state == DealState.APPROVED else None,
        closed_at=datetime.combine(closed, time(12), UTC) if over else None,
        won_on=closed if state == DealState.WON else None,
        won_amount=Decimal(row["Value"]) if state == DealState.WON else None,
    )
