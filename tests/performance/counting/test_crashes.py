"""Whatever dies and whoever meets: every credit is counted once."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from performance.counting.audit import audit_measurements
from performance.counting.service import Counted, count_pending
from performance.models import Measurement, Member, PendingChunk
from tenancy.access import scope_of
from tenancy.models import OutboxEvent
from tests.performance.counting.market import Market, make_credit, make_kpi, make_market, queue

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
LINES = 40


@pytest.fixture
def market() -> Market:
    made = make_market("crash")
    with made.scope():
        make_kpi("sales")
        make_kpi("customers", measure="distinct_customers")
        customers = list(made.facts.customers)
        for start in range(0, LINES, 5):
            queue(made, [make_credit(made, customer_id=customers[n % 6]) for n in range(start, start + 5)])
    return made


def lane_of(market: Market) -> int:
    with market.scope():
        return int(PendingChunk.objects.values_list("lane", flat=True).distinct().get())


def found(market: Market) -> dict[str, Decimal]:
    with market.scope():
        return {row.kpi.code: row.value for row in Measurement.objects.select_related("kpi")}


def check_all_counted(market: Market) -> None:
    assert found(market) == {"sales": LINES * 100, "customers": 6}
    with market.scope():
        assert not PendingChunk.objects.exists()
        assert Member.objects.count() == 6
        assert audit_measurements(market.actor).differences == 0


def test_an_error_after_counting_takes_everything_back(market: Market) -> None:
    lane = lane_of(market)
    with pytest.raises(RuntimeError, match="died"), scope_of(market.actor):
        assert count_pending(market.actor, lane).lines == LINES
        raise RuntimeError("died")
    assert found(market) == {}
    with market.scope():
        assert PendingChunk.objects.count() == LINES // 5
        assert not OutboxEvent.objects.filter(topic="measurements.changed").exists()
    assert count_pending(market.actor, lane).lines == LINES
    check_all_counted(market)


def test_a_killed_backend_loses_nothing(market: Market) -> None:
    lane = lane_of(market)
    assert count_pending(market.actor, lane, limit_lines=10).lines == 10
    with pytest.raises(DatabaseError), scope_of(market.actor):
        count_pending(market.actor, lane, limit_lines=15)
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            victim = cursor.fetchone()[0]
        with connections["owner"].cursor() as cursor:
            cursor.execute("select pg_terminate_backend(%s, 5000)", [victim])
        Measurement.objects.count()
    connection.close()
    assert found(market)["sales"] == 1000
    while count_pending(market.actor, lane, limit_lines=15).lines:
        continue
    check_all_counted(market)


def test_two_counters_of_one_lane(market: Market) -> None:
    lane, counted = lane_of(market), []

    def work() -> None:
        try:
            done = Counted(1)
            while done.lines:
                done = count_pending(market.actor, lane, limit_lines=5)
                counted.append(done.lines)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(counted) == LINES
    check_all_counted(market)


def test_counting_names_what_it_moved(market: Market) -> None:
    lane = lane_of(market)
    done = count_pending(market.actor, lane)
    with market.scope():
        payload: dict[str, Any] = OutboxEvent.objects.get(topic="measurements.changed").payload
        assert sorted(payload["keys"]) == sorted(list(key) for key in done.keys)
        assert len(payload["credit_ids"]) == LINES
