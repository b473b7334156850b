"""The way in: lines of a source system become credits, each exactly once."""

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from zlib import crc32

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from performance.enums import CHURN_KINDS
from performance.feed import bell, sql
from performance.feed.columns import Staged, Validator
from performance.feed.lines import STAGED, Receipt, Rejection, StagedLine, rounds
from performance.feed.notes import Note, note
from tenancy.access import scope_of
from tenancy.actors import Actor
from tenancy.context import require_operator_id
from tenancy.enums import Permission
from tenancy.prepared import prepared
from workflow.settings import define

#: Lines per transaction of a file.
CHUNK = 10_000
#: Lines of a file that wait until the worker is told.
HELD = 50_000
#: References are locked by bucket, so that a batch of any size needs few locks.
BUCKETS = 256
#: Up to this many lines, an index look-up per line and code is the fastest.
FEW = 200
ATTEMPTS = 6
_DEADLOCK, _SERIALIZATION = "40P01", "40001"
#: The savepoint of an attempt.
_SAVED = "taking"
_TYPES = {
    "op": "bigint",
    "lanes": "int",
    "count": "bigint",
    "rows": "text",
    "churn_days": "int",
    "churn": "text[]",
    "channel": "text",
    "membership": "bigint",
    "rejected": "int",
}
#: Characters of the rows up to which a plan is kept: about ``FEW`` lines.
_SHORT = FEW * 100

churn_days = define(
    "settlement.churn_days",
    90,
    _("A customer who leaves takes rewards back for (0: always)"),
    _("days"),
    most=3650,
)
Values = dict[str, Any]
Round = list[tuple[int, StagedLine]]
#: Called after each committed chunk with its totals, the line numbers and reasons of what it refused, and its last number.
Progress = Callable[[Receipt, Sequence[tuple[int, Rejection]], int], None]
Chunk = tuple[tuple[int, ...], tuple[Mapping[str, object], ...], Staged]


def receive_lines(actor: Actor, lines: Sequence[object], *, channel: str) -> Receipt:
    """Take one batch in the open scope. Needs ``feed.send``; every line ends in one count of the receipt.

    Rings the worker's bell when the surrounding transaction commits. Waits for other transactions that send the same
    references at this moment.
    """
    receipt, lanes = _receive(actor, Validator(actor.operator).stage(lines), lines, channel)
    bell.ring(actor.operator.pk, lanes)
    return receipt


def _receive(actor: Actor, staged: Staged, lines: Sequence[object], channel: str) -> tuple[Receipt, set[int]]:
    """``staged`` is what ``lines`` became."""
    actor.require(Permission.SEND_FEED)
    taken = take(staged.lines, Note(channel, actor.membership_id, len(staged.rejected)))
    taken.receipt.rejected = staged.rejected
    note(actor, taken.receipt, lines, channel, taken.intake)
    return taken.receipt, taken.lanes


def receive_file(
    actor: Actor,
    records: Iterable[tuple[int, Mapping[str, object]]],
    *,
    channel: str,
    progress: Progress | None = None,
    dry_run: bool = False,
) -> Receipt:
    """Take the numbered records of a file, ``CHUNK`` lines per transaction; call it outside of any scope.

    ``records`` is read in a thread of its own, a chunk ahead, so it must not ask the database. What was committed before a
    failure stays: the same file again finds duplicates and goes on. ``Rejection.index`` is the record's number.
    ``dry_run`` does the same and keeps nothing.
    """
    total = Receipt()
    with _rarely_rung(actor) as hold, closing(_read_ahead(actor, records)) as chunks:
        for numbers, lines, staged in chunks:
            with scope_of(actor):
                receipt, lanes = _receive(actor, staged, lines, channel)
                if dry_run:
                    transaction.set_rollback(True)
            if not dry_run:
                hold(receipt, lanes)
            receipt.rejected = [Rejection(numbers[item.index], item.error) for item in receipt.rejected]
            total += receipt
            if progress is not None:
                progress(receipt, [(item.index, item) for item in receipt.rejected], numbers[-1])
    return total


def _read_ahead(
    actor: Actor, records: Iterable[tuple[int, Mapping[str, object]]]
) -> Generator[Chunk, None, None]:
    """Numbers, records and staged lines chunk by chunk: the next is read and checked while the database takes the last."""
    source, validator = iter(records), Validator(actor.operator)

    def following() -> Chunk | None:
        chunk = list(islice(source, CHUNK))
        if not chunk:
            return None
        numbers, lines = zip(*chunk, strict=True)
        return numbers, lines, validator.stage(lines)

    with ThreadPoolExecutor(1, thread_name_prefix="feed") as reader:
        ahead = reader.submit(following)
        while (chunk := ahead.result()) is not None:
            ahead = reader.submit(following)
            yield chunk


@contextmanager
def _rarely_rung(actor: Actor) -> Iterator[Callable[[Receipt, set[int]], None]]:
    """The lines of a file are counted in large batches: many lines that move the same measurement move it once."""
    held, waiting = set[int](), 0

    def hold(receipt: Receipt, lanes: set[int]) -> None:
        nonlocal waiting
        held.update(lanes)
        waiting += receipt.accepted + receipt.revised
        if waiting >= HELD:
            bell.ring(actor.operator.pk, held)
            held.clear()
            waiting = 0

    try:
        yield hold
    finally:
        bell.ring(actor.operator.pk, held)


@dataclass(slots=True)
class Taken:
    """What ``take`` did: the counts, the lanes that have something to count, and the note of the batch if it has one."""

    receipt: Receipt = field(default_factory=Receipt)
    lanes: set[int] = field(default_factory=set)
    intake: int | None = None


def take(lines: list[StagedLine], noted: Note | None = None) -> Taken:
    """Write valid lines in the open transaction, and in the same statement the note of the batch if all of them are new.

    Repeats itself when another transaction got in the way; after another error the transaction is lost.
    """
    for attempt in range(ATTEMPTS if lines else 0):
        try:
            return _take(lines, noted)
        except (IntegrityError, OperationalError) as error:
            if attempt == ATTEMPTS - 1 or not _worth_another_try(error):
                raise
        with connection.cursor() as cursor:
            cursor.execute(f"rollback to {_SAVED}")
    return Taken()


def _worth_another_try(error: Exception) -> bool:
    cause = error.__cause__
    state = getattr(cause, "pgcode", None)
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return state in (_DEADLOCK, _SERIALIZATION) or constraint == "credit_once"


def _take(lines: list[StagedLine], noted: Note | None) -> Taken:
    taken = Taken()
    with _planned_for(len(lines)) as save:
        for group in rounds(lines):
            waiting = _take_round(group, taken, noted if len(group) == len(lines) else None, save)
            save = ""
            while waiting:
                waiting = _take_waiting(group, taken.lanes)
    return taken


@contextmanager
def _planned_for(count: int) -> Iterator[str]:
    """What has to stand before the first statement: the savepoint, which would be a round trip of its own.

    Many lines are joined by hash. The planner cannot be trusted with it: codes that were added just now have no
    statistics yet, and comparing each line with each of them takes minutes."""
    save = f"savepoint {_SAVED}; "
    if count <= FEW:
        yield save
        return
    with connection.cursor() as cursor:
        cursor.execute(f"{save}set local enable_nestloop = off")
        yield ""
        cursor.execute("set local enable_nestloop = on")


def _take_waiting(group: Round, lanes: set[int]) -> bool:
    """Take the reversals that were waiting for lines of ``group``; says whether others wait for those in turn."""
    from performance.feed.unresolved import waiting_for

    found = waiting_for([line.key for _index, line in group])
    if not found:
        return False
    group[:] = list(enumerate(found))
    return _take_round(group, Taken(lanes=lanes))


def _churn(reversals: bool) -> Values:
    """How long after its sale a customer's leaving takes something back; asked only where something is taken back."""
    return {"churn_days": churn_days() if reversals else 0, "churn": list(CHURN_KINDS)}


def _take_round(group: Round, taken: Taken, noted: Note | None = None, before: str = "") -> bool:
    """One round; returns whether reversals wait for lines that it inserted."""
    numbered = [f"{number}\t{row}" for number, (_index, line) in enumerate(group) for row in line.rows]
    reversals = any(line.reverses for _index, line in group)
    values: Values = {
        "op": require_operator_id(), "lanes": settings.FEED_LANES, "count": len(group), "rows": array_text(numbered),
        "channel": noted.channel if noted else None, "membership": noted.membership if noted else None,
        "rejected": noted.rejected if noted else 0, **_churn(reversals),
    }  # fmt: skip
    with connection.cursor() as cursor:
        _run(cursor, before, sql.first(reversals=reversals), values)
        inserted, rest, rung, waiting, taken.intake = cursor.fetchone()
    taken.receipt.accepted += inserted
    taken.lanes.update(rung)
    if rest:
        waiting = _take_rest([group[number] for number in rest], taken.receipt, taken.lanes) or waiting
    return bool(waiting)


def _run(cursor: CursorWrapper, before: str, statement: str, values: Values) -> None:
    """A few lines come often and are soon taken: planning would be most of the work."""
    if len(values["rows"]) > _SHORT:
        cursor.execute(before + statement, values)
    else:
        call = prepared(cursor, statement, _TYPES)
        cursor.execute(before + call, [values[name] for name in _TYPES])


def _take_rest(group: Round, receipt: Receipt, lanes: set[int]) -> bool:
    numbered = [f"{number}\t{row}" for number, (_index, line) in enumerate(group) for row in line.rows]
    buckets = sorted({crc32("\t".join(line.key).encode()) % BUCKETS for _index, line in group})
    reversals = any(line.reverses for _index, line in group)
    values: Values = {
        "op": require_operator_id(), "lanes": settings.FEED_LANES, "rows": array_text(numbered), "buckets": buckets,
        **_churn(reversals),
    }  # fmt: skip
    kept, changed = [], False
    with connection.cursor() as cursor:
        cursor.execute(sql.LOCK, values)
        cursor.execute(sql.again(reversals=reversals), values)
        for number, state, missing, rung in cursor.fetchall():
            lanes.update(rung or ())
            if state == "unresolved":
                kept.append(_unresolved(group[number][1], missing))
            changed = changed or state in ("accepted", "revised")
            _count(receipt, state)
        if kept:
            cursor.execute(sql.KEEP_UNRESOLVED, {"op": values["op"], "lines": json.dumps(kept)})
    return changed


def _count(receipt: Receipt, state: str) -> None:
    if state == "unresolved":
        receipt.unresolved += 1
    elif state == "revised":
        receipt.revised += 1
    elif state == "accepted":
        receipt.accepted += 1
    else:
        receipt.duplicates += 1


def _unresolved(line: StagedLine, missing: list[str]) -> dict[str, object]:
    """The line as kept until it resolves: its staged rows as objects without empty fields."""
    rows = [
        {name: value for name, value in zip(STAGED[1:], row.split("\t"), strict=True) if value}
        for row in line.rows
    ]
    return {
        "source": line.source,
        "external_id": line.external_id,
        "digest": line.digest,
        "payload": {"rows": rows},
        "missing": missing,
        "waits_for": line.reverses if f"line:{line.reverses}" in missing else "",
    }


def array_text(rows: Iterable[str]) -> str:
    """A PostgreSQL array literal of texts."""
    body = "\0".join(rows).replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","')
    return '{"' + body + '"}'
