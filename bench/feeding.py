"""An operator with codes and believable lines, and a real worker, for the benchmarks of the feed."""

import csv
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FIELDS = (
    "source", "external_id", "kind", "occurred_at", "partner", "rep", "product", "customer", "territory", "quantity",
    "amount",
)  # fmt: skip
PARTNERS, REPS, PRODUCTS, CUSTOMERS, TERRITORIES = 600, 1200, 200, 20_000, 30


def make_operator(slug: str) -> Any:
    """The system's actor at a new operator with partners, reps, products, customers and territories."""
    from django.db import connections

    from catalog.models import Customer, Family, Product, Territory
    from partners.models import Partner, Rep
    from partners.tree import relink
    from tenancy.actors import system_actor
    from tenancy.enums import Audience
    from tenancy.scope import scope
    from tenancy.services import create_operator

    operator = create_operator(
        slug=slug, name=slug, languages=["en"], calendar="gregorian", currency="USD", time_zone="UTC"
    )
    with scope(operator.pk, Audience.WORKER):
        partners = Partner.objects.bulk_create([Partner(code=f"P{i}", name=f"P{i}") for i in range(PARTNERS)])
        relink([partner.pk for partner in partners])
        Rep.objects.bulk_create(
            [Rep(code=f"R{i}", name=f"R{i}", partner=partners[i % PARTNERS]) for i in range(REPS)]
        )
        families = Family.objects.bulk_create(
            [Family(code=f"F{i}", name=f"F{i}", layer="cloud") for i in range(8)]
        )
        Product.objects.bulk_create(
            [Product(code=f"X{i}", name=f"X{i}", family=families[i % 8]) for i in range(PRODUCTS)]
        )
        Customer.objects.bulk_create([Customer(code=f"C{i}", name=f"C{i}") for i in range(CUSTOMERS)])
        Territory.objects.bulk_create([Territory(code=f"T{i}", name=f"T{i}") for i in range(TERRITORIES)])
    # What autovacuum does within a minute in an installation that runs.
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze")
    return system_actor(operator)


def add_kpis(actor: Any) -> None:
    """20 KPIs, 3 of them distinct counts."""
    from performance.models import Kpi
    from tenancy.access import scope_of

    plain = ("sum_amount", "sum_quantity", "count")
    periods = ("month", "quarter", "year")
    kpis = [
        Kpi(
            code=f"k{i}",
            name=f"k{i}",
            measure=plain[i % 3],
            period=periods[i // 3 % 3],
            beneficiary="rep" if i % 5 == 4 else "partner",
            filters={"products": [f"X{n}" for n in range(i, PRODUCTS, 3)]} if i % 2 else {},
        )
        for i in range(17)
    ]
    distinct = [("distinct_customers", "quarter"), ("new_customers", "month"), ("cross_sell", "year")]
    kpis += [Kpi(code=measure, name=measure, measure=measure, period=period) for measure, period in distinct]
    with scope_of(actor):
        Kpi.objects.bulk_create(kpis)


def lines(count: int, first: int = 0, seed: int = 7) -> Iterator[dict[str, str]]:
    """Lines of one year, the same in every run. Reps sell for their own company; nine of ten lines of a customer go to
    the partner that it stays with."""
    pick = random.Random(seed)
    for number in range(first, first + count):
        customer = pick.randrange(CUSTOMERS)
        partner = customer % PARTNERS if pick.random() < 0.9 else pick.randrange(PARTNERS)
        yield {
            "source": "erp",
            "external_id": f"L{number:08d}",
            "kind": "sale",
            "occurred_at": f"2025-{pick.randint(1, 12):02d}-{pick.randint(1, 28):02d}",
            "partner": f"P{partner}",
            "rep": f"R{partner + PARTNERS * pick.randrange(REPS // PARTNERS)}",
            "product": f"X{pick.randrange(PRODUCTS)}",
            "customer": f"C{customer}",
            "territory": f"T{pick.randrange(TERRITORIES)}",
            "quantity": str(pick.randint(1, 9)),
            "amount": f"{pick.randint(1, 1_000_000) / 100:.2f}",
        }


def write_csv(path: Path, count: int, first: int = 0) -> None:
    """``count`` lines as a file with a header."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(lines(count, first))


@contextmanager
def process(*command: str, login: str) -> Iterator[subprocess.Popen[bytes]]:
    """One process of the product, ended when done."""
    environment = os.environ | {"SHARIK_LOGIN": login}
    running = subprocess.Popen([sys.executable, "-m", *command], env=environment)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(30)


def worker() -> Any:
    """The worker as the Procfile starts it."""
    command = ("celery", "--app", "config", "worker", "--concurrency", "2", "--loglevel", "warning")
    return process(*command, "--without-gossip", "--without-mingle", login="sharik_worker")


def wait_until_counted(actor: Any, *, seconds: float = 600) -> None:
    """Return when nothing waits in the queue; raises ``TimeoutError``."""
    from performance.models import PendingChunk
    from tenancy.access import scope_of

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with scope_of(actor):
            if not PendingChunk.objects.exists():
                return
        time.sleep(0.02)
    raise TimeoutError("Lines were not counted in time.")
