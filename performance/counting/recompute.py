"""Counting anew: measurements out of all credits, and only what differs is written.

Credits that still wait in the queue are left out: they will be counted in their turn. All lanes stand still meanwhile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django.db import connection
from django.db.backends.utils import CursorWrapper

from common.periods import Kind, Period, periods_between
from performance.counting import statements
from performance.counting.days import ensure_days
from performance.counting.events import announce
from performance.counting.masks import Masks
from performance.counting.members import KEYS, MET, meetings_sql, met_sql, values_sql
from performance.counting.service import Key, lock_lanes
from performance.counting.specs import Spec, groups
from performance.counting.sums import GROUPED, grouped_sql, sums_sql
from performance.counting.whole import WholeLines
from performance.enums import DateBase, KpiState, Measure, PeriodKind
from performance.models import Kpi
from tenancy.access import scope_of
from tenancy.actors import Actor

_MEASURED = "kpi_id, period, partner_id, rep_id"
# Which credits wait is asked in the statement that reads them, or a batch that arrives in between would count twice.
# The first form hashes them, but keeps the statement to one process of the database; the second is for a short queue.
_MANY_WAITING = """not exists (select 1 from (select unnest(credit_ids) as id from performance_pendingchunk
  where operator_id = %(op)s) w where w.id = c.id)"""
_FEW_WAITING = """not (c.id = any(array(select unnest(credit_ids) from performance_pendingchunk
  where operator_id = %(op)s)))"""
_QUEUE = "select coalesce(sum(cardinality(credit_ids)), 0) from performance_pendingchunk where operator_id = %(op)s"
_FEW = 50
_DAYS = """select min(least(day, collected_day)), max(greatest(day, collected_day)) from performance_credit
where operator_id = %(op)s"""
_LONGEST = 37 * 31
_MEMBER_KEYS = KEYS.split(", ")

_DIFFERENT_MEMBERS = f"""
create temp table fresh_difference on commit drop as
select m.place, f.* from fresh_member f full join (
  select ctid as place, * from performance_member where operator_id = %(op)s and kpi_id = any(%(kpis)s) and {{inside}}) m
on {" and ".join(f"m.{name} = f.{name}" for name in _MEMBER_KEYS)} where m.n is distinct from f.n
"""
# Whoever recomputes is alone: a member stays in its place until it is written.
_WRITE_MEMBERS = (
    "delete from performance_member where operator_id = %(op)s"
    " and ctid = any(array(select place from fresh_difference where n is null))",
    "update performance_member m set n = f.n from fresh_difference f"
    " where m.operator_id = %(op)s and m.ctid = f.place and f.n is not null",
    f"insert into performance_member (operator_id, {KEYS}, n)"
    f" select %(op)s, {KEYS}, n from fresh_difference where place is null order by {KEYS}",
    "drop table fresh_difference",
)
_DIFFERENT = """
create temp table fresh_difference on commit drop as
select m.id, coalesce(f.kpi_id, m.kpi_id) as kpi_id, coalesce(f.period, m.period) as period,
  coalesce(f.partner_id, m.partner_id) as partner_id, coalesce(f.rep_id, m.rep_id) as rep_id, f.value, f.weight, f.lines,
  f.kpi_id is not null or m.value <> 0 or m.weight <> 0 or m.lines <> 0 as wrong
from fresh f full join (
  select * from performance_measurement where operator_id = %(op)s and kpi_id = any(%(kpis)s) and {inside}) m
on m.kpi_id = f.kpi_id and m.period = f.period and m.partner_id = f.partner_id
  and coalesce(m.rep_id, 0) = coalesce(f.rep_id, 0)
where (m.value, m.weight, m.lines) is distinct from (f.value, f.weight, f.lines)
"""
_WRITE = (
    "delete from performance_measurement where operator_id = %(op)s"
    " and id in (select id from fresh_difference where lines is null)",
    "update performance_measurement m set value = f.value, weight = f.weight, lines = f.lines,"
    " updated_at = clock_timestamp() from fresh_difference f"
    " where m.operator_id = %(op)s and m.id = f.id and f.lines is not null",
    f"insert into performance_measurement (operator_id, {_MEASURED}, value, weight, lines, updated_at)"
    f" select %(op)s, {_MEASURED}, value, weight, lines, clock_timestamp() from fresh_difference"
    f" where id is null order by {_MEASURED}",
)


# The planner takes every line for a group of its own: it would sort them, and fears to hand so many to the leader.
_PARALLEL = """select set_config('parallel_tuple_cost', '0.001', true), set_config('parallel_setup_cost', '100', true),
  set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true)"""


@dataclass(frozen=True, slots=True)
class Span:
    """The part of time to count anew: days to read, and the periods of measurements and of members to write."""

    first: date
    last: date
    measured: list[str]
    met: list[str]


def recompute(actor: Actor, kpis: Iterable[Kpi], *, period: Period | None = None) -> list[Key]:
    """Make the measurements of these KPIs (active ones) equal to their credits; returns what was wrong before.

    With ``period``, only the periods that share a day with it (of rolling KPIs: those that end in it). Sets the KPIs
    ready when everything was counted. Holds all lanes of the operator until the transaction ends.
    """
    ids = [kpi.pk for kpi in kpis]
    moved: list[Key] = []
    with scope_of(actor), connection.cursor() as cursor:
        lock_lanes(cursor, actor)
        cursor.execute(statements.SETTINGS)
        cursor.execute(_PARALLEL)
        cursor.execute(statements.HASHES)
        for specs in groups(Kpi.objects.filter(pk__in=ids, active=True)):
            moved += _recompute(cursor, actor, specs, span_of(specs, period) if period else None)
        cursor.execute(statements.ANY_WAY)
        if period is None:
            Kpi.objects.filter(pk__in=ids).update(state=KpiState.READY)
        announce(moved)
    return moved


def span_of(specs: Sequence[Spec], period: Period) -> Span:
    """What ``period`` means for each KPI."""
    measured: set[str] = set()
    met: set[str] = set()
    found: list[Period] = []
    for spec in specs:
        own = _periods(period, spec.period, spec.months)
        found += own
        measured |= {each.code for each in own}
        if spec.measure == Measure.NEW_CUSTOMERS and spec.period == PeriodKind.ROLLING:
            own = _periods(period, PeriodKind.MONTH, 0)
            found += own
        met |= {each.code for each in own}
    return Span(
        min(each.start for each in found), max(each.last_day for each in found), sorted(measured), sorted(met)
    )


def _periods(period: Period, kind: PeriodKind, months: int) -> list[Period]:
    name = cast(Kind, kind.value)
    return list(
        periods_between(period.start, period.end, name, period.calendar, period.fiscal_start, months or None)
    )


def _recompute(cursor: CursorWrapper, actor: Actor, specs: list[Spec], span: Span | None) -> list[Key]:
    masks = Masks(specs)
    where = f"c.operator_id = %(op)s and {_waiting(cursor, actor)}"
    params: dict[str, Any] = {"op": actor.operator.pk, "kpis": [spec.id for spec in specs]}
    if span:
        where += f" and {_in_span(masks)}"
        params |= {"first": span.first, "last": span.last, "measured": span.measured, "met": span.met}
    days = _ensure_days(cursor, actor, masks, span)
    lines = WholeLines(cursor, actor, masks, where, days)
    params |= masks.params
    grouped = lines.finished(grouped_sql(specs, lines.sql, lines.same), GROUPED)
    cursor.execute(f"create temp table fresh_grouped on commit drop as {grouped}", params)
    moved = sums_sql(specs, "fresh_grouped")
    distinct = [spec for spec in specs if spec.distinct]
    if distinct:
        masks = Masks(distinct)
        lines = WholeLines(cursor, actor, masks, where, days)
        own = params | masks.params | {"kpis": [spec.id for spec in distinct]}
        _members(cursor, own, distinct, lines, span)
        moved += " union all " + values_sql(distinct, _noted(distinct, span))
    return _measurements(cursor, params, specs, moved, span)


def _ensure_days(
    cursor: CursorWrapper, actor: Actor, masks: Masks, span: Span | None
) -> tuple[date, date] | None:
    """Days of all lines; where it matters how new a customer is, of as long before as a rolling period reaches.

    Returns the first and the last day of lines, ``None`` without lines.
    """
    if not span:
        cursor.execute(_DAYS, {"op": actor.operator.pk})
    first, last = (span.first, span.last) if span else cursor.fetchone()
    if not first:
        return None
    more = timedelta(days=_LONGEST if masks.sinces else 0)
    ensure_days(actor, first - more, last + more)
    return first, last


def _waiting(cursor: CursorWrapper, actor: Actor) -> str:
    cursor.execute(_QUEUE, {"op": actor.operator.pk})
    return _FEW_WAITING if cursor.fetchone()[0] <= _FEW else _MANY_WAITING


def _in_span(masks: Masks) -> str:
    columns = {"c.collected_day" if spec.base == DateBase.COLLECTION else "c.day" for spec in masks.specs}
    return "(" + " or ".join(f"{column} between %(first)s and %(last)s" for column in sorted(columns)) + ")"


def _members(
    cursor: CursorWrapper, params: dict[str, Any], distinct: list[Spec], lines: WholeLines, span: Span | None
) -> None:
    """A second look at the lines, with the few joins that distinct counts need."""
    inside = "period = any(%(met)s)" if span else "true"
    met = lines.finished(met_sql(distinct, lines.sql, lines.same), MET)
    cursor.execute(f"create temp table fresh_met on commit drop as {met}", params)
    cursor.execute(
        f"create temp table fresh_member on commit drop as"
        f" select * from ({meetings_sql(distinct, 'fresh_met')}) x where {inside}",
        params,
    )
    cursor.execute(_DIFFERENT_MEMBERS.format(inside=inside), params)
    for statement in _WRITE_MEMBERS:
        cursor.execute(statement, params)


def _noted(distinct: list[Spec], span: Span | None) -> str:
    """Members as values are made of them: of new customers all, because earlier meetings decide about later ones."""
    new = ", ".join(str(spec.id) for spec in distinct if spec.measure == Measure.NEW_CUSTOMERS) or "0"
    inside = f" and (kpi_id in ({new}) or period = any(%(met)s))" if span else ""
    ids = ", ".join(str(spec.id) for spec in distinct)
    return (
        f"(select {KEYS}, 0 as old, n as new from performance_member"
        f" where operator_id = %(op)s and kpi_id in ({ids}){inside})"
    )


def _measurements(
    cursor: CursorWrapper, params: dict[str, Any], specs: list[Spec], moved: str, span: Span | None
) -> list[Key]:
    inside = "true"
    if span:
        inside = "period = any(%(measured)s)"
    cursor.execute(
        f"create temp table fresh on commit drop as select {_MEASURED}, sum(value) as value, sum(weight) as weight,"
        f" sum(lines)::int as lines from ({moved}) x where {inside} group by {_MEASURED}"
        " having sum(value) <> 0 or sum(weight) <> 0 or sum(lines) <> 0",
        params,
    )
    cursor.execute(_DIFFERENT.format(inside=inside), params)
    for statement in _WRITE:
        cursor.execute(statement, params)
    cursor.execute(f"select {_MEASURED} from fresh_difference where wrong")
    keys: list[Key] = cursor.fetchall()
    for table in ("fresh_grouped", "fresh_met", "fresh_member", "fresh", "fresh_difference"):
        cursor.execute(f"drop table if exists {table}")
    return keys
