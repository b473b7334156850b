"""Values inside sentences, written for one reader: days, moments, money, shares, periods and names."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from common.formats import Formats

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
#: Hold codes and names of either direction apart from the sentence around them.
FIRST_STRONG, POP = "\u2068", "\u2069"


def sentence(text: Any, params: Mapping[str, Any], formats: Formats) -> str:
    """A lazy text with its values in the reader's words, as plain text."""
    words = {name: written(formats, value) for name, value in params.items()}
    return str(text) % words if words else str(text)


def written(formats: Formats, value: Any) -> str:
    """One value; apart from the sentence around it where that runs from right to left."""
    text = _value(formats, value)
    return f"{FIRST_STRONG}{text}{POP}" if formats.language in ("fa", "ar") else text


def _value(formats: Formats, value: Any) -> str:
    """Params come back from JSON: days and moments as ISO texts, money as a pair, names with those in other languages.

    ``{"share"}`` is a fraction. A name may have a number behind it (``"count"``); a list is written with commas.
    """
    try:
        if isinstance(value, datetime):
            return formats.moment(value)
        if isinstance(value, date):
            return formats.day(value)
        if isinstance(value, str) and _DAY.fullmatch(value):
            return formats.day(date.fromisoformat(value))
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            return formats.moment(datetime.fromisoformat(value))
        if isinstance(value, list):
            comma = "، " if formats.language in ("fa", "ar") else ", "
            return comma.join(_value(formats, one) for one in value)
        if isinstance(value, dict) and "names" in value:
            name = str(value["names"].get(formats.language) or value["name"])
            return f"{name}: {formats.number(Decimal(value['count']))}" if "count" in value else name
        if isinstance(value, dict) and "period" in value:
            return formats.period(value["period"])
        if isinstance(value, dict) and "share" in value:
            return formats.percent(Decimal(value["share"]), 0)
        if isinstance(value, dict):
            return formats.money(Decimal(value["amount"]), value["currency"])
    except (ValueError, KeyError, InvalidOperation):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return formats.number(value)
    return str(value)
