"""What the pages of the book show, in the reader's words: health with its parts, what is overdue, what to do next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from partners.book.enums import MeetingState, Side, TaskState
from partners.book.health import Health, health_of
from partners.book.meetings import meetings_for
from partners.book.registry import Idea, Late, ideas, overdue
from partners.book.tasks import tasks_for
from partners.book.words import said
from partners.models import Partner
from portal.shell.formats import Formats
from tenancy.actors import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class HealthLine:
    """A part of the score in words."""

    label: "str | _StrPromise"
    why: str
    points: Decimal
    most: Decimal
    read: bool


@dataclass(frozen=True, slots=True)
class LateLine:
    partner: Partner
    side: str
    side_label: str
    what: str
    due: date
    path: str


@dataclass(frozen=True, slots=True)
class IdeaLine:
    partner: Partner
    icon: str
    why: str
    do: "str | _StrPromise"
    path: str


@dataclass(frozen=True, slots=True)
class BookRow:
    partner: Partner
    health: Health
    tasks: int
    ours: int
    theirs: int
    next: datetime | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """``mean`` is the mean score; rows with the lowest score first."""

    rows: list[BookRow]
    late: list[LateLine]
    ideas: list[IdeaLine]
    mean: Decimal | None

    @property
    def ours(self) -> int:
        return sum(row.ours for row in self.rows)

    @property
    def theirs(self) -> int:
        return sum(row.theirs for row in self.rows)


def today_of(actor: Actor) -> date:
    return timezone.now().astimezone(actor.operator.zone).date()


def gather(actor: Actor, partners: Sequence[Partner], formats: Formats) -> Gathered:
    """Everything about these partners, in a number of queries that does not grow with them."""
    today = today_of(actor)
    ids = [partner.pk for partner in partners]
    by_id = {partner.pk: partner for partner in partners}
    health, late = health_of(actor, ids, today), overdue(actor, ids, today)
    counted = Counter((each.partner_id, each.side) for each in late)
    open_tasks = Counter(
        tasks_for(actor).filter(partner__in=ids, state=TaskState.OPEN).values_list("partner_id", flat=True)
    )
    coming = _coming(actor, ids)
    rows = [
        BookRow(
            partner, health[partner.pk], open_tasks[partner.pk], counted[partner.pk, Side.OPERATOR],
            counted[partner.pk, Side.PARTNER], coming.get(partner.pk),
        )
        for partner in partners
    ]  # fmt: skip
    rows.sort(key=lambda row: (row.health.score is None, row.health.score or 0))
    scores = [row.health.score for row in rows if row.health.score is not None]
    return Gathered(
        rows,
        late_lines(late, by_id, formats),
        idea_lines(ideas(actor, ids, today), by_id, formats),
        sum(scores, Decimal(0)) / len(scores) if scores else None,
    )


def _coming(actor: Actor, ids: Sequence[int]) -> Mapping[int, datetime]:
    rows = meetings_for(actor).filter(partner__in=ids, state=MeetingState.PLANNED, ends_at__gt=timezone.now())
    found: dict[int, datetime] = {}
    for partner_id, at in rows.values_list("partner_id", "starts_at"):
        found.setdefault(partner_id, at)
    return found


def health_lines(health: Health, formats: Formats) -> list[HealthLine]:
    return [
        HealthLine(
            line.part.label,
            said(line.reading.why, formats) if line.reading else "",
            line.points,
            line.share * 100,
            line.reading is not None,
        )
        for line in health.lines
    ]


def late_lines(late: Sequence[Late], by_id: Mapping[int, Partner], formats: Formats) -> list[LateLine]:
    return [
        LateLine(
            by_id[each.partner_id], each.side, str(Side(each.side).label), said(each.what, formats), each.due, each.path
        )
        for each in late
    ]  # fmt: skip


def idea_lines(found: Sequence[Idea], by_id: Mapping[int, Partner], formats: Formats) -> list[IdeaLine]:
    return [
        IdeaLine(by_id[each.partner_id], each.icon, said(each.why, formats), each.do, each.path)
        for each in found
    ]
