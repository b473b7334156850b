"""Counting what waits: one transaction per batch, in lanes that nobody else counts meanwhile, exactly once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from performance.counting import statements
from performance.counting.days import ensure_some
from performance.counting.events import announce
from performance.counting.specs import Spec, groups
from performance.enums import KpiState
from performance.models import Kpi
from tenancy.access import scope_of
from tenancy.actors import Actor
from tenancy.prepared import run_prepared

_TYPES = {"op": "bigint", "ids": "bigint[]", "anyway": "boolean"}
#: (kpi, period, partner, rep)
Key = tuple[int, str, int, int | None]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a call did: credits taken from the queue, and the measurements that they moved."""

    lines: int = 0
    keys: list[Key] = field(default_factory=list)


def count_pending(actor: Actor, *lanes: int, limit_lines: int = 50_000) -> Counted:
    """Count about ``limit_lines`` waiting credits of ``lanes`` (whole chunks, at least one), oldest first.

    One transaction (the open one, if there is one): the queue's rows go and the measurements move together or not at
    all. Waits for whoever else counts one of these lanes and for a running recomputation. Few lines in several lanes are
    best counted at once, many lines lane by lane, so that several workers share them.
    """
    alone = not connection.in_atomic_block
    with scope_of(actor), connection.cursor() as cursor:
        if alone:
            cursor.execute(statements.UNHURRIED)
        lock_some(cursor, actor, lanes)
        claimed: dict[str, Any] = {"op": actor.operator.pk, "lanes": list(lanes), "limit": limit_lines}
        cursor.execute(statements.CLAIM, claimed)
        rows = cursor.fetchall()
        if not rows:
            return Counted()
        ids = [credit for _lane, _received, chunk in rows for credit in chunk]
        # Read under the lock: a recomputation that ended just now has made its KPIs ready.
        specs = list(groups(Kpi.objects.filter(active=True, state=KpiState.READY)))
        keys = count_credits(cursor, actor, specs, ids)
        # A chunk and its credits arrived in one statement.
        clock: dict[str, Any] = {
            "op": actor.operator.pk,
            "lanes": [row[0] for row in rows],
            "received": [row[1] for row in rows],
        }
        cursor.execute(statements.CLOCK, clock)
        announce(keys, ids)
    return Counted(len(ids), keys)


def lock_some(cursor: CursorWrapper, actor: Actor, lanes: Sequence[int]) -> None:
    """Until the transaction ends: alone in these lanes, and nobody recomputes. Everybody takes lanes in one order."""
    names = [f"count:{actor.operator.pk}:{lane}" for lane in sorted(lanes)]
    cursor.execute(statements.LOCK_LANES, {"every": f"count:{actor.operator.pk}", "lanes": names})


def lock_lanes(cursor: CursorWrapper, actor: Actor) -> None:
    """Until the transaction ends: nobody else counts or recomputes for this operator."""
    cursor.execute(statements.LOCK_ALL, {"every": f"count:{actor.operator.pk}"})


def count_credits(cursor: CursorWrapper, actor: Actor, specs: list[list[Spec]], ids: list[int]) -> list[Key]:
    """Add these credits to the measurements of these KPIs; the caller holds their lane."""
    params: dict[str, Any] = {"op": actor.operator.pk, "ids": ids, "anyway": False}
    keys: list[Key] = []
    cursor.execute(statements.SETTINGS)
    if len(ids) >= statements.MANY:
        cursor.execute(statements.HASHES)
    for group in specs:
        statement = statements.counting(group)
        _run(cursor, statement, params)
        moved = cursor.fetchall()
        if missing := [date.fromisoformat(period) for kpi, period, *_ in moved if kpi is None]:
            ensure_some(actor, missing)
            # Days that are still missing lie outside the calendar: nothing counts in them.
            _run(cursor, statement, params | {"anyway": True})
            moved = [key for key in cursor.fetchall() if key[0] is not None]
        keys += moved
    cursor.execute(statements.ANY_WAY)
    return keys


def _run(cursor: CursorWrapper, statement: statements.Counting, params: dict[str, Any]) -> None:
    """Of a few lines, planning would be most of the work; many deserve a plan of their own."""
    if len(params["ids"]) >= statements.MANY:
        cursor.execute(statement.count, {**params, **statement.params})
    else:
        run_prepared(cursor, statement.count, _TYPES, params, statement.params)
