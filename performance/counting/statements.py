"""The SQL of counting one batch."""

from dataclasses import dataclass
from typing import Any

from performance.counting.lines import lines_sql
from performance.counting.masks import Masks
from performance.counting.members import KEYS, meetings_sql, met_sql, values_sql
from performance.counting.specs import Spec
from performance.counting.sums import grouped_sql, sums_sql
from performance.enums import DateBase, Measure

LOCK_LANES = """
select pg_advisory_xact_lock_shared(hashtextextended(%(every)s, 0)), (
  select count(pg_advisory_xact_lock(hashtextextended(lane, 0))) from unnest(%(lanes)s::text[]) lane)
"""
LOCK_ALL = "select pg_advisory_xact_lock(hashtextextended(%(every)s, 0))"

# Compiling costs more than these statements run; batches fit in memory.
SETTINGS = "select set_config('jit', 'off', true), set_config('work_mem', '128MB', true)"

# A crash of the database may take the last moments of counting back: the queue's rows are then back too, and are counted
# again. Whoever commits later and waits for the disk waits for what was counted before as well.
UNHURRIED = "select set_config('synchronous_commit', 'off', true)"

# The planner takes a new operator's codes, days and lines for a handful of rows and would compare each with each: from
# this many lines on, everything else is joined and grouped by hash.
MANY = 50
HASHES = "select set_config('enable_nestloop', 'off', true), set_config('enable_sort', 'off', true)"
ANY_WAY = "select set_config('enable_nestloop', 'on', true), set_config('enable_sort', 'on', true)"

# The lanes' locks keep other counters away, so the rows need none of their own.
CLAIM = """
with waiting as materialized (
  select id, sum(cardinality(credit_ids)) over (order by id) - cardinality(credit_ids) as before
  from performance_pendingchunk where operator_id = %(op)s and lane = any(%(lanes)s)),
taken as (delete from performance_pendingchunk
  where operator_id = %(op)s and id in (select id from waiting where before < %(limit)s)
  returning lane, received_at, credit_ids)
select lane, received_at, credit_ids from taken
"""

# What a batch looks up in large tables stands behind ``lateral ... offset 0``: one probe of the index per row, whatever
# the planner believes of a table that grew since it was analyzed.
_BATCH = """
select c.day, c.collected_day, c.partner_id, c.rep_id, c.product_id, c.customer_id, c.segment_id, c.territory_id,
  c.kind, c.source, c.engagement_model, c.contribution, c.attributes, c.amount, c.margin, c.quantity, c.sign, c.share
from unnest(%(ids)s::bigint[]) i(id) cross join lateral
  (select * from performance_credit k where k.operator_id = %(op)s and k.id = i.id offset 0) c
"""

CLOCK = """
insert into performance_laneclock (operator_id, lane, newest_received_at, counted_at)
select %(op)s, i.lane, max(i.received_at), clock_timestamp()
from unnest(%(lanes)s::int[], %(received)s::timestamptz[]) i(lane, received_at) group by i.lane order by i.lane
on conflict (operator_id, lane) do update set counted_at = excluded.counted_at,
  newest_received_at = greatest(performance_laneclock.newest_received_at, excluded.newest_received_at)
"""
_NO_DAY = "not exists (select 1 from performance_day d where d.operator_id = %(op)s and d.day = x.day)"

_MEMBERS = f"""
insert into performance_member (operator_id, {KEYS}, n)
select %(op)s, {KEYS}, n from delta order by {KEYS}
on conflict (operator_id, {KEYS}) do update set n = performance_member.n + excluded.n
returning {KEYS}, n
"""
_MEASUREMENTS = """
insert into performance_measurement
  (operator_id, kpi_id, period, partner_id, rep_id, value, weight, lines, updated_at)
select %(op)s, kpi_id, period, partner_id, rep_id, sum(value), sum(weight), sum(lines), clock_timestamp() from moved
group by kpi_id, period, partner_id, rep_id order by kpi_id, period, partner_id, rep_id
on conflict (operator_id, kpi_id, period, partner_id, rep_id) do update set
  value = performance_measurement.value + excluded.value, weight = performance_measurement.weight + excluded.weight,
  lines = performance_measurement.lines + excluded.lines, updated_at = excluded.updated_at
returning kpi_id, period, partner_id, rep_id
"""


@dataclass(frozen=True, slots=True)
class Counting:
    """How to count a batch for one group of KPIs.

    ``count`` (parameters ``op``, ``ids`` and ``anyway``) gives the keys of the measurements that it moved. While
    ``performance_day`` does not have the batch's days, nothing is counted, unless ``anyway``; the days are then given as
    keys that have nothing but a period.
    """

    count: str
    params: dict[str, Any]


_KEPT = 64
_ready: dict[str, Counting] = {}


def counting(specs: list[Spec]) -> Counting:
    """The statement of one group; those of the groups seen last are kept ready."""
    name = repr(specs)
    if name not in _ready:
        if len(_ready) >= _KEPT:
            _ready.clear()
        masks = Masks(specs)
        _ready[name] = Counting(count_sql(masks), masks.params)
    return _ready[name]


def count_sql(masks: Masks) -> str:
    """One statement: lines, their sums, whom they met, what that changes, and the new measurements."""
    specs = masks.specs
    distinct = [spec for spec in specs if spec.distinct]
    ready = "(%(anyway)s or not exists (select 1 from missing))"
    parts = [
        f"batch as materialized ({_BATCH})",
        f"missing as materialized ({_missing_sql(masks)})",
        f"lines as materialized ({lines_sql(masks, 'batch c', ready)})",
        f"grouped as materialized ({grouped_sql(specs, 'lines')})",
    ]
    moved = sums_sql(specs, "grouped")
    if distinct:
        parts += [
            f"met as materialized ({met_sql(distinct, 'lines')})",
            f"delta as materialized ({meetings_sql(distinct, 'met')})",
            f"noted as ({_MEMBERS})",
            f"changed as materialized ({_changed_sql(distinct)})",
        ]
        moved += " union all " + values_sql(distinct, "changed")
    parts += [f"moved as ({moved})", f"measured as ({_MEASUREMENTS})"]
    return f"""
with {", ".join(parts)}
select null::bigint as kpi_id, day::text as period, null::bigint as partner_id, null::bigint as rep_id from missing
union all select kpi_id, period, partner_id, rep_id from measured"""


def _missing_sql(masks: Masks) -> str:
    """Days that the batch needs and ``performance_day`` does not have."""
    days = ["select day from batch"]
    if any(spec.base == DateBase.COLLECTION for spec in masks.specs):
        days.append("select collected_day from batch where collected_day is not null")
    if masks.sinces:
        customer = "join catalog_customer u on u.operator_id = %(op)s and u.id = c.customer_id"
        days.append(f"select u.since from batch c {customer} where u.since is not null")
    return f"select day from (select distinct day from ({' union all '.join(days)}) every) x where {_NO_DAY}"


def _changed_sql(distinct: list[Spec]) -> str:
    """The members that the batch moves, with ``old`` and ``new``, and the others that decide together with them.

    Noting a member tells how often it was met by now; where others decide too, all are looked up as they were before.
    """
    by_measure = {
        measure: [spec.id for spec in distinct if spec.measure == measure]
        for measure in (Measure.DISTINCT_CUSTOMERS, Measure.CROSS_SELL, Measure.NEW_CUSTOMERS)
    }
    parts = []
    if ids := by_measure[Measure.DISTINCT_CUSTOMERS]:
        parts.append(f"""
select {_prefixed("d")}, m.n - d.n as old, m.n as new from delta d join noted m on {_same(KEYS)} where {_among(ids)}""")
    if ids := by_measure[Measure.CROSS_SELL]:
        parts.append(_neighbours("kpi_id, partner_id, rep_id, customer_id, period", ids))
    if ids := by_measure[Measure.NEW_CUSTOMERS]:
        parts.append(_neighbours("kpi_id, partner_id, rep_id, customer_id", ids))
    return " union all ".join(parts)


def _neighbours(keys: str, ids: list[int]) -> str:
    return f"""
select {KEYS}, sum(old)::int as old, sum(old + n)::int as new from (
  select {KEYS}, 0 as old, n from delta d where {_among(ids)} union all
  select {_prefixed("m")}, m.n, 0 from (select distinct {keys} from delta d where {_among(ids)} order by {keys}) d
  cross join lateral (
    select * from performance_member m where m.operator_id = %(op)s and {_same(keys)} offset 0) m) x group by {KEYS}"""


def _prefixed(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in KEYS.split(", "))


def _same(keys: str) -> str:
    return " and ".join(f"m.{name} = d.{name}" for name in keys.split(", "))


def _among(ids: list[int]) -> str:
    return f"d.kpi_id in ({', '.join(map(str, ids))})"
