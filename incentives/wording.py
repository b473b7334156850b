"""Values of formulas as a reader writes them."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

from django.utils.translation import gettext as _

from common.formats import Formats
from formula import Type
from formula.values import Value

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
