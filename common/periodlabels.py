"""How periods are called in English, Persian and Arabic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from common.calendars import base_language
from common.digits import localize_digits

_ORDINALS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("1", "2", "3", "4"),
    "fa": ("اول", "دوم", "سوم", "چهارم"),
    "ar": ("الأول", "الثاني", "الثالث", "الرابع"),
}
_FORMS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "month": "{month} {year}",
        "quarter": "Q{ordinal} {year}",
        "half": "H{ordinal} {year}",
        "year": "{year}",
        "rolling": "{months} to {month} {year}",
        "fiscal": "FY {year}",
    },
    "fa": {
        "month": "{month} {year}",
        "quarter": "سه‌ماههٔ {ordinal} {year}",
        "half": "نیمهٔ {ordinal} {year}",
        "year": "{year}",
        "rolling": "{months} منتهی به {month} {year}",
        "fiscal": "سال مالی {year}",
    },
    "ar": {
        "month": "{month} {year}",
        "quarter": "الربع {ordinal} {of}{year}",
        "half": "النصف {ordinal} {of}{year}",
        "year": "{year}",
        "rolling": "{months} حتى {month} {year}",
        "fiscal": "السنة المالية {year}",
    },
}


def period_label(
    language: str, *, kind: str, year: int, index: int, months: int, month_name: str, fiscal: bool
) -> str:
    """The name of a period; ``index`` counts quarters and halves from 0, ``fiscal`` marks a shifted year."""
    base = base_language(language)
    forms = _FORMS[base]
    shifted = fiscal and kind in ("quarter", "half", "year")
    text = forms[kind].format(
        ordinal=_ORDINALS[base][index] if kind in ("quarter", "half") else "",
        year=forms["fiscal"].format(year=year) if shifted else year,
        months=_months(base, months),
        month=month_name,
        of="من " if shifted else "",
    )
    return localize_digits(text, base)


def _months(language: str, count: int) -> str:
    if language == "fa":
        return f"{count} ماه"
    if language == "en":
        return "1 month" if count == 1 else f"{count} months"
    if count <= 2:
        return "شهر واحد" if count == 1 else "شهران"
    return f"{count} أشهر" if count <= 10 else f"{count} شهرًا"
