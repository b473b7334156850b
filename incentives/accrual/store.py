"""Writing accruals: make the rows, lock them in one order, then read what they are made of.

Two deliveries may evaluate the same beneficiary at once. Whoever holds the rows reads measurements after locking, so the
later writer always has the newer numbers.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from django.db import connection

from incentives.accrual.result import Outcome
from incentives.models import Accrual


class Slot(NamedTuple):
    """One accrual's place: version, period code, partner, rep."""

    version_id: int
    period: str
    partner_id: int
    rep_id: int | None


CHUNK = 2000
T = TypeVar("T")


def lock(slots: Iterable[Slot]) -> dict[Slot, Accrual]:
    """The rows of these slots, made where missing and locked until the transaction ends."""
    wanted = sorted(set(slots), key=lambda slot: (*slot[:3], slot.rep_id or 0))
    rows = [
        Accrual(
            version_id=slot.version_id, period=slot.period, partner_id=slot.partner_id, rep_id=slot.rep_id
        )
        for slot in wanted
    ]
    Accrual.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)
    found = Accrual.objects.filter(
        version_id__in={slot.version_id for slot in wanted},
        period__in={slot.period for slot in wanted},
        partner_id__in={slot.partner_id for slot in wanted},
    )
    keep = set(wanted)
    locked = found.select_for_update().order_by("version_id", "period", "partner_id", "rep_id")
    return {slot: row for row in locked if (slot := slot_of(row)) in keep}


def slot_of(row: Accrual) -> Slot:
    return Slot(row.version_id, row.period, row.partner_id, row.rep_id)


def put(row: Accrual, outcome: Outcome, digest: str) -> Accrual:
    """Set the row to an outcome (unsaved)."""
    row.exact, row.amount, row.eligible = outcome.exact, outcome.amount, outcome.eligible
    row.wanted, row.cuts = outcome.wanted, outcome.cuts
    row.components, row.inputs, row.next, row.digest = (
        outcome.components,
        outcome.inputs,
        outcome.next,
        digest,
    )
    return row


_UPDATE = """
update incentives_accrual a set
  amount = v.amount, exact = v.exact, wanted = v.wanted, cuts = v.cuts, eligible = v.eligible,
  components = v.components, inputs = v.inputs, next = v.next, digest = v.digest, lines = v.lines, as_of = v.as_of, updated_at = now()
from jsonb_to_recordset(%s::jsonb) as v(
  id bigint, amount numeric, exact numeric, wanted numeric, cuts jsonb, eligible boolean, components jsonb,
  inputs jsonb, next jsonb, digest text, lines int, as_of timestamptz)
where a.operator_id = (select app.op()) and a.id = v.id
"""
FIELDS = (
    "amount",
    "exact",
    "wanted",
    "cuts",
    "eligible",
    "components",
    "inputs",
    "next",
    "digest",
    "lines",
    "as_of",
)


def save(rows: Sequence[Accrual]) -> None:
    """Write changed rows, thousands in one statement."""
    for batch in batched(rows, CHUNK):
        values = [{"id": row.pk, **{name: getattr(row, name) for name in FIELDS}} for row in batch]
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, [to_json(values)])


def to_json(values: object) -> str:
    """Rows for ``jsonb_to_recordset``; decimals and days as texts."""
    return json.dumps(values, default=str)


def batched(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Slices of at most ``size``."""
    return (items[start : start + size] for start in range(0, len(items), size))
