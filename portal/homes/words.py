"""What a threshold ahead takes and brings, as one sentence."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from django.utils.translation import gettext as _

from common.money import exponent
from formula import Type
from incentives.ahead import Ahead
from incentives.wording import at_most, isolated, plain_value, show_value
from portal.shell.formats import Formats

__all__ = ["ahead_sentence", "at_most", "down", "isolated", "plain_value", "show_value", "up"]


def up(value: Decimal, unit: Type) -> Decimal:
    """A threshold or distance as people reach it: up to the next cent, hundredth or whole piece."""
    return at_most(value, _places(unit), ROUND_CEILING)


def down(value: Decimal, unit: Type) -> Decimal:
    """What somebody has of it, without more decimals than the threshold is shown with."""
    return at_most(value, _places(unit), ROUND_FLOOR)


def _places(unit: Type) -> int:
    return exponent(unit.currency) if unit.is_money else 0 if unit.kind == "count" else 2


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
