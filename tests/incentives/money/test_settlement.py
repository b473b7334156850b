"""Settlement: frozen, recomputed, drafted, approved by a second person; what comes later is corrected by the next."""

from decimal import Decimal

import pytest

from common.errors import Conflict, Forbidden
from incentives.ledger import balances, check_ledger
from incentives.models import Accrual, FrozenAccrual, Hold, LedgerEntry, Payment, Statement, StatementLine
from incentives.settlement import advance_run, approve_run, open_run
from performance.models import Measurement
from tests.incentives.money.kit import (
    approve,
    back,
    feed,
    kpi,
    line,
    pay,
    publish,
    second_person,
    settle,
    settled,
    told,
    with_accounts,
)
from tests.kit.world import Tenant
from workflow.models import Setting

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def market(alpha: Tenant) -> Tenant:
    """p1 sold 1,500 and p2 700 in the first quarter; 10 % is paid, 20 % above 1,000 for gold."""
    with alpha.scope():
        alpha.partners["p1"].tier = "gold"
        alpha.partners["p1"].save()
        kpi()
        publish(alpha, "rebate", 'all: sales * by(tier, ["gold" -> 20%, else -> 10%])')
        with_accounts(alpha, "p1", "p2")
    feed(
        alpha,
        [
            line("a", "p1", "2013-01-10", "1000"),
            line("b", "p1", "2013-02-10", "500"),
            line("c", "p2", "2013-02-10", "700"),
        ],
    )
    return alpha


def consistent(tenant: Tenant) -> bool:
    with tenant.scope():
        report = check_ledger(tenant.system)
        assert report.problems == []
        assert sum(balances(tenant.system).values()) == 0
    return True


def test_a_quarter_from_accruals_to_money(market: Tenant) -> None:
    run = settle(market, "rebate", "2013-Q1")
    assert (run.state, run.total, run.differences) == ("statements", D(370), [])
    with market.scope():
        assert run.report["evaluated"] == 2
        assert not Payment.objects.exists()
        assert {s.state for s in Statement.objects.all()} == {"draft"}
    approve(market, run)
    with market.scope():
        assert told("p1", "2013-Q1") == [("earned", "rebate", D(300))]
        assert dict(Payment.objects.values_list("partner__code", "amount")) == {"p1": 30000, "p2": 7000}
        assert balances(market.system) == {("expense", "USD"): 37000, ("payable", "USD"): -37000}
        pay(market.system, list(Payment.objects.all()))
        run.refresh_from_db()
        assert run.state == "closed"
        assert balances(market.system)["paid", "USD"] == -37000
    assert consistent(market)


def test_late_lines_and_returns_are_corrected_by_the_next_statement(market: Tenant) -> None:
    settled(market, "rebate", "2013-Q1")
    with market.scope():
        market.partners["p1"].tier = ""
        market.partners["p1"].save()
    feed(
        market,
        [
            back("a-back", "a", "2013-03-30"),
            line("d", "p2", "2013-03-31", "100"),
            line("e", "p1", "2013-05-05", "2000"),
        ],
    )
    settled(market, "rebate", "2013-Q2")
    with market.scope():
        # The first quarter goes on at gold's 20 %, the second is judged as the partner is now.
        assert told("p1", "2013-Q2") == [("clawback", "rebate", D(-200)), ("earned", "rebate", D(200))]
        assert told("p2", "2013-Q2") == [("late", "rebate", D(10))]
        clawback = StatementLine.objects.get(kind="clawback")
        assert clawback.reason == "return"
        assert clawback.corrects is not None
        assert (clawback.corrects.period, clawback.corrects.amount) == ("2013-Q1", D(300))
        assert StatementLine.objects.get(kind="late").reason == "late"
    assert consistent(market)


def test_a_negative_balance_is_carried_and_then_earned_back(market: Tenant) -> None:
    settled(market, "rebate", "2013-Q1")
    feed(market, [back("a-back", "a", "2013-03-30"), line("d", "p2", "2013-05-01", "10")])
    settled(market, "rebate", "2013-Q2")
    with market.scope():
        statement = Statement.objects.get(partner__code="p1", period="2013-Q2")
        assert (statement.net, statement.closing) == (D(-200), D(-200))
        assert not Payment.objects.filter(statement=statement).exists()
    feed(market, [line("f", "p1", "2013-08-01", "3000")])
    settled(market, "rebate", "2013-Q3")
    with market.scope():
        statement = Statement.objects.get(partner__code="p1", period="2013-Q3")
        assert (statement.opening, statement.earned, statement.net) == (D(-200), D(600), D(400))
        assert Payment.objects.get(statement=statement).amount == 40000
    assert consistent(market)


def test_a_small_balance_rolls_on(market: Tenant) -> None:
    with market.scope():
        Setting.objects.create(key="settlement.minimum_payout", value=100)
    run = settled(market, "rebate", "2013-Q1")
    with market.scope():
        small = Statement.objects.get(partner__code="p2")
        assert (small.net, small.closing) == (D(70), D(70))
        assert run.report["excluded"] == {"balance_rolls_on": 1}
    feed(market, [line("f", "p2", "2013-04-01", "500")])
    settled(market, "rebate", "2013-Q2")
    with market.scope():
        assert Payment.objects.get(partner__code="p2").amount == 12000
    assert consistent(market)


def test_without_bank_data_the_balance_waits(market: Tenant) -> None:
    feed(market, [line("g", "p1sub", "2013-02-01", "100")])
    settled(market, "rebate", "2013-Q1")
    with market.scope():
        statement = Statement.objects.get(partner__code="p1sub")
        assert (statement.net, statement.closing) == (D(10), D(10))
        assert Hold.objects.get().reason == "bank_data_missing"
        with_accounts(market, "p1sub")
    feed(market, [line("h", "p1sub", "2013-04-01", "50")])
    settled(market, "rebate", "2013-Q2")
    with market.scope():
        assert Payment.objects.get(partner__code="p1sub").amount == 1500
    assert consistent(market)


def test_differences_stop_the_run_with_their_list(market: Tenant) -> None:
    with market.scope():
        Accrual.objects.filter(partner__code="p2", period="2013-Q1").update(amount=D(71), exact=D(71))
    run = settle(market, "rebate", "2013-Q1")
    assert run.state == "stopped"
    (found,) = run.differences
    assert (found["partner"], found["accrued"], found["recomputed"]) == ("p2", "71", "70")
    with market.scope():
        assert not Statement.objects.exists()


def test_a_wrong_measurement_stops_the_run(market: Tenant) -> None:
    with market.scope():
        Measurement.objects.filter(partner__code="p2", period="2013-Q1").update(value=D(800))
        Accrual.objects.filter(partner__code="p2", period="2013-Q1").update(amount=D(80), exact=D(80))
    run = settle(market, "rebate", "2013-Q1")
    assert run.state == "stopped"
    assert run.differences[0]["recomputed"] == "70"


def test_only_a_second_person_approves_and_only_the_exact_total(market: Tenant) -> None:
    finance = market.actors["channel_finance"]
    run = settle(market, "rebate", "2013-Q1", finance)
    other = second_person(market)
    with market.scope("channel_finance"):
        with pytest.raises(Conflict) as caught:
            approve_run(finance, run_id=run.pk, total=D(370))
        assert caught.value.code == "same_person"
        with pytest.raises(Conflict) as caught:
            approve_run(other, run_id=run.pk, total=D("370.01"))
        assert caught.value.code == "total_differs"
        assert not LedgerEntry.objects.exists()
        approve_run(other, run_id=run.pk, total=D("370.00"))
        with pytest.raises(Conflict) as caught:
            approve_run(other, run_id=run.pk, total=D(370))
        assert caught.value.code == "invalid_transition"
        assert LedgerEntry.objects.count() == 2
    with market.scope("pam"), pytest.raises(Forbidden):
        approve_run(market.actors["pam"], run_id=run.pk, total=D(370))


def test_settling_twice_is_one_run(market: Tenant) -> None:
    first = settle(market, "rebate", "2013-Q1")
    again = settle(market, "rebate", "2013-Q1")
    assert first.pk == again.pk
    approve(market, first)
    last = settle(market, "rebate", "2013-Q1")
    assert (last.pk, last.state) == (first.pk, "approved")
    with market.scope():
        assert Statement.objects.count() == 2
        assert LedgerEntry.objects.count() == 2


def test_one_run_of_a_group_at_a_time(market: Tenant) -> None:
    settle(market, "rebate", "2013-Q1")
    with market.scope():
        run = open_run(market.system, period="2013-Q2", group="rebate")
    with pytest.raises(Conflict) as caught:
        advance_run(market.system, run_id=run.pk)
    assert caught.value.code == "run_open"
    with market.scope():
        assert not FrozenAccrual.objects.filter(run=run).exists()
