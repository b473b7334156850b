"""The health score of partners: weighted parts, each with the input that explains it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from partners.book.registry import Part, Reading, parts
from tenancy.actors import Actor

GOOD, FAIR = Decimal("0.75"), Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Line:
    """One part for one partner; ``share`` is its weight among those that could be read, ``points`` what it gives."""

    part: Part
    reading: Reading | None
    share: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Health:
    """``score`` from 0 to 100; ``None`` where nothing could be read."""

    score: Decimal | None
    lines: tuple[Line, ...]

    @property
    def kind(self) -> str:
        if self.score is None:
            return "plain"
        return "good" if self.score >= GOOD * 100 else "warn" if self.score >= FAIR * 100 else "bad"


def health_of(actor: Actor, partner_ids: Sequence[int], today: date) -> dict[int, Health]:
    """Partner id -> health. Every part is read once for all partners."""
    weighed = [(part, part.weight(), part.read(actor, partner_ids, today)) for part in parts()]
    return {pk: _of([(part, weight, read.get(pk)) for part, weight, read in weighed]) for pk in partner_ids}


def _of(rows: list[tuple[Part, int, Reading | None]]) -> Health:
    total = sum(weight for _part, weight, reading in rows if reading is not None)
    lines = []
    for part, weight, reading in rows:
        share = Decimal(weight) / total if total and reading is not None else Decimal(0)
        points = share * min(max(reading.score, Decimal(0)), Decimal(1)) * 100 if reading else Decimal(0)
        lines.append(Line(part, reading, share, points))
    score = sum((line.points for line in lines), Decimal(0)) if total else None
    return Health(score, tuple(lines))
