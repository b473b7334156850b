"""A notification in the reader's words: its language, the operator's calendar, zone and currency."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from portal.shell.formats import Formats
from workflow.models import Notification
from workflow.notices import text_of

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
#: Hold codes and names of either direction apart from the sentence around them.
FIRST_STRONG, POP = "\u2068", "\u2069"


def notice_text(row: Notification, formats: Formats) -> str:
    """The sentence, as plain text."""
    return text_of(row.kind, row.params, partial(_written, formats))


def _written(formats: Formats, value: Any) -> str:
    text = _value(formats, value)
    return f"{FIRST_STRONG}{text}{POP}" if formats.language in ("fa", "ar") else text


def _value(formats: Formats, value: Any) -> str:
    """Params come back from JSON: days and moments as ISO texts, money as a pair, names with those in other languages
    (perhaps with a number), and lists of such."""
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return formats.day(date.fromisoformat(value))
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            return formats.moment(datetime.fromisoformat(value))
        if isinstance(value, list):
            return ("، " if formats.language in ("fa", "ar") else ", ").join(
                _value(formats, one) for one in value
            )
        if isinstance(value, dict) and "names" in value:
            name = str(value["names"].get(formats.language) or value["name"])
            return f"{name}: {formats.number(Decimal(value['count']))}" if "count" in value else name
        if isinstance(value, dict) and "period" in value:
            return formats.period(value["period"])
        if isinstance(value, dict):
            return formats.money(Decimal(value["amount"]), value["currency"])
    except (ValueError, KeyError, InvalidOperation):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return formats.number(value)
    return str(value)
