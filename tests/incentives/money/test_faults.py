"""Killed anywhere, or asked by everybody at once: a settlement happens once."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from common.errors import Conflict
from incentives.ledger import check_ledger
from incentives.models import (
    Accrual,
    BankAccount,
    FrozenAccrual,
    LedgerEntry,
    Payment,
    SettlementRun,
    Statement,
    StatementLine,
)
from incentives.settlement import advance_run, approve_run, open_run
from incentives.settlement import drafts as drafting
from partners.models import Partner
from partners.tree import relink
from tests.incentives.money.kit import feed, kpi, line, publish, settle
from tests.kit.world import Tenant, make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
#: ``PAYDAY_PARTNERS=10000 pytest -s -k killed_at`` for the size of a large operator.
PARTNERS, THREADS = int(os.environ.get("PAYDAY_PARTNERS", "300")), 50


@pytest.fixture
def market(transactional_db: Any) -> Tenant:
    """``PARTNERS`` partners with one sale each, committed."""
    tenant = make_tenant("alpha")
    with tenant.scope():
        made = Partner.objects.bulk_create([Partner(code=f"m{n}", name=f"M{n}") for n in range(PARTNERS)])
        relink([partner.pk for partner in made])
        BankAccount.objects.bulk_create(
            BankAccount(partner=each, holder=each.code, iban=each.code, state="active") for each in made
        )
        kpi()
        publish(tenant, "rebate", "all: sales * 10%")
    feed(tenant, [line(f"l{n}", f"m{n}", "2013-01-10", str(100 + n)) for n in range(PARTNERS)])
    return tenant


def expected() -> Decimal:
    return sum((Decimal(100 + n) / 10 for n in range(PARTNERS)), Decimal(0))


def kill_at(tenant: Tenant, run: SettlementRun, point: int) -> "subprocess.CompletedProcess[bytes]":
    """Settle in another process that kills itself at its ``point``-th question to the database."""
    known = connections["owner"].settings_dict
    address = (
        f"postgresql://{known['USER']}:{known['PASSWORD']}@{known['HOST'] or 'localhost'}:{known['PORT']}"
    )
    environment = os.environ | {
        "OWNER_DATABASE_URL": f"{address}/{known['NAME']}",
        "SHARIK_LOGIN": "sharik_worker",
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "SECRET_KEY": settings.SECRET_KEY,
    }
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.incentives.money.killed"]
    return subprocess.run(
        [*command, tenant.operator.slug, str(run.pk), str(point)],
        env=environment,
        capture_output=True,
        timeout=120 + PARTNERS // 10,
        check=False,
    )


def test_killed_at_every_step_it_goes_on_and_nothing_is_double(market: Tenant) -> None:
    with market.scope():
        run = open_run(market.system, period="2013-Q1", group="rebate")
    died, point, done = 0, 25, False
    while not done:
        result = kill_at(market, run, point)
        done = result.returncode == 0
        assert done or result.returncode == -9, result.stderr.decode()[-2000:]
        died += not done
        # Coarse while counting waits for nothing, then through every question of the steps.
        point += 9
    assert died >= 6
    sys.stdout.write(
        f"\n{PARTNERS} partners: killed {died} times, {result.stdout.decode()} statements in the last run\n"
    )
    with market.scope():
        run.refresh_from_db()
        assert (run.state, run.total) == ("statements", expected())
        assert Statement.objects.count() == PARTNERS
        assert FrozenAccrual.objects.count() == PARTNERS == StatementLine.objects.count()
        approve_run(market.actors["channel_finance"], run_id=run.pk, total=run.total)
        assert check_ledger(market.system).problems == []
        assert sum(Payment.objects.values_list("amount", flat=True)) == expected() * 100


class Died(Exception):
    pass


@pytest.mark.parametrize("chunk", [1, 2])
def test_drafts_that_died_between_and_inside_chunks(
    market: Tenant, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is cut in the middle of a chunk: what is committed stays, the rest comes once."""
    monkeypatch.setattr("incentives.settlement.steps.CHUNK", 100)
    store, calls = drafting._store, 0

    def cut(lines: Any) -> None:
        nonlocal calls
        calls += 1
        store(lines)
        if calls == chunk:
            raise Died

    monkeypatch.setattr(drafting, "_store", cut)
    with pytest.raises(Died):
        settle(market, "rebate", "2013-Q1")
    with market.scope():
        assert Statement.objects.count() == 100 * (chunk - 1)
    run = settle(market, "rebate", "2013-Q1")
    with market.scope():
        assert Statement.objects.count() == PARTNERS
        assert run.total == expected()
        numbers = list(Statement.objects.values_list("number", flat=True))
        assert len(set(numbers)) == PARTNERS


@dataclass
class Outcome:
    done: int = 0
    refused: int = 0
    errors: list[BaseException] | None = None


def at_once(work: Callable[[], Any]) -> Outcome:
    """``work`` in fifty threads that start together; refusals are conflicts."""
    start, found, lock = threading.Barrier(THREADS), Outcome(errors=[]), threading.Lock()

    def one() -> None:
        try:
            start.wait(60)
            work()
            with lock:
                found.done += 1
        except Conflict:
            with lock:
                found.refused += 1
        except BaseException as error:
            assert found.errors is not None
            found.errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return found


def test_fifty_settle_and_fifty_approve_at_once(market: Tenant) -> None:
    def settle_it() -> None:
        with market.scope():
            run = open_run(market.system, period="2013-Q1", group="rebate")
        advance_run(market.system, run_id=run.pk)

    outcome = at_once(settle_it)
    assert (outcome.done, outcome.errors) == (THREADS, [])
    with market.scope():
        (run,) = SettlementRun.objects.all()
        assert (run.state, run.total, Statement.objects.count()) == ("statements", expected(), PARTNERS)

    def approve_it() -> None:
        with market.scope("channel_finance"):
            approve_run(market.actors["channel_finance"], run_id=run.pk, total=run.total)

    outcome = at_once(approve_it)
    assert (outcome.done, outcome.refused, outcome.errors) == (1, THREADS - 1, [])
    with market.scope():
        assert LedgerEntry.objects.count() == PARTNERS == Payment.objects.count()
        assert Accrual.objects.filter(frozen=None, period="2013-Q1").count() == 0
        assert check_ledger(market.system).problems == []
