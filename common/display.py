"""Numbers, money, dates and times as readers of English, Persian and Arabic expect them.

Digits and signs follow the language (``fa`` ۱۲۳, ``ar`` ١٢٣, others 123) and every digit is shown: nothing
is rounded unless asked for. An amount always names its unit.
"""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from babel import Locale
from babel.dates import format_timedelta

from common.calendars import Calendar, Style, base_language
from common.digits import localize_digits
from common.money import exponent, plain, unit

_SYSTEMS: Final[Mapping[str, str]] = {"en": "latn", "fa": "arabext", "ar": "arab"}
_UNITS: Final[Mapping[str, Mapping[str, str]]] = {
    "fa": {
        "IRR": "ریال", "AED": "درهم امارات", "USD": "دلار آمریکا", "EUR": "یورو", "GBP": "پوند بریتانیا",
        "SAR": "ریال سعودی", "KWD": "دینار کویت", "BHD": "دینار بحرین", "OMR": "ریال عمان",
        "QAR": "ریال قطر", "IQD": "دینار عراق", "TRY": "لیر ترکیه", "AFN": "افغانی", "CNY": "یوان چین",
    },
    "ar": {
        "AED": "د.إ.", "SAR": "ر.س.", "KWD": "د.ك.", "BHD": "د.ب.", "OMR": "ر.ع.", "QAR": "ر.ق.",
        "IQD": "د.ع.", "JOD": "د.أ.", "EGP": "ج.م.", "LBP": "ل.ل.", "SYP": "ل.س.", "YER": "ر.ي.",
        "LYD": "د.ل.", "TND": "د.ت.", "DZD": "د.ج.", "MAD": "د.م.", "SDG": "ج.س.",
        "IRR": "ريال إيراني", "USD": "دولار أمريكي", "EUR": "يورو", "GBP": "جنيه إسترليني",
    },
}  # fmt: skip
_TOMAN: Final[Mapping[str, str]] = {"en": "toman", "fa": "تومان", "ar": "تومان"}
_POWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("", "K", "M", "B", "T"),
    "fa": ("", " هزار", " میلیون", " میلیارد", " هزار میلیارد"),
    "ar": ("", " ألف", " مليون", " مليار", " تريليون"),
}
_NOW: Final[Mapping[str, str]] = {"en": "just now", "fa": "همین حالا", "ar": "الآن"}
_WIDE: Final = decimal.Context(prec=60)


class _Signs(NamedTuple):
    group: str
    point: str
    minus: str
    percent: str


def format_number(
    value: Decimal | int, language: str, min_places: int = 0, max_places: int | None = None
) -> str:
    """``value`` with grouped digits; ``max_places`` rounds half to even, otherwise every digit is shown."""
    number = Decimal(value)
    if max_places is not None:
        number = _rounded(number, max_places)
    base = base_language(language)
    signs = _signs(base)
    whole, _point, fraction = plain(number.copy_abs(), min_places).partition(".")
    grouped = f"{int(whole):,}".replace(",", signs.group)
    text = localize_digits(f"{grouped}{signs.point}{fraction}" if fraction else grouped, base)
    return signs.minus + text if number < 0 else text


def format_percent(fraction: Decimal, language: str, max_places: int | None = 1, min_places: int = 0) -> str:
    """A fraction as percentage: ``0.125`` → ``12.5%``; ``max_places=None`` shows every digit."""
    percentage = fraction.scaleb(2, _WIDE)
    signs = _signs(base_language(language))
    return format_number(percentage, language, min_places, max_places) + signs.percent


def unit_name(currency: str, language: str, toman: bool = False) -> str:
    """The unit beside an amount: ``ریال``, ``د.إ.``, ``AED``; the ISO code where there is no usual one."""
    base = base_language(language)
    if toman and currency == "IRR":
        return _TOMAN[base]
    return _UNITS.get(base, {}).get(currency, currency)


def format_money(
    amount: Decimal, currency: str, language: str, toman: bool = False, compact: bool = False
) -> str:
    """An amount with its unit: ``AED 1,234.50``, ``۱۲٬۳۴۵ ریال``, ``١٬٢٣٤٫٥٠ د.إ.``.

    ``toman`` shows rials (no other currency) as tomans, ten rials each, exactly. ``compact`` rounds to one
    decimal of the largest power that fits: ``۱٫۲ میلیارد ریال``. Digits beyond the currency's decimals are
    shown, never rounded away.
    """
    in_toman = toman and currency == "IRR"
    value = amount.scaleb(-1, _WIDE) if in_toman else amount
    if compact:
        number = format_compact(value, language)
    else:
        number = format_number(value, language, min_places=0 if in_toman else exponent(currency))
    name = unit_name(currency, language, toman)
    if base_language(language) == "en" and not in_toman:
        return f"{name}\N{NO-BREAK SPACE}{number}"
    return f"{number}\N{NO-BREAK SPACE}{name}"


def format_compact(value: Decimal, language: str) -> str:
    """``value`` rounded to one decimal of thousand, million, ...: ``1.2B``, ``۱٫۲ میلیارد``."""
    base = base_language(language)
    names = _POWERS[base]
    power = 0
    scaled = _rounded(value, 1)
    while abs(scaled) >= 1000 and power < len(names) - 1:
        power += 1
        scaled = _rounded(value.scaleb(-3 * power, _WIDE), 1)
    return format_number(scaled, language) + names[power].replace(" ", "\N{NO-BREAK SPACE}")


def format_date(
    value: date | datetime, calendar: Calendar, language: str, tz: tzinfo | None = None, style: Style = "long"
) -> str:
    """A day, or the day of an aware moment in the zone ``tz``, in the operator's calendar."""
    return calendar.format(local_day(value, tz), language, style)


def format_datetime(
    moment: datetime,
    calendar: Calendar,
    language: str,
    tz: tzinfo,
    style: Style = "long",
    seconds: bool = False,
) -> str:
    """An aware moment as day and time of the zone ``tz``: ``25 Khordad 1404, 14:30``."""
    local = _aware(moment).astimezone(tz)
    base = base_language(language)
    time = localize_digits(local.strftime("%H:%M:%S" if seconds else "%H:%M"), base)
    return calendar.format(local.date(), language, style) + (", " if base == "en" else "، ") + time


def format_relative(moment: datetime, now: datetime, language: str) -> str:
    """How long before or after ``now``: ``3 minutes ago``; under ten seconds ``just now``."""
    apart: timedelta = _aware(moment) - _aware(now)
    base = base_language(language)
    if abs(apart) < timedelta(seconds=10):
        return _NOW[base]
    text = format_timedelta(apart, add_direction=True, locale=base)
    return localize_digits(text, base)


def local_day(value: date | datetime, tz: tzinfo | None) -> date:
    """The day of an aware moment in the zone ``tz``; a date is itself. Naive moments: ``ValueError``."""
    if not isinstance(value, datetime):
        return value
    return _aware(value).astimezone(tz).date()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(unit(places), rounding=decimal.ROUND_HALF_EVEN, context=_WIDE)


@cache
def _signs(language: str) -> _Signs:
    symbols = Locale.parse(language).number_symbols[_SYSTEMS[language]]
    return _Signs(symbols["group"], symbols["decimal"], symbols["minusSign"], symbols["percentSign"])
