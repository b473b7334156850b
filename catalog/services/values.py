"""Reading the values of master data, from a form, the API or a file: each function returns a reader of one field.

A reader takes what came in and returns what is stored, or raises ``InputError`` (without its field, which the caller knows).
Text and its empty form (``""``, ``None``) are always accepted, because files have nothing else.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.digits import to_latin
from common.errors import InputError
from common.numbers import parse_local_decimal
from common.text import clean_line, require_visible, search_key
from tenancy.context import require_operator_id
from tenancy.enums import Language
from tenancy.models import Operator

Clean = Callable[[Any], Any]
CODE_LENGTH = 64
_TRUE = frozenset({"true", "yes", "y", "1", "on", "x", "بله", "بلی", "نعم"})
_FALSE = frozenset({"", "false", "no", "n", "0", "off", "خیر", "نه", "لا"})
_SEPARATORS = re.compile(r"[,;|،؛\n]")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.+Z-]*)?")


def too_long(most: int) -> InputError:
    return InputError("too_long", _("This is longer than %(most)s characters."), params={"most": most})


def code(value: Any) -> str:
    """A natural key: one line without hidden characters, at most 64; empty means none."""
    written = require_visible(str("" if value is None else value).strip())
    if len(written) > CODE_LENGTH:
        raise too_long(CODE_LENGTH)
    return written


def text(most: int, *, required: bool = False) -> Clean:
    """One clean line of at most ``most`` characters."""

    def read(value: Any) -> str:
        line = clean_line(str("" if value is None else value))
        if required and not line:
            raise InputError("required", _("This must not be empty."))
        if len(line) > most:
            raise too_long(most)
        return line

    return read


def tag(most: int) -> Clean:
    """A short word that formulas compare with, in lower case."""
    line = text(most)
    return lambda value: line(value).lower()


def checked(validator: Callable[[str], None], most: int, example: str) -> Clean:
    """A line that a Django validator accepts, or nothing."""
    line = text(most)

    def read(value: Any) -> str:
        written: str = to_latin(line(value))
        try:
            if written:
                validator(written)
        except ValidationError:
            raise InputError(
                "invalid", _("Write it like %(example)s."), params={"example": example}
            ) from None
        return written

    return read


email = checked(EmailValidator(), 254, "name@example.com")
website = checked(URLValidator(schemes=["http", "https"]), 200, "https://example.com")


def phone(value: Any) -> str:
    """A number as it is dialled, in Latin digits."""
    written: str = to_latin(text(32)(value))
    if written and not re.fullmatch(r"[+()0-9 ./-]{3,32}", written):
        raise InputError("invalid", _("Write it like %(example)s."), params={"example": "+98 21 1234 5678"})
    return written


def bank_account(value: Any) -> str:
    """The number of an account as banks write it: capital letters and Latin digits, without spaces."""
    written: str = re.sub(r"[ .-]", "", to_latin(text(60)(value))).upper()
    if written and not re.fullmatch(r"[A-Z0-9]{5,34}", written):
        raise InputError(
            "invalid", _("Write it like %(example)s."), params={"example": "IR06 2960 0000 0010 0324 2000 01"}
        )
    return written


def country(value: Any) -> str:
    """Two capital letters (ISO 3166) or nothing."""
    written: str = text(40)(value).upper()
    if written and not re.fullmatch(r"[A-Z]{2}", written):
        raise InputError("country", _("Write the country as two letters, as in IR or AE."))
    return written


def choice(choices: type[TextChoices], *, required: bool = True) -> Clean:
    """One value of ``choices``; its name in the reader's language is understood too."""

    def read(value: Any) -> str:
        found = _matched(choices, value)
        if found is None or (required and not found):
            raise _unknown_choice(choices, value)
        return found

    return read


def several(choices: type[TextChoices]) -> Clean:
    """A list, or a text with commas or semicolons, of values of ``choices``; sorted as in the list of choices."""

    def read(value: Any) -> list[str]:
        parts: Collection[Any] = _SEPARATORS.split(value) if isinstance(value, str) else value or []
        found = set()
        for part in parts:
            matched = _matched(choices, part)
            if matched is None:
                raise _unknown_choice(choices, part)
            found.add(matched)
        return [one for one in choices.values if one in found]

    return read


def _matched(choices: type[TextChoices], value: Any) -> str | None:
    """The value meant, ``""`` for nothing, ``None`` for something unknown."""
    written = search_key(str("" if value is None else value))
    if not written:
        return ""
    plain = written.replace(" ", "_").replace("-", "_")
    return next(
        (str(one) for one, label in choices.choices if plain == one or written == search_key(str(label))),
        None,
    )


def _unknown_choice(choices: type[TextChoices], value: Any) -> InputError:
    return InputError(
        "unknown_choice",
        _("“%(value)s” is not one of: %(known)s."),
        params={"value": str(value or "")[:60], "known": ", ".join(choices.values)},
    )


def boolean(*, empty: bool) -> Clean:
    """Yes or no in words of three languages; ``empty`` is what an empty text means."""

    def read(value: Any) -> bool:
        if isinstance(value, bool):
            return value
        written = to_latin(str("" if value is None else value)).strip().lower()
        if not written:
            return empty
        if written in _TRUE or written in _FALSE:
            return written in _TRUE
        raise InputError("not_a_boolean", _("Write yes or no."))

    return read


def price(value: Any) -> Decimal | None:
    """An amount that is not negative, with at most six decimals, or nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, float):
        raise InputError("not_a_number", _("Give the number as text, so that it stays exact."))
    number = parse_local_decimal(format(value, "f") if isinstance(value, Decimal) else str(value))
    if number < 0:
        raise InputError("negative", _("This must not be negative."))
    return number


def day(value: Any) -> date | None:
    """A date: year-month-day, Gregorian or (years below 1700) in the operator's calendar; a time behind it is dropped."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or value is None:
        return value
    written = to_latin(str(value)).strip()
    if not written:
        return None
    match = _ISO.fullmatch(written)
    if match is None:
        raise InputError("invalid_date", _("Write the date as year-month-day."))
    year, month, number = (int(part) for part in match.groups())
    if year < 1700:
        return _operator().days.to_date(year, month, number)
    try:
        return date(year, month, number)
    except ValueError:
        raise InputError("invalid_date", _("There is no day %(date)s."), params={"date": written}) from None


def _operator() -> Operator:
    return Operator.objects.get(pk=require_operator_id())


def names(value: Any) -> dict[str, str]:
    """Language code -> name; an empty name takes the language away."""
    if value in (None, ""):
        return {}
    if not isinstance(value, Mapping):
        raise InputError("invalid_names", _("Give the names as language and name."))
    unknown = [key for key in value if key not in Language.values]
    if unknown:
        raise InputError(
            "unknown_language", _("“%(value)s” is no language."), params={"value": str(unknown[0])[:20]}
        )
    line = text(200)
    return {str(key): line(name) for key, name in value.items()}
