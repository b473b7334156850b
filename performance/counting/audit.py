"""Recomputing every measurement another way: one plain query per KPI, periods from Python, trees walked anew.

Nothing of the compiler is used, so that both can only agree by being right.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.db import connection
from django.db.backends.utils import CursorWrapper

from common.periods import Kind, periods_of
from performance.counting.service import lock_lanes
from performance.enums import Beneficiary, DateBase, KpiState, Measure, PeriodKind
from performance.models import Kpi, Measurement
from tenancy.access import scope_of
from tenancy.actors import Actor

Numbers = tuple[Decimal, Decimal, int]
Place = tuple[str, int, int | None]
_NOTHING: Numbers = (Decimal(0), Decimal(0), 0)
_EXAMPLES = 20

_PRODUCTS = "select p.id from catalog_product p join catalog_family f on f.id = p.family_id where {}"
_BELOW = """with recursive below(id) as (select id from catalog_territory where code = any(%(territories)s)
  union select t.id from catalog_territory t join below on t.parent_id = below.id) select id from below"""
#: Filter -> condition on a line ``c`` with its customer ``u``.
_CONDITIONS = {
    "kinds": "c.kind = any(%(kinds)s)",
    "sources": "c.source = any(%(sources)s)",
    "engagement_models": "c.engagement_model = any(%(engagement_models)s)",
    "contributions": "c.contribution = any(%(contributions)s)",
    "products": f"c.product_id in ({_PRODUCTS.format('p.code = any(%(products)s)')})",
    "families": f"c.product_id in ({_PRODUCTS.format('f.code = any(%(families)s)')})",
    "layers": f"c.product_id in ({_PRODUCTS.format('f.layer = any(%(layers)s)')})",
    "segments": "coalesce(c.segment_id, u.segment_id) in"
    " (select id from catalog_segment where code = any(%(segments)s))",
    "territories": f"coalesce(c.territory_id, u.territory_id) in ({_BELOW})",
    "roles": "c.partner_id in (select id from partners_partner where roles && %(roles)s::varchar[])",
    "attributes": "c.attributes @> %(attributes)s::jsonb",
    "new_customer": "coalesce(u.since >= w.first and u.since <= w.last, false) = %(new_customer)s",
}
#: What the product itself reports (a won deal, a certificate) counts only for a KPI that asks by one of these.
_ASKING = {"kinds", "sources", "attributes"}
_NO_EVENTS = "c.source <> 'sharik'"
_BENEFICIARIES = {
    Beneficiary.PARTNER: ("(select c.partner_id as partner, null::bigint as rep)", "true"),
    Beneficiary.REP: ("(select c.partner_id as partner, c.rep_id as rep)", "c.rep_id is not null"),
    Beneficiary.TREE: (
        """(with recursive up(id) as (select c.partner_id union
          select p.parent_id from partners_partner p join up on p.id = up.id where p.parent_id is not null)
          select id as partner, null::bigint as rep from up)""",
        "true",
    ),
}
_SUMS = {
    Measure.SUM_AMOUNT: ("sum(amount)", "0"),
    Measure.SUM_MARGIN: ("coalesce(sum(margin), 0)", "0"),
    Measure.SUM_QUANTITY: ("sum(quantity)", "0"),
    Measure.COUNT: ("sum(sign)", "0"),
    Measure.AVERAGE_SCORE: ("sum(amount)", "sum(sign * share)"),
}
_PLACE = "period, partner, rep"


@dataclass
class Report:
    """``compared`` measurements, of which ``differences`` were wrong; ``examples`` names the first of them."""

    compared: int = 0
    differences: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)

    def add(self, kpi: Kpi, place: Place, stored: Numbers, found: Numbers) -> None:
        self.compared += 1
        if stored == found:
            return
        self.differences += 1
        if len(self.examples) < _EXAMPLES:
            period, partner, rep = place
            shown = {"stored": list(map(str, stored)), "recomputed": list(map(str, found))}
            self.examples.append({"kpi": kpi.code, "period": period, "partner": partner, "rep": rep, **shown})


def audit_measurements(actor: Actor) -> Report:
    """Compare every measurement of the active KPIs with what its lines say, except KPIs that are being counted.

    Counting stands still meanwhile; lines that still wait are left out.
    """
    report = Report()
    with scope_of(actor), connection.cursor() as cursor:
        lock_lanes(cursor, actor)
        _prepare(cursor)
        for kpi in Kpi.objects.filter(active=True, state=KpiState.READY).order_by("pk"):
            found = _recomputed(cursor, actor, kpi)
            stored = {
                (row.period, row.partner_id, row.rep_id): (row.value, row.weight, row.lines)
                for row in Measurement.objects.filter(kpi=kpi).iterator()
            }
            for place in sorted({*found, *stored}, key=str):
                report.add(kpi, place, stored.get(place, _NOTHING), found.get(place, _NOTHING))
        cursor.execute("drop table audit_waiting")
    return report


def recomputed(
    actor: Actor, kpis: Iterable[Kpi], *, first: date | None = None, last: date | None = None
) -> dict[int, dict[Place, Numbers]]:
    """KPI id -> its measurements as its lines say; with days, of lines from ``first`` to ``last`` alone.

    The caller's transaction holds the lanes. New customers are found among all lines: an earlier one decides.
    """
    found: dict[int, dict[Place, Numbers]] = {}
    with connection.cursor() as cursor:
        _prepare(cursor)
        for kpi in kpis:
            every = kpi.measure == Measure.NEW_CUSTOMERS
            found[kpi.pk] = _recomputed(cursor, actor, kpi, None if every else first, None if every else last)
        cursor.execute("drop table audit_waiting")
    return found


def _prepare(cursor: CursorWrapper) -> None:
    cursor.execute("select set_config('jit', 'off', true)")
    cursor.execute(
        "create temp table audit_waiting on commit drop as"
        " select unnest(credit_ids) as id from performance_pendingchunk"
    )


def _recomputed(
    cursor: CursorWrapper, actor: Actor, kpi: Kpi, first: date | None = None, last: date | None = None
) -> dict[Place, Numbers]:
    """The KPI's measurements that are not nothing."""
    _collect(cursor, actor, kpi, first, last)
    found: dict[Place, Numbers] = {}
    for place, value, weight, lines in _answers(cursor, kpi):
        before = found.get(place, _NOTHING)
        found[place] = (before[0] + value, before[1] + weight, before[2] + lines)
    cursor.execute("drop table audit_period, audit_line")
    return {place: numbers for place, numbers in found.items() if any(numbers)}


def _collect(
    cursor: CursorWrapper, actor: Actor, kpi: Kpi, first: date | None = None, last: date | None = None
) -> None:
    """Fill ``audit_line``: the lines that match, once per beneficiary and period (of new customers: per first period)."""
    day = "c.collected_day" if kpi.base == DateBase.COLLECTION else "c.day"
    cursor.execute(
        f"select distinct {day} from performance_credit c where {day} is not null"
        f" and ({day} >= %(first)s or %(first)s is null) and ({day} <= %(last)s or %(last)s is null)",
        {"first": first, "last": last},
    )
    rows = [
        (day, period.code, period.start, period.last_day)
        for (day,) in cursor.fetchall()
        for period in periods_of(
            day, _kind(kpi), actor.operator.days, actor.operator.fiscal_start_month, kpi.rolling_months
        )
    ]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    cursor.execute(
        "create temp table audit_period on commit drop as select *"
        " from unnest(%s::date[], %s::text[], %s::date[], %s::date[]) w(day, period, first, last)",
        columns,
    )
    filters = {name: value for name, value in kpi.filters.items() if value not in (None, [], {})}
    beneficiaries, certain = _BENEFICIARIES[Beneficiary(kpi.beneficiary)]
    conditions = [_CONDITIONS[name] for name in filters]
    if not filters.keys() & _ASKING:
        conditions.append(_NO_EVENTS)
    if "attributes" in filters:
        filters["attributes"] = json.dumps(filters["attributes"])
    cursor.execute(
        f"""
create temp table audit_line on commit drop as
select w.period, b.partner, b.rep, c.customer_id as customer, p.family_id as family, c.amount, c.margin, c.quantity,
  c.sign, c.share
from performance_credit c
join audit_period w on w.day = {day}
left join catalog_customer u on u.id = c.customer_id
left join catalog_product p on p.id = c.product_id
cross join lateral {beneficiaries} b
where {" and ".join(["c.id not in (select id from audit_waiting)", certain, *conditions])}""",
        filters,
    )


def _kind(kpi: Kpi) -> Kind:
    """New customers of rolling periods are told apart by month; ``_answers`` spreads them."""
    rolling_new = kpi.period == PeriodKind.ROLLING and kpi.measure == Measure.NEW_CUSTOMERS
    return cast(Kind, "month" if rolling_new else kpi.period)


def _answers(cursor: CursorWrapper, kpi: Kpi) -> Iterator[tuple[Place, Decimal, Decimal, int]]:
    value, weight = _SUMS.get(Measure(kpi.measure), ("0", "0"))
    cursor.execute(f"select {_PLACE}, {value}, {weight}, sum(sign) from audit_line group by {_PLACE}")
    yield from _placed(cursor, kpi)
    query = _distinct(kpi)
    if query:
        cursor.execute(query)
        yield from _placed(cursor, kpi)


def _distinct(kpi: Kpi) -> str | None:
    pairs = f"""select {_PLACE}, customer, family from audit_line where customer is not null and {{}}
        group by {_PLACE}, customer, family having sum(sign) > 0"""
    if kpi.measure == Measure.DISTINCT_CUSTOMERS:
        met = pairs.format("true").replace(", family", "")
        return f"select {_PLACE}, count(*), 0, 0 from ({met}) x group by {_PLACE}"
    if kpi.measure == Measure.CROSS_SELL:
        met = pairs.format("family is not null")
        return f"select {_PLACE}, count(*), count(distinct customer), 0 from ({met}) x group by {_PLACE}"
    if kpi.measure == Measure.NEW_CUSTOMERS:
        met = pairs.format("true").replace(", family", "")
        first = f"select min(period) as period, partner, rep from ({met}) x group by partner, rep, customer"
        return f"select {_PLACE}, count(*), 0, 0 from ({first}) y group by {_PLACE}"
    return None


def _placed(cursor: CursorWrapper, kpi: Kpi) -> Iterator[tuple[Place, Decimal, Decimal, int]]:
    months = kpi.rolling_months if _kind(kpi) != kpi.period else None
    for period, partner, rep, value, weight, lines in cursor.fetchall():
        for code in _rolling(period, months) if months else [period]:
            yield (code, partner, rep), Decimal(value), Decimal(weight), lines


def _rolling(month: str, months: int) -> Iterator[str]:
    """The rolling periods that hold this month."""
    year, number = map(int, month.split("-"))
    for step in range(months):
        more, place = divmod(number - 1 + step, 12)
        yield f"R{months}-{year + more:04d}-{place + 1:02d}"
