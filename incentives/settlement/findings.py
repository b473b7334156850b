"""What rules of holds find, and how they ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class Finding:
    """A partner whose money waits, why, and what to do about it (source text, translated when shown)."""

    partner_id: int
    reason: str
    text: str


def found_by(actor: Actor, query: str, partners: Sequence[int], **params: Any) -> list[tuple[Any, ...]]:
    """The rows of ``query`` about these partners."""
    with connection.cursor() as cursor:
        cursor.execute(query, {"op": actor.operator.pk, "partners": list(partners), **params})
        return list(cursor.fetchall())
