"""What the kill storm runs in processes of its own: ``python -m tests.faults.storm make|send|check LINES``."""

import json
import sys
import time
from decimal import Decimal
from itertools import islice
from typing import Any

import django

KPIS = (("n", "count"), ("total", "sum_amount"), ("met", "distinct_customers"))
BATCH = 500


def make() -> None:
    from django.core.management import call_command

    from bench.feeding import make_operator
    from performance.models import Kpi
    from tenancy.access import scope_of

    call_command("migrate", verbosity=0)
    with scope_of(make_operator("storm")):
        Kpi.objects.bulk_create([Kpi(code=code, name=code, measure=measure) for code, measure in KPIS])


def actor() -> Any:
    from tenancy.access import find_operator
    from tenancy.actors import system_actor

    return system_actor(find_operator("storm"))


def stubborn(work: Any, seconds: float = 300) -> Any:
    """``work()``, again and again while the database is away: an unknown outcome is simply sent again."""
    from django.db import DatabaseError, InterfaceError, connection

    end = time.monotonic() + seconds
    while True:
        try:
            return work()
        except (DatabaseError, InterfaceError):
            if time.monotonic() > end:
                raise
            connection.close()
            time.sleep(0.1)


def send(count: int) -> None:
    from bench.feeding import lines
    from performance.feed.intake import receive_lines
    from tenancy.access import scope_of

    source, system = lines(count), stubborn(actor)

    def take(batch: list[dict[str, str]]) -> None:
        with scope_of(system):
            receive_lines(system, batch, channel="storm")

    while batch := list(islice(source, BATCH)):
        stubborn(lambda batch=batch: take(batch))


def check(count: int) -> dict[str, bool]:
    """Wait until everything is counted, then compare with the lines themselves."""
    from django.db.models import Count, Sum

    from bench.feeding import lines, wait_until_counted
    from performance.models import Credit, Measurement
    from tenancy.access import scope_of

    sent = list(lines(count))
    total = sum(Decimal(line["amount"]) for line in sent)
    met = {(line["partner"], line["customer"], (int(line["occurred_at"][5:7]) - 1) // 3) for line in sent}
    wait_until_counted(actor(), seconds=120)
    with scope_of(actor()):
        credits = Credit.objects.aggregate(n=Count("id"), total=Sum("amount"))
        values = dict(Measurement.objects.values_list("kpi__code").annotate(Sum("value")))
    return {
        "credits": credits == {"n": count, "total": total},
        "n": values["n"] == count,
        "total": values["total"] == total,
        "met": values["met"] == len(met),
    }


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "make":
        make()
    elif sys.argv[1] == "send":
        send(int(sys.argv[2]))
    else:
        sys.stdout.write(json.dumps(check(int(sys.argv[2]))))
