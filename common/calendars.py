"""The three calendars that operators keep: Gregorian, Jalali (Solar Hijri) and Hijri (Umm al-Qura).

A calendar converts between ``datetime.date`` (what is stored) and its own year, month and day (what is
shown and what periods are made of). The arithmetic is that of ``jdatetime`` and ``hijridate``; this module
gives them one shape and refuses dates for which they would be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

import jdatetime
from babel.dates import get_day_names, get_month_names
from django.utils.translation import gettext_lazy as _
from hijridate import Gregorian, Hijri

from common.digits import localize_digits, to_latin
from common.errors import InputError

Code = Literal["gregorian", "jalali", "hijri"]
Style = Literal["short", "long", "full", "month"]

_JALALI_NAMES: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar",
        "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand",
    ),
    "fa": (
        "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
        "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
    ),
    "ar": (
        "فروردين", "أرديبهشت", "خرداد", "تير", "مرداد", "شهريور",
        "مهر", "آبان", "آذر", "دي", "بهمن", "اسفند",
    ),
}  # fmt: skip
_HIJRI_NAMES: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Muharram", "Safar", "Rabi I", "Rabi II", "Jumada I", "Jumada II",
        "Rajab", "Shaban", "Ramadan", "Shawwal", "Dhu al-Qadah", "Dhu al-Hijjah",
    ),
    "fa": (
        "محرم", "صفر", "ربیع‌الاول", "ربیع‌الثانی", "جمادی‌الاول", "جمادی‌الثانی",
        "رجب", "شعبان", "رمضان", "شوال", "ذیقعده", "ذیحجه",
    ),
    "ar": (
        "محرم", "صفر", "ربيع الأول", "ربيع الآخر", "جمادى الأولى", "جمادى الآخرة",
        "رجب", "شعبان", "رمضان", "شوال", "ذو القعدة", "ذو الحجة",
    ),
}  # fmt: skip
_WRITTEN = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})")
_COMMA = {"en": ", ", "fa": "، ", "ar": "، "}


def base_language(language: str) -> str:
    """``fa``, ``ar`` or ``en``: whose names and digits are used for ``language`` (``fa-IR``...)."""
    code = language[:2].lower()
    return code if code in ("fa", "ar") else "en"


@dataclass(frozen=True, slots=True)
class Calendar:
    """One calendar with the years ``first_year`` to ``last_year`` (both included) in which it is reliable."""

    code: Code
    first_year: int
    last_year: int

    @property
    def first_day(self) -> date:
        """The first day that this calendar can name."""
        return self._to_date(self.first_year, 1, 1)

    @property
    def last_day(self) -> date:
        """The last day that this calendar can name."""
        return self.to_date(self.last_year, 12, self.month_length(self.last_year, 12))

    def supports(self, day: date) -> bool:
        """Whether ``from_date(day)`` has an answer."""
        first, last = _range(self)
        return first <= day <= last

    def from_date(self, day: date) -> tuple[int, int, int]:
        """``(year, month, day)`` in this calendar; ``InputError("date_out_of_range")`` outside its years."""
        if not self.supports(day):
            raise _out_of_range(self, day.isoformat())
        if self.code == "jalali":
            own = jdatetime.date.fromgregorian(date=day)
            return own.year, own.month, own.day
        if self.code == "hijri":
            return Gregorian.fromdate(day).to_hijri().datetuple()
        return day.year, day.month, day.day

    def to_date(self, year: int, month: int, day: int) -> date:
        """The stored date; ``InputError``: ``date_out_of_range`` (year) or ``invalid_date`` (month, day)."""
        if not self.first_year <= year <= self.last_year:
            raise _out_of_range(self, str(year))
        if not (1 <= month <= 12 and 1 <= day <= self.month_length(year, month)):
            shown = f"{year:04d}-{month:02d}-{day:02d}"
            raise InputError("invalid_date", _("There is no day %(date)s."), params={"date": shown})
        return self._to_date(year, month, day)

    def month_start(self, year: int, month: int) -> date:
        """First day of a month; one month past the range is allowed, because periods end before a day."""
        if (year, month) == (self.last_year + 1, 1):
            return self.last_day + timedelta(days=1)
        return self.to_date(year, month, 1)

    def month_length(self, year: int, month: int) -> int:
        """Days in a month of a year in range."""
        if (year, month) == (self.last_year, 12):
            return _last_month_length(self)
        following = (year, month + 1) if month < 12 else (year + 1, 1)
        return (self._to_date(*following, 1) - self._to_date(year, month, 1)).days

    def is_leap(self, year: int) -> bool:
        """Whether the year has a leap day (the Hijri year: 355 days)."""
        days = (self.month_start(year + 1, 1) - self.month_start(year, 1)).days
        return days > (354 if self.code == "hijri" else 365)

    def month_names(self, language: str) -> tuple[str, ...]:
        """Twelve names, first month first."""
        return _month_names(self.code, base_language(language))

    def parse(self, text: str) -> date:
        """A date written year-month-day with ``-`` or ``/`` in this calendar and in digits of any script."""
        match = _WRITTEN.fullmatch(to_latin(text.strip()))
        if match is None:
            raise InputError("invalid_date", _("Write the date as year-month-day."))
        year, month, day = (int(part) for part in match.group(1, 3, 4))
        return self.to_date(year, month, day)

    def format(self, day: date, language: str, style: Style = "long") -> str:
        """``day`` for readers of ``language``.

        ``short`` 1404/03/25 (English: 1404-03-25), ``long`` 25 Khordad 1404, ``full`` with the weekday in
        front, ``month`` without the day of the month.
        """
        base = base_language(language)
        year, month, number = self.from_date(day)
        if style == "short":
            sign = "-" if base == "en" else "/"
            return localize_digits(f"{year:04d}{sign}{month:02d}{sign}{number:02d}", base)
        name = self.month_names(base)[month - 1]
        if style == "month":
            return localize_digits(f"{name} {year}", base)
        text = localize_digits(f"{number} {name} {year}", base)
        return text if style == "long" else weekday_name(day, base) + _COMMA[base] + text

    def _to_date(self, year: int, month: int, day: int) -> date:
        if self.code == "jalali":
            own: date = jdatetime.date(year, month, day).togregorian()
            return own
        if self.code == "hijri":
            return date(*Hijri(year, month, day).to_gregorian().datetuple())
        return date(year, month, day)


# Gregorian years keep four digits. Jalali: the 33-year cycle of jdatetime agrees with the astronomical
# calendar until 1501 only. Hijri: the years of the Umm al-Qura tables.
GREGORIAN = Calendar("gregorian", 1000, 9998)
JALALI = Calendar("jalali", 1178, 1500)
HIJRI = Calendar("hijri", 1343, 1500)
CALENDARS: Mapping[str, Calendar] = {each.code: each for each in (GREGORIAN, JALALI, HIJRI)}


def get_calendar(code: str) -> Calendar:
    """The calendar of an operator's setting; ``InputError("unknown_calendar")``."""
    try:
        return CALENDARS[code]
    except KeyError:
        raise InputError(
            "unknown_calendar", _("There is no calendar “%(code)s”."), params={"code": code}
        ) from None


def weekday_name(day: date, language: str) -> str:
    """Full name of the weekday."""
    names = get_day_names("wide", context="stand-alone", locale=base_language(language))
    return str(names[day.weekday()])


@cache
def _month_names(code: Code, language: str) -> tuple[str, ...]:
    if code == "jalali":
        return _JALALI_NAMES[language]
    if code == "hijri":
        return _HIJRI_NAMES[language]
    names = get_month_names("wide", context="stand-alone", locale=language)
    return tuple(names[month] for month in range(1, 13))


@cache
def _range(calendar: Calendar) -> tuple[date, date]:
    return calendar.first_day, calendar.last_day


def _last_month_length(calendar: Calendar) -> int:
    if calendar.code == "hijri":
        return Hijri(calendar.last_year, 12, 1).month_length()
    following = calendar._to_date(calendar.last_year + 1, 1, 1)
    return (following - calendar._to_date(calendar.last_year, 12, 1)).days


def _out_of_range(calendar: Calendar, shown: str) -> InputError:
    return InputError(
        "date_out_of_range",
        _("%(date)s is outside the years %(first)s to %(last)s of this calendar."),
        params={"date": shown, "first": calendar.first_year, "last": calendar.last_year},
    )
