"""Periods of an operator's own calendar and fiscal year.

A period covers the days from ``start`` up to, not including, ``end``. Its code is unique within one operator:

====================  =================================================
``2013-05``           month 5 of the calendar year 2013
``2013-Q1``           first quarter of the fiscal year 2013
``2013-H1``           first half of the fiscal year 2013
``2013``              the fiscal year 2013
``R12-2013-05``       the twelve months that end with month ``2013-05``
====================  =================================================

The fiscal year has the number of the calendar year in which it **starts**: with fiscal start month 7,
``2013`` runs from month 7 of 2013 to month 6 of 2014 and ``2013-Q1`` is 2013-07 to 2013-09. A month always
keeps its calendar code. See ``docs/decisions/0002-fiscal-year-names.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from django.utils.translation import gettext_lazy as _

from common.calendars import Calendar
from common.errors import InputError
from common.periodlabels import period_label

Kind = Literal["month", "quarter", "half", "year", "rolling"]
KINDS: Final[tuple[Kind, ...]] = ("month", "quarter", "half", "year", "rolling")
MAX_ROLLING_MONTHS: Final = 60

_MONTHS: Final[dict[str, int]] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_PARTS: Final[dict[str | None, Kind]] = {"Q": "quarter", "H": "half", None: "year"}
_CODE: Final = re.compile(
    r"(?:R(?P<rolling>[1-9][0-9]?)-)?(?P<year>[0-9]{4})(?:-(?:(?P<month>[0-9]{2})|(?P<part>[QH])(?P<index>[1-4])))?"
)


@dataclass(frozen=True, slots=True)
class Period:
    """One period. Two periods are equal when code, calendar and fiscal start are; they sort by ``start``."""

    code: str
    kind: Kind
    start: date
    end: date
    calendar: Calendar
    fiscal_start: int = 1

    def __str__(self) -> str:
        return self.code

    def __lt__(self, other: Period) -> bool:
        return (self.start, self.end) < (other.start, other.end)

    @property
    def months(self) -> int:
        """Length in months of the calendar."""
        return int(self.code[1:].split("-")[0]) if self.kind == "rolling" else _MONTHS[self.kind]

    @property
    def last_day(self) -> date:
        """The last day inside."""
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.end - self.start).days

    @property
    def month_codes(self) -> tuple[str, ...]:
        """Codes of the months inside, first one first."""
        first = _serial(self)
        return tuple(_month_code(serial) for serial in range(first, first + self.months))

    def contains(self, day: date) -> bool:
        """Whether ``day`` is inside."""
        return self.start <= day < self.end

    def previous(self) -> Period:
        """The period before; of a rolling period, the one that ends a month earlier."""
        return self._shifted(-1 if self.kind == "rolling" else -self.months)

    def next(self) -> Period:
        """The period after; of a rolling period, the one that ends a month later."""
        return self._shifted(1 if self.kind == "rolling" else self.months)

    def same_last_year(self) -> Period:
        """The same months one year of the calendar earlier."""
        return self._shifted(-12)

    def label(self, language: str) -> str:
        """Name for readers: ``Q1 2013``, ``سه‌ماههٔ اول ۱۴۰۴``, ``الربع الأول ١٤٤٧``."""
        first = _serial(self)
        year, index = divmod(first - (self.fiscal_start - 1), 12)
        month = (first + self.months - 1) % 12 if self.kind in ("month", "rolling") else 0
        if self.kind in ("month", "rolling"):
            year = (first + self.months - 1) // 12
        return period_label(
            language,
            kind=self.kind,
            year=year,
            index=index // self.months,
            months=self.months,
            month_name=self.calendar.month_names(language)[month],
            fiscal=self.fiscal_start > 1,
        )

    def range_label(self, language: str) -> str:
        """First and last day for readers: ``1 May 2013 – 31 May 2013``."""
        return " – ".join(self.calendar.format(day, language, "long") for day in (self.start, self.last_day))

    def _shifted(self, months: int) -> Period:
        return _build(self.kind, _serial(self) + months, self.months, self.calendar, self.fiscal_start)


class DayCodes(NamedTuple):
    """A day with the codes of the calendar-bound periods that contain it."""

    day: date
    month: str
    quarter: str
    half: str
    year: str


def parse_period(code: str, calendar: Calendar, fiscal_start: int = 1) -> Period:
    """The period with this code. ``InputError``: ``invalid_period`` or ``date_out_of_range``."""
    _check_fiscal_start(fiscal_start)
    match = _CODE.fullmatch(code)
    if match is None:
        raise _invalid(code)
    year, month, rolling = int(match["year"]), match["month"], match["rolling"]
    if month is not None:
        if not 1 <= int(month) <= 12:
            raise _invalid(code)
        last = year * 12 + int(month) - 1
        if rolling is None:
            return _build("month", last, 1, calendar, fiscal_start)
        months = _check_rolling(int(rolling))
        return _build("rolling", last - months + 1, months, calendar, fiscal_start)
    if rolling is not None:
        raise _invalid(code)
    kind = _PARTS[match["part"]]
    months = _MONTHS[kind]
    index = int(match["index"] or 1)
    if index * months > 12:
        raise _invalid(code)
    first = year * 12 + fiscal_start - 1 + (index - 1) * months
    return _build(kind, first, months, calendar, fiscal_start)


def period_of(
    day: date, kind: Kind, calendar: Calendar, fiscal_start: int = 1, months: int | None = None
) -> Period:
    """The period of this kind that contains ``day``.

    For ``rolling`` give ``months``; the answer is the period that *ends* with the month of ``day``.
    ``periods_of`` gives all of the rolling periods that contain it.
    """
    _check_fiscal_start(fiscal_start)
    year, month, _day = calendar.from_date(day)
    serial = year * 12 + month - 1
    if kind == "rolling":
        length = _check_rolling(months)
        return _build(kind, serial - length + 1, length, calendar, fiscal_start)
    length = _length(kind)
    first = serial - (serial - (fiscal_start - 1)) % length
    return _build(kind, first, length, calendar, fiscal_start)


def periods_of(
    day: date, kind: Kind, calendar: Calendar, fiscal_start: int = 1, months: int | None = None
) -> tuple[Period, ...]:
    """Every period of this kind that contains ``day``, earliest first: one, or ``months`` rolling ones."""
    first = period_of(day, kind, calendar, fiscal_start, months)
    return tuple(first._shifted(step) for step in range(first.months if kind == "rolling" else 1))


def periods_between(
    start: date,
    end: date,
    kind: Kind,
    calendar: Calendar,
    fiscal_start: int = 1,
    months: int | None = None,
) -> Iterator[Period]:
    """Periods that share a day with ``start`` up to, not including, ``end``; earliest first.

    Rolling periods are those that end with a month of that span.
    """
    if start >= end:
        return
    period = period_of(start, kind, calendar, fiscal_start, months)
    final = period_of(end - timedelta(days=1), kind, calendar, fiscal_start, months)
    while period.code != final.code:
        yield period
        period = period.next()
    yield final


def day_table(start: date, end: date, calendar: Calendar, fiscal_start: int = 1) -> Iterator[DayCodes]:
    """Each day from ``start`` up to, not including, ``end``, with the codes of its periods."""
    _check_fiscal_start(fiscal_start)
    for month in periods_between(start, end, "month", calendar, fiscal_start):
        serial = _serial(month)
        codes = (month.code, *(_code_at(serial, kind, fiscal_start) for kind in ("quarter", "half", "year")))
        day, stop = max(start, month.start), min(end, month.end)
        while day < stop:
            yield DayCodes(day, *codes)
            day += timedelta(days=1)


def _build(kind: Kind, first: int, months: int, calendar: Calendar, fiscal_start: int) -> Period:
    """The period of ``months`` months from month number ``first`` (year × 12 + month − 1) on."""
    if kind == "rolling":
        code = f"R{months}-{_month_code(first + months - 1)}"
    else:
        code = _code_at(first, kind, fiscal_start)
    start, end = _month_start(first, calendar), _month_start(first + months, calendar)
    return Period(code, kind, start, end, calendar, fiscal_start)


def _code_at(serial: int, kind: str, fiscal_start: int) -> str:
    if kind == "month":
        return _month_code(serial)
    year, index = divmod(serial - (fiscal_start - 1), 12)
    if kind == "year":
        return f"{year:04d}"
    return f"{year:04d}-{'Q' if kind == 'quarter' else 'H'}{index // _MONTHS[kind] + 1}"


def _month_code(serial: int) -> str:
    return f"{serial // 12:04d}-{serial % 12 + 1:02d}"


@lru_cache(maxsize=4096)
def _month_start(serial: int, calendar: Calendar) -> date:
    return calendar.month_start(serial // 12, serial % 12 + 1)


def _serial(period: Period) -> int:
    year, month, _day = period.calendar.from_date(period.start)
    return year * 12 + month - 1


def _length(kind: Kind) -> int:
    try:
        return _MONTHS[kind]
    except KeyError:
        raise InputError(
            "unknown_period_kind", _("There is no period kind “%(kind)s”."), params={"kind": kind}
        ) from None


def _check_fiscal_start(month: int) -> None:
    if not 1 <= month <= 12:
        raise InputError(
            "invalid_fiscal_start", _("The fiscal year starts in a month from 1 to 12."), "fiscal_start"
        )


def _check_rolling(months: int | None) -> int:
    if months is None or not 1 <= months <= MAX_ROLLING_MONTHS:
        raise InputError(
            "invalid_rolling",
            _("A rolling period has 1 to %(most)s months."),
            "months",
            params={"most": MAX_ROLLING_MONTHS},
        )
    return months


def _invalid(code: str) -> InputError:
    return InputError(
        "invalid_period",
        _("“%(code)s” is not a period. Write it as 2013-05, 2013-Q1, 2013-H1, 2013 or R12-2013-05."),
        params={"code": code[:40]},
    )
