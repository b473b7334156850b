"""What other domains know about the partners of a book: parts of the health score, what is overdue, what to do next.

An app registers functions in its ``apps.ready``; each takes the actor, the partners' ids and the operator's day, and answers
for all of them in a fixed number of queries. Texts are lazy gettext with ``%(name)s`` places; params are values (``date``,
``datetime``, ``int``, ``{"amount", "currency"}``, ``{"share": Decimal}``, ``{"period"}``, ``names_of``) that the reader's page writes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenancy.actors import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

Ids = Sequence[int]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with its values."""

    text: "Text"
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """How good a part is for one partner, 0 to 1, and the input that says why."""

    score: Decimal
    why: Said


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the health score. ``weight`` reads the operator's setting; partners without a reading leave it out."""

    code: str
    label: "Text"
    weight: Callable[[], int]
    read: Callable[[Actor, Ids, date], Mapping[int, Reading]]


@dataclass(frozen=True, slots=True)
class Late:
    """Something overdue on one side (``partners.book.enums.Side``); ``path`` leads to it.

    ``internal``: no partner may hear of it.
    """

    partner_id: int
    side: str
    what: Said
    due: date
    path: str
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Idea:
    """A next best action: why, and where it is done. The higher ``weight`` (0 to 100), the earlier."""

    partner_id: int
    weight: int
    icon: str
    why: Said
    do: "Text"
    path: str


Overdue = Callable[[Actor, Ids, date], Sequence[Late]]
Ideas = Callable[[Actor, Ids, date], Sequence[Idea]]
_parts: dict[str, Part] = {}
_overdue: dict[str, Overdue] = {}
_ideas: dict[str, Ideas] = {}


def register_part(part: Part) -> None:
    """The same code again replaces it."""
    _parts[part.code] = part


def register_overdue(code: str, find: Overdue) -> None:
    _overdue[code] = find


def register_ideas(code: str, find: Ideas) -> None:
    _ideas[code] = find


def parts() -> list[Part]:
    return list(_parts.values())


def overdue(actor: Actor, partner_ids: Ids, today: date) -> list[Late]:
    """What is overdue on either side, the longest first."""
    found = [late for find in _overdue.values() for late in find(actor, partner_ids, today)]
    return sorted(found, key=lambda late: (late.due, late.partner_id))


def ideas(actor: Actor, partner_ids: Ids, today: date) -> list[Idea]:
    """What to do next, the most urgent first."""
    found = [idea for find in _ideas.values() for idea in find(actor, partner_ids, today)]
    return sorted(found, key=lambda idea: (-idea.weight, idea.partner_id))
