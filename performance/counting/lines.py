"""The common ground of every counting statement: lines with their mask, spread over beneficiaries and periods."""

from collections.abc import Mapping
from dataclasses import dataclass

from performance.counting.masks import Masks
from performance.counting.specs import Spec, mask_of
from performance.enums import Beneficiary, DateBase, Measure, PeriodKind

#: The periods that the customer is known since.
_KNOWN = "left join performance_day sd on sd.operator_id = %(op)s and sd.day = cu.since"
_FINEST = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF, PeriodKind.YEAR)


NOTHING: Mapping[str, str] = {}


def keys_of(columns: str, same: Mapping[str, str]) -> str:
    """The columns to group by: what is the same everywhere tells nothing apart."""
    return ", ".join(name for name in columns.split(", ") if name not in same)


def constants(same: Mapping[str, str]) -> str:
    """What is the same everywhere, to be selected beside keys."""
    return "".join(f", {value} as {name}" for name, value in same.items())


def unit_of(specs: list[Spec]) -> str:
    """The longest period (a column of ``performance_day``) that no KPI needs to look into."""
    kinds = {PeriodKind.MONTH if spec.period == PeriodKind.ROLLING else spec.period for spec in specs}
    return min(kinds, key=_FINEST.index).value


def lines_sql(masks: Masks, source: str, where: str = "true") -> str:
    """A select over ``source`` (which names credits ``c``): one row per line and date that counts.

    Columns: partner_id, rep_id, customer_id, family_id, unit, since, day, amount, margin, quantity, sign, share, mask.
    """
    specs = masks.specs
    family = masks.family if any(s.measure == Measure.CROSS_SELL for s in specs) else "null::bigint"
    rolling = any(map(by_window, specs))
    # A key of every group: only where windows need it.
    since = "sd.month" if rolling else "null::varchar"
    known = [_KNOWN] if masks.sinces else []
    dates, day, bits = _dates(masks)
    return f"""
select c.partner_id, c.rep_id, c.customer_id, {family} as family_id, d.{unit_of(specs)} as unit, {since} as since, d.day,
  c.amount, c.margin, c.quantity, c.sign, c.share, {masks.expression}{bits} as mask
from {source} {dates} {masks.calendar.format(day=day)}
{" ".join([*masks.joins, *known])}
where {where}"""


def _dates(masks: Masks) -> tuple[str, str, str]:
    """Join, expression of the day, and what the mask is cut down to: invoices count on one day, collections on another."""
    collected = mask_of(spec for spec in masks.specs if spec.base == DateBase.COLLECTION)
    invoiced = masks.all & ~collected
    if not collected:
        return "", "c.day", ""
    if not invoiced:
        return "", "c.collected_day", ""
    values = f"(values (c.day, {invoiced}::bigint), (c.collected_day, {collected}::bigint)) b(day, bits)"
    return f"cross join lateral {values}", "b.day", " & b.bits"


def rows_of(specs: list[Spec]) -> str:
    """KPIs as a table ``k``: id, bit, measure."""
    rows = ", ".join(f"({spec.id}::bigint, {spec.bit}::bigint, '{spec.measure.value}')" for spec in specs)
    return f"(values {rows}) k(id, bit, measure)"


def by_window(spec: Spec) -> bool:
    """Whether each rolling period has customers of its own that are new."""
    return spec.period == PeriodKind.ROLLING and "new_customer" in spec.filters


def serial(month: str) -> str:
    """The number of a month such as ``2013-05``, counted from year 0."""
    return f"(left({month}, 4)::int * 12 + right({month}, 2)::int - 1)"


def month_code(number: str) -> str:
    return f"(lpad(({number} / 12)::text, 4, '0') || '-' || lpad((mod({number}, 12) + 1)::text, 2, '0'))"


@dataclass(frozen=True, slots=True)
class Spread:
    """How rows ``l`` reach measurements: joins, a condition, and the expressions of what they then are."""

    joins: str
    condition: str
    mask: str
    period: str
    partner: str
    rep: str


def spread(shape: tuple[str, int, str], specs: list[Spec]) -> Spread:
    """How rows ``l`` (with day, unit, since, partner_id, rep_id, mask) reach measurements of ``specs``, all of this shape.

    A line is in ``months`` rolling periods; a customer is new in those that hold the month it is known since.
    """
    period, months, beneficiary = shape
    joins, condition = "join performance_day p on p.operator_id = %(op)s and p.day = l.day", "true"
    mask, code, partner, rep = "l.mask", f"p.{period}", "l.partner_id", "null::bigint"
    if period == PeriodKind.ROLLING:
        window = f"select {serial('p.month')} + g as last from generate_series(0, {months - 1}) g"
        if any(map(by_window, specs)):
            # Worked out once per row, not once for each KPI that looks at it.
            window = f"select x.last, {_mask_in_window(specs, months)} as mask from ({window}) x offset 0"
            mask = "w.mask"
        joins += f" cross join lateral ({window}) w"
        code = f"('R{months}-' || {month_code('w.last')})"
    if beneficiary == Beneficiary.TREE:
        joins += " join partners_partnerlink a on a.operator_id = %(op)s and a.descendant_id = l.partner_id"
        partner = "a.ancestor_id"
    elif beneficiary == Beneficiary.REP:
        rep, condition = "l.rep_id", "l.rep_id is not null"
    return Spread(joins, f"{condition} and {mask} & {mask_of(specs)} <> 0", mask, code, partner, rep)


def _mask_in_window(specs: list[Spec], months: int) -> str:
    """What is left of a row's mask in the window that ends with the month ``x.last``."""
    asking = [spec for spec in specs if by_window(spec)]
    new = mask_of(spec for spec in asking if spec.filters["new_customer"])
    old = mask_of(asking) & ~new
    since = serial("l.since")
    inside = f"coalesce({since} > x.last - {months} and {since} <= x.last, false)"
    return f"l.mask & case when {inside} then {~old}::bigint else {~new}::bigint end"
