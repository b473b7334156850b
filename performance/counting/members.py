"""Distinct counts: whom each beneficiary met, how often, and what a change of that does to the measurement."""

from collections.abc import Mapping

from performance.counting.lines import NOTHING, constants, keys_of, month_code, rows_of, serial, spread
from performance.counting.specs import Spec, by_shape, mask_of
from performance.enums import Beneficiary, Measure, PeriodKind

#: Columns of ``met_sql`` beside partner and mask.
MET = "unit, since, customer_id, family_id, rep_id, day, n"
KEYS = "kpi_id, partner_id, rep_id, customer_id, period, family_id"


def met_sql(specs: list[Spec], lines: str, same: Mapping[str, str] = NOTHING) -> str:
    """One row per partner, rep, period unit, customer, family and mask of the distinct KPIs ``specs``.

    ``same``: columns that are known to be the same in all lines, with their value.
    """
    reps = any(spec.beneficiary == Beneficiary.REP for spec in specs)
    keys = keys_of(f"partner_id, unit, since, customer_id, family_id{', rep_id' if reps else ''}", same)
    bits = mask_of(specs)
    return f"""
select {keys}{constants(same)}{"" if reps else ", null::bigint as rep_id"}, mask & {bits} as mask, min(day) as day, sum(sign)::int as n
from {lines} l where mask & {bits} <> 0 and customer_id is not null
group by {keys}, mask & {bits}"""


def meetings_sql(specs: list[Spec], met: str) -> str:
    """Members (``KEYS``, n) of these KPIs out of ``met``; rep and family are 0 where they do not tell rows apart.

    New customers are met by month where the KPI has rolling periods, in the KPI's period elsewhere.
    """
    parts = []
    for (period, months, beneficiary), shaped in by_shape(specs).items():
        new = [spec for spec in shaped if spec.measure == Measure.NEW_CUSTOMERS]
        others = [spec for spec in shaped if spec.measure != Measure.NEW_CUSTOMERS]
        if period != PeriodKind.ROLLING or not new:
            parts.append(_meetings((period, months, beneficiary), shaped, met))
            continue
        parts.append(_meetings((PeriodKind.MONTH, 0, beneficiary), new, met))
        if others:
            parts.append(_meetings((period, months, beneficiary), others, met))
    return " union all ".join(parts)


def _meetings(shape: tuple[str, int, str], specs: list[Spec], met: str) -> str:
    way = spread(shape, specs)
    cross = f"'{Measure.CROSS_SELL.value}'"
    family = f"case when k.measure = {cross} then l.family_id else 0 end"
    return f"""
select k.id as kpi_id, {way.partner} as partner_id, coalesce({way.rep}, 0) as rep_id, l.customer_id,
  {way.period} as period, {family} as family_id, sum(l.n)::int as n
from {met} l {way.joins} join {rows_of(specs)} on {way.mask} & k.bit <> 0
where {way.condition} and (k.measure <> {cross} or l.family_id is not null)
group by 1, 2, 3, 4, 5, 6 having sum(l.n) <> 0"""


def values_sql(specs: list[Spec], rows: str) -> str:
    """What members add to measurements. ``rows`` has ``KEYS``, ``old`` and ``new`` (how often met before and after).

    Columns as ``sums.sums_sql``; ``lines`` is 0. Recomputing passes 0 as every ``old``.
    """
    parts = []
    plain = [s.id for s in specs if s.measure == Measure.DISTINCT_CUSTOMERS]
    cross = [s.id for s in specs if s.measure == Measure.CROSS_SELL]
    if plain:
        parts.append(_plain(rows, plain))
    if cross:
        parts.append(_cross(rows, cross))
    for (period, months, _), shaped in by_shape(
        [s for s in specs if s.measure == Measure.NEW_CUSTOMERS]
    ).items():
        parts.append(_new(rows, [s.id for s in shaped], months if period == PeriodKind.ROLLING else 0))
    return " union all ".join(parts)


def _among(ids: list[int]) -> str:
    return f"kpi_id in ({', '.join(map(str, ids))})"


_SUMMED = "sum(value)::numeric as value, sum(weight)::numeric as weight, 0::bigint as lines"


def _plain(rows: str, ids: list[int]) -> str:
    return f"""
select kpi_id, period, partner_id, nullif(rep_id, 0) as rep_id, sum((new > 0)::int - (old > 0)::int)::numeric as value,
  0::numeric as weight, 0::bigint as lines
from {rows} r where {_among(ids)} group by 1, 2, 3, 4"""


def _cross(rows: str, ids: list[int]) -> str:
    return f"""
select kpi_id, period, partner_id, nullif(rep_id, 0) as rep_id, {_SUMMED} from (
  select kpi_id, period, partner_id, rep_id, sum((new > 0)::int - (old > 0)::int) as value,
    max((new > 0)::int) - max((old > 0)::int) as weight
  from {rows} r where {_among(ids)} group by kpi_id, period, partner_id, rep_id, customer_id) x group by 1, 2, 3, 4"""


def _new(rows: str, ids: list[int], months: int) -> str:
    """A customer counts in the first period in which it was met more often than taken back."""
    period, windows = "x.period", ""
    if months:
        windows = f" cross join lateral (select {serial('x.period')} + g as last from generate_series(0, {months - 1}) g) w"
        period = f"('R{months}-' || {month_code('w.last')})"
    return f"""
select kpi_id, {period} as period, partner_id, nullif(rep_id, 0) as rep_id, {_SUMMED} from (
  select kpi_id, partner_id, rep_id, v.period, v.value, 0 as weight from (
    select kpi_id, partner_id, rep_id, min(period collate "C") filter (where new > 0) as first,
      min(period collate "C") filter (where old > 0) as before
    from {rows} r where {_among(ids)} group by kpi_id, partner_id, rep_id, customer_id) f
  cross join lateral (values (f.first, 1), (f.before, -1)) v(period, value)
  where v.period is not null and f.first is distinct from f.before) x{windows}
group by 1, 2, 3, 4"""
