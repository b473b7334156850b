"""How a beneficiary stands: what it earned in the running periods, this year and before. Reads accruals only."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Sum
from django.utils import timezone

from common.calendars import Calendar
from common.periods import Kind, Period, period_of, periods_between
from incentives.ahead import Ahead, ahead_of
from incentives.models import Accrual, Scheme
from incentives.selectors import accruals_for, payable_accruals_for
from tenancy.actors import Actor
from tenancy.models import Operator

#: Periods that the trend shows, the running one included.
TREND = 6
KINDS: tuple[Kind, ...] = ("month", "quarter", "half", "year")


@dataclass(frozen=True, slots=True)
class Clock:
    """The operator's running periods by kind, and those of the fiscal year up to now."""

    today: date
    running: dict[str, Period]
    year: frozenset[str]

    @property
    def running_codes(self) -> list[str]:
        return [period.code for period in self.running.values()]

    def passed(self, period: Period) -> Decimal:
        """The share of ``period`` that is over, today included."""
        return Decimal((self.today - period.start).days + 1) / period.days

    def trend(self, kind: str) -> list[Period]:
        """The last periods of ``kind``, oldest first, the running one last."""
        periods = [self.running[kind]]
        while len(periods) < TREND:
            periods.append(periods[-1].previous())
        return periods[::-1]


def clock_of(operator: Operator) -> Clock:
    """Today's periods at ``operator``."""
    today = timezone.now().astimezone(operator.zone).date()
    return _clock(today, operator.days, operator.fiscal_start_month)


@lru_cache(maxsize=64)
def _clock(today: date, days: Calendar, first: int) -> Clock:
    running: dict[str, Period] = {kind: period_of(today, kind, days, first) for kind in KINDS}
    year = running["year"]
    codes = {
        period.code for kind in KINDS for period in periods_between(year.start, year.end, kind, days, first)
    }
    return Clock(today, running, frozenset(codes))


@dataclass(slots=True)
class Earned:
    """One scheme in its running period. ``accruals``: one per version and beneficiary; ``before``: the whole of last period."""

    scheme: Scheme
    period: Period
    accruals: list[Accrual] = field(default_factory=list)
    before: Decimal = Decimal(0)
    ahead: list[Ahead] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        return sum((row.amount for row in self.accruals), Decimal(0))

    @property
    def newest(self) -> Accrual | None:
        return max(self.accruals, key=lambda row: row.version.number, default=None)

    @property
    def state(self) -> str:
        """``ahead``, ``capped``, ``ineligible``, ``failed``, ``top`` (nothing more to reach) or ``each`` (per transaction)."""
        row = self.newest
        if row is None or not row.eligible:
            return "ineligible"
        if any("error" in part for part in row.components):
            return "failed"
        if row.version.cap is not None and row.exact >= row.version.cap:
            return "capped"
        if self.scheme.scope == "transaction":
            return "each"
        return "ahead" if self.ahead else "top"


@dataclass(frozen=True, slots=True)
class Standing:
    """Schemes of the running periods, the trend (period code -> scheme id -> amount) and the sums of the year.

    ``reps`` is what the company's sellers earn themselves in the running periods and is in no other figure.
    """

    clock: Clock
    schemes: list[Earned]
    trend: dict[str, dict[int, Decimal]]
    names: dict[int, Scheme]
    year_total: Decimal
    reps: Decimal
    as_of: datetime | None

    @property
    def total(self) -> Decimal:
        return sum((earned.amount for earned in self.schemes), Decimal(0))

    @property
    def main_kind(self) -> str:
        """The kind of period that most schemes have."""
        kinds = [scheme.period for scheme in self.names.values()]
        return max(KINDS, key=lambda kind: (kinds.count(kind), kind == "quarter"))


def standing_of(actor: Actor, partner_id: int, *, reps: Collection[int] | None = None) -> Standing:
    """How the partner stands (``reps`` given: how these of its sellers stand). Three queries, whatever the volume.

    A company's own figures leave out what is paid to its sellers. Points, benefits and funds are no earnings.
    """
    clock = clock_of(actor.operator)
    codes = {*clock.year, *(period.code for kind in KINDS for period in clock.trend(kind))}
    rows = payable_accruals_for(actor).filter(partner_id=partner_id)
    if reps is not None:
        rows = rows.filter(rep_id__in=reps)
    sums = _sums(rows, codes, own=reps is None)
    own, paid = sums[False], sums[True]
    running = rows.filter(period__in=clock.running_codes)
    mine = list(running.filter(rep=None) if reps is None else running)
    schemes = {row.version.scheme_id: row.version.scheme for row in mine}
    earlier = {pk for amounts in own.values() for pk in amounts if pk not in schemes}
    return Standing(
        clock=clock,
        schemes=_running(mine, own, clock, actor.operator.currency),
        trend=own,
        names=schemes | (Scheme.objects.in_bulk(earlier) if earlier else {}),
        year_total=_total(own, clock.year),
        reps=_total(paid, clock.running_codes),
        as_of=max((row.as_of for row in mine if row.as_of), default=None),
    )


Sums = dict[str, dict[int, Decimal]]


def _sums(rows: QuerySet[Accrual], codes: Iterable[str], *, own: bool) -> dict[bool, Sums]:
    """Period code -> scheme id -> amount: False for the beneficiary itself, True for what a company's sellers earn."""
    found: dict[bool, Sums] = {False: {}, True: {}}
    listed = rows.select_related(None).filter(period__in=sorted(codes)).order_by()
    company = ExpressionWrapper(Q(rep=None), BooleanField())
    grouped = listed.values_list("period", "version__scheme_id", company).annotate(total=Sum("amount"))
    for period, scheme, is_company, total in grouped:
        amounts = found[own and not is_company].setdefault(period, {})
        amounts[scheme] = amounts.get(scheme, Decimal(0)) + total
    return found


def _total(sums: Sums, codes: Collection[str]) -> Decimal:
    parts = (amount for period, amounts in sums.items() if period in codes for amount in amounts.values())
    return sum(parts, Decimal(0))


def _running(rows: Sequence[Accrual], sums: Sums, clock: Clock, currency: str) -> list[Earned]:
    found: dict[int, Earned] = {}
    for row in rows:
        scheme = row.version.scheme
        period = clock.running[scheme.period]
        if row.period == period.code:
            before = sums.get(period.previous().code, {}).get(scheme.pk, Decimal(0))
            found.setdefault(scheme.pk, Earned(scheme, period, before=before)).accruals.append(row)
    for earned in found.values():
        newest = earned.newest
        earned.ahead = ahead_of(newest, currency) if newest else []
    return sorted(found.values(), key=lambda earned: (-earned.amount, earned.scheme.code))


def mark_of(actor: Actor, partner_id: int, *, reps: Collection[int] | None = None) -> tuple[object, ...]:
    """Something that changes whenever a running accrual of ``standing_of`` does. One index scan over a few rows."""
    running = clock_of(actor.operator).running_codes
    rows = accruals_for(actor).select_related(None).filter(partner_id=partner_id, period__in=running)
    if reps is not None:
        rows = rows.filter(rep_id__in=reps)
    return (*running, *rows.order_by("pk").values_list("pk", "updated_at"))
