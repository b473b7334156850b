"""A full recomputation of a quarter of 1,000,000 lines with 20 KPIs against one bare GROUP BY on the same table."""

from __future__ import annotations

import os
import statistics
from time import perf_counter
from typing import TYPE_CHECKING

from bench.result import Result

if TYPE_CHECKING:
    from tenancy.actors import Actor

LINES, STEP, ROUNDS = 1_000_000, 100_000, 5
BARE = """
select count(*), sum(amount), sum(quantity) from (
  select partner_id, product_id, date_trunc('quarter', day) as period, sum(amount) as amount, sum(quantity) as quantity, count(*)
  from performance_credit where operator_id = %s group by 1, 2, 3) x
"""


def bare(actor: Actor) -> float:
    from django.db import connection

    from tenancy.access import scope_of

    start = perf_counter()
    with scope_of(actor), connection.cursor() as cursor:
        cursor.execute(BARE, [actor.operator.pk])
        cursor.fetchall()
    return perf_counter() - start


def anew(actor: Actor) -> tuple[float, int]:
    """Seconds, and how many measurements were wrong before."""
    from common.periods import parse_period
    from performance.counting.recompute import recompute
    from performance.models import Kpi
    from tenancy.access import scope_of

    start = perf_counter()
    with scope_of(actor):
        moved = recompute(actor, Kpi.objects.all(), period=parse_period("2026-Q3", actor.operator.days))
    return perf_counter() - start, len(moved)


def prepared(lines: int) -> Actor:
    from django.db import connections

    from bench.marketplace import add_credits, build
    from tenancy.access import scope_of

    actor = build("recompute")
    for first in range(0, lines, STEP):
        with scope_of(actor):
            add_credits(actor.operator, first, min(first + STEP, lines) - 1)
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze")
    return actor


def run() -> dict[str, Result]:
    """The ratio of the best times; the first computation, which writes everything, is a figure of its own."""
    actor = prepared(int(os.environ.get("LINES", LINES)))
    bare(actor)
    first, found = anew(actor)
    if not found:
        raise ValueError("nothing was counted")
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(bare(actor))
        seconds, wrong = anew(actor)
        if wrong:
            raise ValueError(f"a second computation found {wrong} differences")
        ours.append(seconds)
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    print(
        f"bare {min(theirs):.3f} s, recompute {min(ours):.3f} s, first time {first:.3f} s, {found} measurements,"
        f" median ratio {statistics.median(ratios):.2f}"
    )
    return {
        "recompute": Result(min(ours) / min(theirs), 3, "ratio", "lower", [round(each, 3) for each in ratios])
    }
