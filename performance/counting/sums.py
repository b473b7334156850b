"""Sums, counts and averages: lines are summed once per beneficiary, period and mask, then handed to the KPIs."""

from collections.abc import Mapping

from performance.counting.lines import NOTHING, constants, keys_of, spread
from performance.counting.specs import Spec, by_shape, mask_of
from performance.enums import Beneficiary, Measure

#: Columns of ``grouped_sql`` beside partner and mask.
GROUPED = "unit, since, rep_id, day, lines, shares, amount, margin, quantity"
_VALUES = {
    Measure.SUM_AMOUNT: "amount",
    Measure.SUM_MARGIN: "margin",
    Measure.SUM_QUANTITY: "quantity",
    Measure.AVERAGE_SCORE: "amount",
}


def grouped_sql(specs: list[Spec], lines: str, same: Mapping[str, str] = NOTHING) -> str:
    """One row per partner, rep, period unit and mask. ``lines`` is a table or a select in brackets.

    ``same``: columns that are known to be the same in all lines, with their value.
    """
    sums = {name: _sum(name, specs) for name in ("amount", "margin", "quantity")}
    scored = mask_of(spec for spec in specs if spec.measure == Measure.AVERAGE_SCORE)
    shares = f"sum(sign * share) filter (where mask & {scored} <> 0)" if scored else "null::numeric"
    reps = any(spec.beneficiary == Beneficiary.REP for spec in specs)
    keys = keys_of(f"partner_id, unit, since, mask{', rep_id' if reps else ''}", same)
    return f"""
select {keys}{constants(same)}{"" if reps else ", null::bigint as rep_id"}, min(day) as day, sum(sign)::int as lines, {shares} as shares,
  {", ".join(f"{expression} as {name}" for name, expression in sums.items())}
from {lines} l group by {keys}"""


def _sum(column: str, specs: list[Spec]) -> str:
    """The sum of a column over the lines that a KPI wants it of: adding exact numbers is the dearest part."""
    wanted = mask_of(spec for spec in specs if _VALUES.get(spec.measure) == column)
    return f"sum({column}) filter (where mask & {wanted} <> 0)" if wanted else "null::numeric"


def sums_sql(specs: list[Spec], grouped: str) -> str:
    """Measurements of these KPIs out of ``grouped``; distinct counts with value 0, for their number of lines.

    Columns: kpi_id, period, partner_id, rep_id, value, weight, lines.
    """
    return " union all ".join(
        _shape_sql(shape, members, grouped) for shape, members in by_shape(specs).items()
    )


def _shape_sql(shape: tuple[str, int, str], specs: list[Spec], grouped: str) -> str:
    """Rows are summed once for all KPIs of the shape, each in columns of its own; these then become rows."""
    way = spread(shape, specs)
    sums, rows = [], []
    for number, spec in enumerate(specs):
        mine = f"filter (where {way.mask} & {spec.bit} <> 0)"
        # Null where no line matches the KPI: no row then.
        sums.append(f"sum(l.lines) {mine} as lines{number}")
        value = weight = "0::numeric"
        if spec.measure == Measure.COUNT:
            value = f"s.lines{number}::numeric"
        elif column := _VALUES.get(spec.measure):
            sums.append(f"sum(l.{column}) {mine} as value{number}")
            value = f"coalesce(s.value{number}, 0)"
        if spec.measure == Measure.AVERAGE_SCORE:
            sums.append(f"sum(l.shares) {mine} as weight{number}")
            weight = f"coalesce(s.weight{number}, 0)"
        rows.append(f"({spec.id}::bigint, {value}, {weight}, s.lines{number})")
    return f"""
select k.id as kpi_id, s.period, s.partner_id, s.rep_id, k.value, k.weight, k.lines
from (
  select {way.period} as period, {way.partner} as partner_id, {way.rep} as rep_id, {", ".join(sums)}
  from {grouped} l {way.joins} where {way.condition} group by 1, 2, 3) s
cross join lateral (values {", ".join(rows)}) k(id, value, weight, lines)
where k.lines is not null"""
