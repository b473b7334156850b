"""Counting in batches against an oracle in plain Python."""

from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Customer
from common.periods import period_of
from performance.counting import statements, whole
from performance.counting.audit import audit_measurements
from performance.counting.recompute import recompute, span_of
from performance.counting.service import count_pending
from performance.counting.specs import groups
from performance.models import Day, Kpi, Measurement, Member, PendingChunk
from tests.kit.oracle import Found, measure
from tests.performance.counting import strategies
from tests.performance.counting.market import Market, make_credit, make_kpi, make_market, queue

#: Holes between ids, and periods: as they are, and so that nothing is reached by index or compared.
WAYS = [(whole._HOLES, whole._COMPARED), (-(10**9), 0)]
CALENDARS = [("gregorian", 1), ("gregorian", 7), ("jalali", 1), ("hijri", 4)]


@pytest.fixture(params=CALENDARS, ids=lambda each: f"{each[0]}-{each[1]}")
def market(request: pytest.FixtureRequest, db: Any) -> Market:
    return make_market("market", *request.param)


def measured() -> Found:
    rows = Measurement.objects.all()
    found = {
        (row.kpi_id, row.period, row.partner_id, row.rep_id): (row.value, row.weight, row.lines)
        for row in rows
    }
    return {key: numbers for key, numbers in found.items() if any(numbers)}


def expected(market: Market, kpis: list[Kpi], credits: list[Any]) -> Found:
    found: Found = {}
    for kpi in kpis:
        found |= measure(market.facts, kpi, credits)
    return found


def count_all(market: Market) -> int:
    lanes = set(PendingChunk.objects.values_list("lane", flat=True))
    return sum(count_pending(market.actor, lane).lines for lane in lanes)


def count_a_part_anew(market: Market, kpis: list[Kpi], day: date) -> None:
    """Lose what belongs to a quarter, and count the quarter."""
    operator = market.actor.operator
    quarter = period_of(day, "quarter", operator.days, operator.fiscal_start_month)
    specs = next(groups(kpis))
    Measurement.objects.filter(period__in=span_of(specs, quarter).measured).delete()
    recompute(market.actor, kpis, period=quarter)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_kpis_any_lines_in_any_batches(market: Market, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(strategies.kpis(), min_size=1, max_size=8))
    lines = data.draw(st.lists(strategies.credits(market), min_size=1, max_size=25))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(lines)), max_size=3)))
    with market.scope():
        kpis = [make_kpi(f"k{number}", **fields) for number, fields in enumerate(drawn)]
        credits = [make_credit(market, **fields) for fields in lines]
        for start, end in zip([0, *cuts], [*cuts, len(credits)], strict=True):
            queue(market, credits[start:end])
            # As a few lines are counted, and as many are.
            with patch.object(statements, "MANY", data.draw(st.sampled_from([1, 50]))):
                assert count_all(market) == end - start
            assert measured() == expected(market, kpis, credits[:end])
        report = audit_measurements(market.actor)
        assert (report.differences, report.examples) == (0, [])
        assert report.compared >= len(measured())
        assert recompute(market.actor, kpis) == []
        for holes, compared in WAYS:
            with patch.multiple(whole, _HOLES=holes, _COMPARED=compared):
                Measurement.objects.all().delete()
                Member.objects.all().delete()
                assert len(recompute(market.actor, kpis)) == len(measured())
                assert measured() == expected(market, kpis, credits)
                count_a_part_anew(market, kpis, data.draw(st.sampled_from(credits)).day)
                assert measured() == expected(market, kpis, credits)
        transaction.set_rollback(True)  # credits are for ever; the next example wants an empty market


@pytest.mark.parametrize("way", WAYS, ids=["by index", "by join"])
def test_places_of_lines_and_of_customers(market: Market, way: tuple[int, int]) -> None:
    """Every customer with every segment and territory that a line may name itself, in one quarter."""
    filters: list[dict[str, Any]] = [
        {},
        {"segments": ["sme"]},
        {"territories": ["province"]},
        {"new_customer": True},
        {"new_customer": False, "segments": ["large"]},
        {"new_customer": True, "territories": ["city"]},
    ]
    facts = market.facts
    with market.scope():
        kpis = [make_kpi(f"k{number}", filters=each) for number, each in enumerate(filters)]
        lines = product([*facts.customers, None], [*facts.segments, None], [*facts.territories, None])
        credits = [
            make_credit(
                market, customer_id=customer, segment_id=segment, territory_id=territory, amount=Decimal(2**n)
            )
            for n, (customer, segment, territory) in enumerate(lines)
        ]
        queue(market, credits)
        count_all(market)
        with patch.multiple(whole, _HOLES=way[0], _COMPARED=way[1]):
            Measurement.objects.all().delete()
            count_a_part_anew(market, kpis, credits[0].day)
        found = expected(market, kpis, credits)
        assert len(found) == len(filters)
        assert measured() == found


@pytest.mark.parametrize("many", [1, 50])
def test_days_that_the_calendar_does_not_reach(market: Market, many: int) -> None:
    """A customer may be known since before the calendar's first year; the batch's other days are added all the same."""
    facts = market.facts
    with market.scope():
        old = next(iter(facts.customers))
        Customer.objects.filter(pk=old).update(since=date(1, 1, 1))
        facts.customers[old] = (*facts.customers[old][:2], date(1, 1, 1))
        kpis = [
            make_kpi("new", filters={"new_customer": True}),
            make_kpi("old", filters={"new_customer": False}),
        ]
        credits = [
            make_credit(market, customer_id=pk, day=date(2024, 2, n + 1))
            for n, pk in enumerate(facts.customers)
        ]
        assert not Day.objects.exists()
        queue(market, credits)
        with patch.object(statements, "MANY", many):
            assert count_all(market) == len(credits)
            assert measured() == expected(market, kpis, credits)
            assert Day.objects.filter(day=credits[0].day).exists()
            queue(market, [make_credit(market, customer_id=old)])
            assert count_all(market) == 1
        assert audit_measurements(market.actor).differences == 0
