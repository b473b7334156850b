"""What a threshold ahead takes and brings, as one sentence."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal

from django.utils.translation import gettext as _

from common.money import exponent
from formula import Type
from formula.values import Value
from incentives.ahead import Ahead
from portal.shell.formats import Formats

#: Isolation of a piece of text from the direction of the sentence around it.
OPEN, CLOSE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"

_WIDE = Context(prec=60)


def isolated(text: str) -> str:
    return f"{OPEN}{text}{CLOSE}"


def show_value(formats: Formats, value: Value, unit: Type) -> str:
    """A formula's value as the reader writes it, isolated from the sentence around it."""
    return isolated(plain_value(formats, value, unit))


def plain_value(formats: Formats, value: Value, unit: Type) -> str:
    """A formula's value as the reader writes it, with at most six decimals (four of a percentage)."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        if unit.is_money:
            return formats.money(at_most(value, 6), unit.currency)
        return formats.percent(value, 4) if unit.kind == "percent" else formats.number(value, 6)
    return value if isinstance(value, str) else formats.day(value)


def at_most(value: Decimal, places: int, rounding: str = ROUND_HALF_EVEN) -> Decimal:
    """``value`` with at most ``places`` decimals."""
    fraction = -int(value.as_tuple().exponent)
    return value.quantize(Decimal(1).scaleb(-places), rounding, _WIDE) if fraction > places else value


def up(value: Decimal, unit: Type) -> Decimal:
    """A threshold or distance as people reach it: up to the next cent, hundredth or whole piece."""
    places = exponent(unit.currency) if unit.is_money else 0 if unit.kind == "count" else 2
    return at_most(value, places, ROUND_CEILING)


def ahead_sentence(ahead: Ahead, formats: Formats, names: Mapping[str, str]) -> str:
    """For example: “34,000 more in Cloud sales brings you to 3 % and adds 1,240.”"""
    words = {
        "distance": show_value(formats, up(ahead.distance, ahead.unit), ahead.unit),
        "kpi": isolated(names.get(ahead.name, ahead.name)),
        "needed": show_value(formats, up(ahead.needed, ahead.unit), ahead.unit),
        "gain": isolated(formats.money(at_most(ahead.gain, exponent(formats.currency)))),
    }
    if ahead.rate_then is None or ahead.rate_unit is None:
        return _("%(distance)s more in %(kpi)s, %(needed)s in all, adds %(gain)s.") % words
    words["rate"] = show_value(formats, ahead.rate_then, ahead.rate_unit)
    if ahead.kind == "marginal":
        return _("%(distance)s more in %(kpi)s adds %(gain)s; from there on you earn %(rate)s.") % words
    return _("%(distance)s more in %(kpi)s brings you to %(rate)s and adds %(gain)s.") % words
