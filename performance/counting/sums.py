"""Sums, counts and averages: lines are summed once per beneficiary, period and mask, then handed to the KPIs."""

from collections.abc import Mapping

from performance.counting.lines import NOTHING, constants, keys_of, rows_of, spread
from performance.counting.specs import Spec, by_shape, mask_of
from performance.enums import Beneficiary, Measure

#: Columns of ``grouped_sql`` beside partner and mask.
GROUPED = "unit, since, rep_id, day, lines, shares, amount, margin, quantity"
_VALUES = {
    Measure.SUM_AMOUNT: "amount",
    Measure.SUM_MARGIN: "margin",
    Measure.SUM_QUANTITY: "quantity",
    Measure.COUNT: "lines",
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
    joins, condition, period, partner, rep = spread(shape)
    cases = " ".join(f"when '{measure.value}' then l.{column}" for measure, column in _VALUES.items())
    return f"""
select k.id as kpi_id, {period} as period, {partner} as partner_id, {rep} as rep_id,
  coalesce(sum(case k.measure {cases} else 0 end), 0) as value,
  coalesce(sum(case k.measure when '{Measure.AVERAGE_SCORE.value}' then l.shares else 0 end), 0) as weight,
  sum(l.lines) as lines
from {grouped} l join {rows_of(specs)} on l.mask & k.bit <> 0 {joins}
where {condition} group by 1, 2, 3, 4"""
