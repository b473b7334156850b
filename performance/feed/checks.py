"""What each field of a line may hold. A check takes text and returns its one canonical form, or raises ``InputError``.

Canonical means: two spellings of the same content ("12.50" and "12.5", midnight in Tehran and 20:30 UTC) give the
same text, so that a line sent again in another dress is still a duplicate.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from catalog.enums import Contribution, EngagementModel
from common.errors import InputError
from common.numbers import parse_decimal
from common.text import require_visible

Check = Callable[[str], str]
#: The whole column in canonical form, or ``None`` when its values need a look one by one.
Quick = Callable[[Sequence[str]], list[str] | None]

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2075, 12, 31)
MAX_ATTRIBUTES, MAX_ATTRIBUTE_TEXT = 50, 4000
_KIND = re.compile(r"[a-z_]{1,30}").fullmatch
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
).fullmatch
_PLAIN_COLUMN = re.compile(
    r"-?[1-9][0-9]{0,13}(?:\.[0-9]{1,6})?(?: -?[1-9][0-9]{0,13}(?:\.[0-9]{1,6})?)*"
).fullmatch
_PLAIN = re.compile(r"-?[1-9][0-9]{0,13}(\.[0-9]{1,6})?").fullmatch


@cache
def code(longest: int) -> Check:
    """A code of up to ``longest`` characters, without anything invisible."""

    def check(text: str) -> str:
        text = encodable(require_visible(text.strip()))
        if len(text) > longest:
            raise InputError("too_long", _("Longer than %(most)s characters."), params={"most": longest})
        return text

    return check


def encodable(text: str) -> str:
    """``text``, unless it holds half of a character pair, which no database takes."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError("hidden_characters", _("There is half of a character.")) from error
    return text


def kind(text: str) -> str:
    if _KIND(text) is None:
        raise InputError("bad_kind", _("A kind is up to 30 small letters a to z and underscores."))
    return text


def number(text: str) -> str:
    """A decimal with up to six places, without needless zeros."""
    found = _PLAIN(text)
    if found is None:
        text = format(parse_decimal(text), "f")
        found = _PLAIN(text)
        if found is None:
            return format(Decimal(text).normalize(), "f")
    return text.rstrip("0").rstrip(".") if found.group(1) else text


def share(text: str) -> str:
    text = number(text)
    if not 0 < Decimal(text) <= 1:
        raise InputError("bad_share", _("A share is above 0 and at most 1."))
    return text


def currency(own: str) -> Check:
    def check(text: str) -> str:
        if text != own:
            raise InputError(
                "wrong_currency", _("Amounts are in %(currency)s here."), params={"currency": own}
            )
        return text

    return check


def _one_of(name: str, values: list[str]) -> Check:
    allowed = frozenset(values)

    def check(text: str) -> str:
        if text not in allowed:
            raise InputError(
                f"unknown_{name}",
                _("“%(text)s” is none of: %(all)s."),
                params={"text": text[:40], "all": ", ".join(values)},
            )
        return text

    return check


engagement_model = _one_of("engagement_model", EngagementModel.values)
contribution = _one_of("contribution", Contribution.values)


def _moment(text: str, zone: ZoneInfo) -> datetime:
    found = _MOMENT(text)
    try:
        if found is None:
            if _DAY(text) is None:
                raise InputError("bad_date", _("A date is written 2026-03-31 or 2026-03-31T14:05:00+03:30."))
            moment = datetime.combine(date.fromisoformat(text), time(), zone)
        elif found.group(1) is None:
            raise InputError("no_time_zone", _("A time needs its zone, as in 2026-03-31T14:05:00Z."))
        else:
            moment = datetime.fromisoformat(text)
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError("bad_date", _("There is no such date.")) from error
    if not FIRST_DAY <= moment.date() <= LAST_DAY:
        raise InputError(
            "date_out_of_range",
            _("Dates are from %(first)s to %(last)s."),
            params={"first": FIRST_DAY.isoformat(), "last": LAST_DAY.isoformat()},
        )
    return moment


def moment_and_day(zone: ZoneInfo) -> Check:
    """The moment in UTC and, behind a tabulator, its day at the operator: two columns of the staged row."""

    def check(text: str) -> str:
        moment = _moment(text, zone)
        return f"{moment.astimezone(UTC).isoformat()}\t{moment.astimezone(zone).date().isoformat()}"

    return check


def day(zone: ZoneInfo) -> Check:
    def check(text: str) -> str:
        return _moment(text, zone).astimezone(zone).date().isoformat()

    return check


def attributes(text: str) -> str:
    """A flat JSON object as canonical JSON; ``text`` is JSON."""
    try:
        value = json.loads(text, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise _bad_attributes() from error
    if not isinstance(value, dict) or len(value) > MAX_ATTRIBUTES or "\\u0000" in text:
        raise _bad_attributes()
    if any(isinstance(item, dict | list) for item in value.values()):
        raise _bad_attributes()
    canonical = encodable(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")))
    if len(canonical) > MAX_ATTRIBUTE_TEXT:
        raise InputError(
            "too_long", _("Longer than %(most)s characters."), params={"most": MAX_ATTRIBUTE_TEXT}
        )
    return canonical if value else ""


def _codes_at_once(longest: int) -> Quick:
    def quick(values: Sequence[str]) -> list[str] | None:
        text = "".join(values)
        plain = text.isascii() and text.isprintable() and " " not in text
        return list(values) if plain and max(map(len, values)) <= longest else None

    return quick


def _numbers_at_once(values: Sequence[str]) -> list[str] | None:
    if _PLAIN_COLUMN(" ".join(values)) is None:
        return None
    return [value.rstrip("0").rstrip(".") if "." in value else value for value in values]


#: Checks that a column of plain values passes as a whole: much faster than one by one.
AT_ONCE: dict[Check, Quick] = {number: _numbers_at_once} | {
    code(longest): _codes_at_once(longest) for longest in (40, 64, 120)
}


def _bad_attributes() -> InputError:
    return InputError("bad_attributes", _("Attributes are one flat object of names and plain values."))
