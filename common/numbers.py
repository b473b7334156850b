"""Decimals from text: a strict, fast reader for machines and a forgiving but never guessing one for people.

Neither lets through what ``Decimal`` would take besides plain numbers: ``NaN``, ``Infinity``, exponents,
underscores, other scripts' digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Final

from django.utils.translation import gettext_lazy as _

from common.digits import to_latin_number
from common.errors import InputError

MAX_DIGITS: Final = 20
MAX_PLACES: Final = 6
MAX_TEXT: Final = 60

_GROUPED: Final = re.compile(r"[0-9]{1,3}(?P<mark>[,' ])[0-9]{3}(?:(?P=mark)[0-9]{3})*")
_SPACES: Final = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ", "’": "'"})
# Marks that keyboards and word processors leave around numbers in right-to-left text.
_MARKS: Final = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))


def parse_decimal(text: str, max_places: int = MAX_PLACES, max_digits: int = MAX_DIGITS) -> Decimal:
    """A number as machines write it: ``-?digits[.digits]``, nothing around it.

    ``InputError``: ``not_a_number``, ``too_many_places`` (more than ``max_places`` digits after the point) or
    ``too_many_digits`` (more than ``max_digits`` altogether). All digits are kept, trailing zeros too;
    ``-0`` is 0.
    """
    if _plain(max_places, max_digits - max_places)(text) is not None:
        number = Decimal(text)
        return number if number else number.copy_abs()
    return _parse_slowly(text, max_places, max_digits)


def parse_local_decimal(text: str, max_places: int = MAX_PLACES, max_digits: int = MAX_DIGITS) -> Decimal:
    """A number as people write it: digits of three scripts, point ``٫`` or ``.``, groups ``٬``, ``,`` or
    space.

    ``1,234`` could be a thousand or one and a bit: with exactly one group mark that is not certain the
    number is refused as ``ambiguous_number`` instead of guessed. Certain are ``٬`` and spaces, several
    groups, and groups before a point. ``.`` is never a group mark. Other errors as in ``parse_decimal``.
    """
    if len(text) > MAX_TEXT:
        raise _not_a_number(text)
    cleaned = text.translate(_MARKS).translate(_SPACES).strip()
    certain = "٬" in cleaned or "٫" in cleaned
    if "٬" in cleaned and "," in cleaned:
        raise _not_a_number(text)
    cleaned = _moved_sign(to_latin_number(cleaned))
    sign, body = (cleaned[:1], cleaned[1:].lstrip()) if cleaned[:1] in ("-", "+") else ("", cleaned)
    whole, point, rest = body.partition(".")
    grouped = _GROUPED.fullmatch(whole)
    if grouped is not None:
        if grouped["mark"] == "," and not (certain or point or whole.count(",") > 1):
            raise _ambiguous(text)
        whole = whole.replace(grouped["mark"], "")
    minus = "-" if sign == "-" else ""
    try:
        return parse_decimal(f"{minus}{whole}{point}{rest}", max_places, max_digits)
    except InputError as error:
        error.params["text"] = text
        raise


def _moved_sign(text: str) -> str:
    """Arabic and Persian writers often put the minus behind the number."""
    return "-" + text[:-1].rstrip() if text.endswith("-") and text[:1] not in ("-", "+") else text


def _parse_slowly(text: str, max_places: int, max_digits: int) -> Decimal:
    """The rare form that the quick pattern did not take, or the precise reason for the refusal."""
    if len(text) > MAX_TEXT or re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text) is None:
        raise _not_a_number(text)
    whole, _point, fraction = text.lstrip("-").partition(".")
    if len(fraction) > max_places:
        raise InputError(
            "too_many_places",
            _("“%(text)s” has more than %(most)s digits after the decimal point."),
            params={"text": text, "most": max_places},
        )
    if len(whole.lstrip("0")) + len(fraction) > max_digits:
        raise InputError(
            "too_many_digits",
            _("“%(text)s” has more than %(most)s digits."),
            params={"text": text, "most": max_digits},
        )
    number = Decimal(text)
    return number if number else number.copy_abs()


@cache
def _plain(places: int, digits: int) -> Callable[[str], re.Match[str] | None]:
    fraction = rf"(?:\.[0-9]{{1,{places}}})?" if places > 0 else ""
    return re.compile(rf"-?[0-9]{{1,{max(digits, 1)}}}{fraction}").fullmatch


def _not_a_number(text: str) -> InputError:
    return InputError("not_a_number", _("“%(text)s” is not a number."), params={"text": text[:MAX_TEXT]})


def _ambiguous(text: str) -> InputError:
    return InputError(
        "ambiguous_number",
        _("“%(text)s” can be read in two ways. Leave out the thousands separator, or write a point."),
        params={"text": text},
    )
