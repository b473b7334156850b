"""What the engine must find, in plain Python: one line after the other, one KPI after the other."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from common.calendars import Calendar
from common.periods import Period, period_of, periods_of

Key = tuple[int, str, int, int | None]
Found = dict[Key, tuple[Decimal, Decimal, int]]


@dataclass
class Facts:
    """What is known about the things that lines name, by id."""

    calendar: Calendar
    fiscal_start: int = 1
    #: code, family id, family code, layer
    products: dict[int, tuple[str, int, str, str]] = field(default_factory=dict)
    #: segment id, territory id, since
    customers: dict[int, tuple[int | None, int | None, date | None]] = field(default_factory=dict)
    segments: dict[int, str] = field(default_factory=dict)
    #: codes from the root to the territory
    territories: dict[int, list[str]] = field(default_factory=dict)
    roles: dict[int, list[str]] = field(default_factory=dict)
    #: the partner itself and everybody above
    ancestors: dict[int, list[int]] = field(default_factory=dict)


def measure(facts: Facts, kpi: Any, credits: Iterable[Any]) -> Found:
    """Every measurement of ``kpi`` that is not nothing: value, weight, number of lines."""
    values: dict[Key, Decimal] = defaultdict(Decimal)
    weights: dict[Key, Decimal] = defaultdict(Decimal)
    lines: dict[Key, int] = defaultdict(int)
    meetings: dict[tuple[Key, int, int], int] = defaultdict(int)
    for credit in credits:
        day = credit.day if kpi.base == "invoice" else credit.collected_day
        if day is None or not matches(facts, kpi.filters, credit):
            continue
        for period in periods_of(day, kpi.period, facts.calendar, facts.fiscal_start, kpi.rolling_months):
            if not newness_fits(facts, kpi.filters, credit, period):
                continue
            for partner, rep in beneficiaries(facts, kpi.beneficiary, credit):
                key = (kpi.pk, period.code, partner, rep)
                lines[key] += credit.sign
                if kpi.measure == "sum_amount":
                    values[key] += credit.amount
                elif kpi.measure == "sum_margin":
                    values[key] += credit.margin or 0
                elif kpi.measure == "sum_quantity":
                    values[key] += credit.quantity
                elif kpi.measure == "count":
                    values[key] += credit.sign
                elif kpi.measure == "average_score":
                    values[key] += credit.amount
                    weights[key] += credit.sign * credit.share
                elif kpi.measure == "distinct_customers" and credit.customer_id:
                    meetings[key, credit.customer_id, 0] += credit.sign
                elif kpi.measure == "cross_sell" and credit.customer_id and credit.product_id:
                    family = facts.products[credit.product_id][1]
                    meetings[key, credit.customer_id, family] += credit.sign
    if kpi.measure == "new_customers":
        values = new_customers(facts, kpi, credits)
    met: dict[Key, set[int]] = defaultdict(set)
    for (key, customer, _family), times in meetings.items():
        if times > 0:
            values[key] += 1
            met[key].add(customer)
    if kpi.measure == "cross_sell":
        weights = defaultdict(Decimal, {key: Decimal(len(customers)) for key, customers in met.items()})
    keys = {*values, *weights, *lines}
    found = {key: (values[key], weights[key], lines[key]) for key in keys}
    return {key: numbers for key, numbers in found.items() if any(numbers)}


def new_customers(facts: Facts, kpi: Any, credits: Iterable[Any]) -> dict[Key, Decimal]:
    """Each customer once, in the first period (of a rolling KPI: month) in which it bought more than it gave back."""
    kind: Any = "month" if kpi.period == "rolling" else kpi.period
    times: dict[tuple[int, int | None, int], dict[Period, int]] = defaultdict(lambda: defaultdict(int))
    for credit in credits:
        day = credit.day if kpi.base == "invoice" else credit.collected_day
        if day is None or not credit.customer_id or not matches(facts, kpi.filters, credit):
            continue
        period = period_of(day, kind, facts.calendar, facts.fiscal_start)
        for partner, rep in beneficiaries(facts, kpi.beneficiary, credit):
            times[partner, rep, credit.customer_id][period] += credit.sign
    values: dict[Key, Decimal] = defaultdict(Decimal)
    for (partner, rep, _customer), periods in times.items():
        bought = sorted(period for period, n in periods.items() if n > 0)
        if bought:
            counted = (
                periods_of(bought[0].start, "rolling", facts.calendar, facts.fiscal_start, kpi.rolling_months)
                if kpi.period == "rolling"
                else (bought[0],)
            )
            for period in counted:
                values[kpi.pk, period.code, partner, rep] += 1
    return values


def beneficiaries(facts: Facts, kind: str, credit: Any) -> list[tuple[int, int | None]]:
    if kind == "tree":
        return [(partner, None) for partner in facts.ancestors[credit.partner_id]]
    if kind == "rep":
        return [(credit.partner_id, credit.rep_id)] if credit.rep_id else []
    return [(credit.partner_id, None)]


def matches(facts: Facts, filters: Mapping[str, Any], credit: Any) -> bool:
    """Whether the line passes every filter but the one on new customers."""
    product = facts.products.get(credit.product_id, ("", 0, "", ""))
    customer = facts.customers.get(credit.customer_id, (None, None, None))
    segment = facts.segments.get(credit.segment_id or customer[0] or 0, "")
    territory = facts.territories.get(credit.territory_id or customer[1] or 0, [])
    tests: dict[str, Callable[[Any], Any]] = {
        "kinds": lambda wanted: credit.kind in wanted,
        "sources": lambda wanted: credit.source in wanted,
        "products": lambda wanted: product[0] in wanted,
        "families": lambda wanted: product[2] in wanted,
        "layers": lambda wanted: product[3] in wanted,
        "segments": lambda wanted: segment in wanted,
        "territories": lambda wanted: set(territory) & set(wanted),
        "engagement_models": lambda wanted: credit.engagement_model in wanted,
        "contributions": lambda wanted: credit.contribution in wanted,
        "roles": lambda wanted: set(facts.roles[credit.partner_id]) & set(wanted),
        "attributes": lambda wanted: all(
            (credit.attributes or {}).get(name) == value for name, value in wanted.items()
        ),
        "new_customer": lambda wanted: True,
    }
    return all(tests[name](wanted) for name, wanted in filters.items())


def newness_fits(facts: Facts, filters: Mapping[str, Any], credit: Any, period: Period) -> bool:
    wanted = filters.get("new_customer")
    if wanted is None:
        return True
    since = facts.customers.get(credit.customer_id, (None, None, None))[2]
    return bool((since is not None and period.contains(since)) == wanted)
