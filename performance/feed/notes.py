"""What became of a batch, and the lines that were refused, as they came."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import translation

from performance.feed import sql
from performance.feed.lines import Receipt, Rejection
from tenancy.actors import Actor

_SHOWN = 4000


@dataclass(frozen=True, slots=True)
class Note:
    """A batch to be noted as soon as it is known that all its lines are new; ``rejected`` never got so far."""

    channel: str
    membership: int | None
    rejected: int


def note(actor: Actor, receipt: Receipt, lines: Sequence[object], channel: str, intake: int | None) -> None:
    """Note the batch, unless ``intake`` is its note already, and keep what was refused of ``lines``."""
    with connection.cursor() as cursor:
        if intake is None:
            cursor.execute(sql.ADD_INTAKE, _values(actor, receipt, channel))
            intake = cursor.fetchone()[0]
        if receipt.rejected:
            values = {"op": actor.operator.pk, "intake": intake, **_refused(actor, receipt.rejected, lines)}
            cursor.execute(sql.ADD_REFUSED, values)


def _values(actor: Actor, receipt: Receipt, channel: str) -> dict[str, Any]:
    return {
        "op": actor.operator.pk,
        "channel": channel,
        "membership": actor.membership_id,
        "accepted": receipt.accepted,
        "duplicates": receipt.duplicates,
        "revised": receipt.revised,
        "unresolved": receipt.unresolved,
        "rejected": len(receipt.rejected),
    }


def _refused(actor: Actor, rejected: Sequence[Rejection], lines: Sequence[object]) -> dict[str, Any]:
    """Refused lines as columns; the reasons in the operator's main language."""
    with translation.override(actor.operator.main_language):
        return {
            "indexes": [item.index for item in rejected],
            "payloads": [shown(lines[item.index]) for item in rejected],
            "codes": [item.code[:40] for item in rejected],
            "messages": [storable(item.message)[:400] for item in rejected],
        }


def storable(text: str) -> str:
    """``text`` without what no database takes."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def shown(line: object) -> str:
    """A refused line as JSON text, cut where it is very long."""
    try:
        text = json.dumps(line, ensure_ascii=False, default=str)
    except (ValueError, TypeError, RecursionError):
        text = repr(line)
    return storable(text[:_SHOWN])
