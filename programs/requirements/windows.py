"""Which periods of a KPI a requirement reads on a day.

A rolling window is the months that end with the day's own month. A fiscal year is the running one, or the one before it
where that was better: nobody loses a tier on the first day of a year. Growth compares with the same months a year earlier,
and of fiscal years the last whole one with the one before.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from common.periods import Period, period_of, periods_between
from performance.enums import Beneficiary, Measure, PeriodKind
from performance.models import Kpi
from programs.enums import Asks, Window
from tenancy.models import Operator

#: Measures whose values over several periods can be put together out of those of single ones.
ADDITIVE = frozenset(
    {
        Measure.SUM_AMOUNT,
        Measure.SUM_MARGIN,
        Measure.SUM_QUANTITY,
        Measure.COUNT,
        Measure.NEW_CUSTOMERS,
        Measure.AVERAGE_SCORE,
    }
)


@dataclass(frozen=True, slots=True)
class Slot:
    """Periods whose values together are one number; ``label`` names them: a period's code, or first and last one's."""

    label: str
    periods: tuple[str, ...]


def fits(kpi: Kpi, window: str, months: int) -> bool:
    """Whether ``kpi`` can be read over this window."""
    if kpi.beneficiary == Beneficiary.REP:
        return False
    if kpi.period == PeriodKind.ROLLING:
        return window == Window.ROLLING and kpi.rolling_months == months
    if window == Window.FISCAL_YEAR:
        return kpi.period == PeriodKind.YEAR or kpi.measure in ADDITIVE
    return kpi.period == PeriodKind.MONTH and kpi.measure in ADDITIVE


def slots(operator: Operator, kpi: Kpi, asks: str, window: str, months: int, day: date) -> list[Slot]:
    """What to read: for a threshold, numbers of which the best counts; for growth, the newer and the older one."""
    if window == Window.ROLLING:
        newest = _rolling(operator, kpi, months, day)
        if asks != Asks.GROWTH:
            return [newest]
        return [newest, _rolling(operator, kpi, months, _year_before(operator, day))]
    running = period_of(day, "year", operator.days, operator.fiscal_start_month)
    last = running.previous()
    if asks != Asks.GROWTH:
        return [_fiscal(operator, kpi, running), _fiscal(operator, kpi, last)]
    return [_fiscal(operator, kpi, last), _fiscal(operator, kpi, last.previous())]


def _year_before(operator: Operator, day: date) -> date:
    month = period_of(day, "month", operator.days, operator.fiscal_start_month)
    return month.same_last_year().start


def _rolling(operator: Operator, kpi: Kpi, months: int, day: date) -> Slot:
    whole = period_of(day, "rolling", operator.days, operator.fiscal_start_month, months)
    if kpi.period == PeriodKind.ROLLING:
        return Slot(whole.code, (whole.code,))
    return Slot(whole.code, whole.month_codes)


def _fiscal(operator: Operator, kpi: Kpi, year: Period) -> Slot:
    kind = PeriodKind(kpi.period)
    parts = periods_between(year.start, year.end, kind.value, operator.days, operator.fiscal_start_month)  # type: ignore[arg-type]
    return Slot(year.code, tuple(part.code for part in parts))


def next_review(operator: Operator, kind: str, day: date) -> date:
    """The first day of the period after the one that ``day`` is in."""
    return period_of(day, kind, operator.days, operator.fiscal_start_month).end  # type: ignore[arg-type]


def last_day(operator: Operator, kind: str, day: date) -> date:
    """The last day of the period that ``day`` is in."""
    return next_review(operator, kind, day) - timedelta(days=1)
