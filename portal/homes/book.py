"""What a PAM's home shows: the book, partner by partner, and who fell behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from incentives.channel import Moved, moves
from incentives.standing import TREND, clock_of
from partners.models import Partner
from partners.selectors import partners_for
from performance.headline import (
    headline_kpi,
    last_days,
    last_periods,
    targets_by_partner,
    values_by_partner,
    visible_kpis,
)
from performance.models import Kpi
from portal.shell.formats import Formats
from tenancy.actors import Actor

#: How far a partner may be behind the time that has passed before it counts as behind.
PATIENCE = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class BookRow:
    """One partner. ``against`` is its target, or the whole of the last period where it has none."""

    partner: Partner
    value: Decimal
    against: Decimal | None
    has_target: bool
    attainment: Decimal | None
    accrued: Decimal
    trend: list[Decimal]
    last_day: date | None
    behind: bool


@dataclass(frozen=True, slots=True)
class Book:
    """``passed`` is the share of the period that is over."""

    rows: list[BookRow]
    kpi: Kpi | None
    period: str
    before_period: str
    passed: Decimal
    accrued: Decimal

    @property
    def behind(self) -> int:
        return sum(1 for row in self.rows if row.behind)

    @property
    def silent(self) -> int:
        """Partners without any transaction in the running period."""
        return sum(1 for row in self.rows if not row.value)


def book_home(actor: Actor, formats: Formats) -> Book:
    """The partners that the actor looks after, those furthest behind first. A fixed number of queries."""
    clock = clock_of(actor.operator)
    partners = list(partners_for(actor).filter(active=True).order_by("name", "pk"))
    kpi = headline_kpi(visible_kpis(actor))
    accrued = {each.partner.pk: each for each in moves(actor, clock)}
    days = last_days(actor, [partner.pk for partner in partners])
    if kpi is None:
        rows = [_bare(partner, accrued.get(partner.pk), days.get(partner.pk)) for partner in partners]
        return Book(rows, None, "", "", Decimal(0), _total(rows))
    periods = last_periods(actor, kpi, clock.today, TREND)
    running = periods[-1]
    passed = clock.passed(running)
    values = values_by_partner(actor, kpi, periods)
    targets = targets_by_partner(actor, kpi, running)
    rows = []
    for partner in partners:
        trend = values.get(partner.pk, [Decimal(0)] * TREND)
        target = targets.get(partner.pk, kpi.target)
        rows.append(_row(partner, trend, target, passed, accrued.get(partner.pk), days.get(partner.pk)))
    rows.sort(key=lambda row: (row.attainment is None, row.attainment or 0))
    return Book(
        rows, kpi, formats.period(running.code), formats.period(periods[-2].code), passed, _total(rows)
    )


def _row(
    partner: Partner,
    trend: list[Decimal],
    target: Decimal | None,
    passed: Decimal,
    moved: Moved | None,
    last_day: date | None,
) -> BookRow:
    against = target or (trend[-2] if trend[-2] > 0 else None)
    attainment = trend[-1] / against if against else None
    return BookRow(
        partner=partner,
        value=trend[-1],
        against=against,
        has_target=bool(target),
        attainment=attainment,
        accrued=moved.now if moved else Decimal(0),
        trend=trend,
        last_day=last_day,
        behind=attainment is not None and attainment < passed - PATIENCE,
    )


def _bare(partner: Partner, moved: Moved | None, last_day: date | None) -> BookRow:
    """A partner where the operator measures no sales."""
    accrued = moved.now if moved else Decimal(0)
    return BookRow(partner, Decimal(0), None, False, None, accrued, [], last_day, False)


def _total(rows: Sequence[BookRow]) -> Decimal:
    return sum((row.accrued for row in rows), Decimal(0))
