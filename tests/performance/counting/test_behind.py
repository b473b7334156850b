"""The credits behind a measurement come to that measurement, whatever the KPI and the lines."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from performance.counting.behind import credits_behind
from performance.counting.service import count_pending
from performance.enums import Measure
from performance.models import Measurement, PendingChunk
from performance.selectors import value_of
from tests.performance.counting import strategies
from tests.performance.counting.market import Market, make_credit, make_kpi, make_market, queue

#: Both sides divide averages, each with its own number of digits.
CLOSE = Decimal("1e-12")


@pytest.fixture(params=[("gregorian", 7), ("jalali", 1)], ids=lambda each: f"{each[0]}-{each[1]}")
def market(request: pytest.FixtureRequest, db: Any) -> Market:
    return make_market("market", *request.param)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_lines_behind_come_to_the_measurement(market: Market, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(strategies.kpis(), min_size=1, max_size=6))
    lines = data.draw(st.lists(strategies.credits(market), min_size=1, max_size=20))
    with market.scope():
        for number, fields in enumerate(drawn):
            make_kpi(f"k{number}", **fields)
        queue(market, [make_credit(market, **fields) for fields in lines])
        for lane in set(PendingChunk.objects.values_list("lane", flat=True)):
            count_pending(market.actor, lane)
        for row in Measurement.objects.select_related("kpi"):
            behind = credits_behind(market.actor, row.kpi, row.period, row.partner_id, row.rep_id)
            if row.kpi.measure == Measure.NEW_CUSTOMERS:
                assert behind.total is None
            else:
                assert behind.total is not None
                assert abs(behind.total - value_of(row)) < CLOSE
            assert sum(credit.sign for credit in behind.credits) == row.lines
            assert behind.count == len(behind.credits)
        transaction.set_rollback(True)  # credits are for ever; the next example wants an empty market
