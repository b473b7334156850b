"""Who wants how much of a budget, in which order: rebates by period and first transaction, lines as they happened."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from django.db import connection
from django.utils import timezone

from incentives.accrual.affected import read_period
from incentives.accrual.limits import ZERO
from incentives.accrual.store import to_json
from incentives.budget import Claim
from incentives.models import SchemeVersion
from tenancy.models import Operator


class Wanting(Protocol):
    """What of an accrual (or of a simulated amount) matters here."""

    @property
    def pk(self) -> int: ...
    @property
    def period(self) -> str: ...
    @property
    def partner_id(self) -> int: ...
    @property
    def rep_id(self) -> int | None: ...
    @property
    def wanted(self) -> Decimal: ...


_FIRST = """
select v.id, (select min(c.occurred_at) from performance_credit c
  where c.operator_id = (select app.op()) and c.partner_id = v.partner_id and c.day >= v.start and c.day < v.until
    and (v.rep_id is null or c.rep_id = v.rep_id))
from jsonb_to_recordset(%s::jsonb) as v(id bigint, partner_id bigint, rep_id bigint, start date, until date)
"""


def period_claims(operator: Operator, rows: Sequence[Wanting]) -> list[Claim[int]]:
    """Rebates in the order of the first transaction of each beneficiary in the period, then of its id."""
    periods = {row.period: read_period(operator, row.period) for row in rows}
    values = [
        {
            "id": row.pk,
            "partner_id": row.partner_id,
            "rep_id": row.rep_id,
            "start": periods[row.period].start,
            "until": periods[row.period].end,
        }
        for row in rows
        if row.wanted > 0
    ]
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [to_json(values)])
        first = dict(cursor.fetchall())
    far = timezone.now()
    return [
        Claim(
            row.pk,
            (
                periods[row.period].start,
                first.get(row.pk) or far,
                row.partner_id,
                row.rep_id or 0,
            ),
            row.wanted,
        )
        for row in rows
    ]


class Line(NamedTuple):
    """What giving out needs of a line, without the cost of a model."""

    pk: int
    period: str
    partner_id: int
    rep_id: int | None
    exact: Decimal
    part: int
    credit_id: int
    occurred_at: datetime
    source: str
    external_id: str
    reverses: str

    @property
    def slot(self) -> tuple[str, int, int | None]:
        return self.period, self.partner_id, self.rep_id

    @property
    def order(self) -> tuple[datetime, int, int]:
        return self.occurred_at, self.credit_id, self.part


#: The columns of ``Line``.
LINE_FIELDS = (
    *("pk", "period", "partner_id", "rep_id", "exact", "part", "credit_id", "credit__occurred_at"),
    *("credit__source", "credit__external_id", "credit__reverses"),
)


def line_claims(version: SchemeVersion, lines: Iterable[Line]) -> list[Claim[int]]:
    """What each line (in order) wants after the cap of its accrual, and which earlier line it takes back."""
    running: dict[Any, Decimal] = {}
    first: dict[tuple[Any, ...], int] = {}
    found: list[Claim[int]] = []
    for line in lines:
        before = running.get(line.slot, ZERO)
        running[line.slot] = before + line.exact
        wanted = _capped(version, running[line.slot]) - _capped(version, before)
        reference = line.reverses or line.external_id
        origin = (line.source, reference, line.partner_id, line.rep_id, line.part)
        of = first.get(origin) if line.exact < 0 else None
        if line.exact >= 0:
            first[origin] = line.pk
        found.append(Claim(line.pk, line.order, wanted, of))
    return found


def _capped(version: SchemeVersion, value: Decimal) -> Decimal:
    return value if version.cap is None else min(value, version.cap)
