"""Amounts of what schemes give: money for most, points and benefits in pieces."""

from decimal import Decimal

from django.utils.translation import ngettext

from incentives.enums import SchemeKind
from portal.shell.formats import Formats


def owed_text(formats: Formats, amount: Decimal | int, kind: str, places: int = 6) -> str:
    """The amount with its unit in the reader's language."""
    value = Decimal(amount)
    if kind == SchemeKind.POINTS:
        words = ngettext("%(n)s point", "%(n)s points", int(abs(value)) or 2)
        return words % {"n": formats.number(value, places)}
    if kind == SchemeKind.BENEFIT:
        words = ngettext("%(n)s piece", "%(n)s pieces", int(abs(value)) or 2)
        return words % {"n": formats.number(value, places)}
    return formats.money(value)
