"""Lines for tests of the feed, and what they became."""

from decimal import Decimal
from typing import Any

from performance.feed.intake import receive_lines
from performance.feed.lines import Receipt
from performance.models import Credit
from tests.kit.world import Tenant


def line(external_id: str, **fields: Any) -> dict[str, Any]:
    """A valid line of partner ``p1``; ``None`` leaves a field out."""
    given: dict[str, Any] = {
        "source": "erp",
        "external_id": external_id,
        "kind": "sale",
        "occurred_at": "2026-01-02",
        "partner": "p1",
        "amount": "100",
    }
    return {name: value for name, value in (given | fields).items() if value is not None}


def back(external_id: str, original: str, **fields: Any) -> dict[str, Any]:
    """A reversal of ``original`` that leaves out what it can."""
    return line(external_id, reverses=original, **({"kind": None, "partner": None, "amount": None} | fields))


def send(tenant: Tenant, *lines: object) -> Receipt:
    return receive_lines(tenant.system, lines, channel="api")


def counts(receipt: Receipt) -> tuple[int, int, int, int, int]:
    """(accepted, duplicates, revised, unresolved, rejected)"""
    return receipt.accepted, receipt.duplicates, receipt.revised, receipt.unresolved, len(receipt.rejected)


def rows(external_id: str) -> list[tuple[Any, ...]]:
    """(revision, position, sign, partner, amount, quantity) of a line's credits as they came."""
    found = Credit.objects.filter(external_id=external_id).order_by("id")
    fields = ("revision", "position", "sign", "partner__code", "amount", "quantity")
    return [
        (*row[:4], Decimal(row[4]).normalize() + 0, Decimal(row[5]).normalize() + 0)
        for row in found.values_list(*fields)
    ]
