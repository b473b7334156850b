"""Figures as they stand in a page, and amounts of what schemes give: money for most, points and benefits in pieces."""

from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from incentives.enums import SchemeKind
from portal.shell.formats import Formats


def figure(formats: Formats, text: str) -> SafeString:
    """A figure apart from the text around it, in the reader's direction: the mark that CLDR puts before a minus would
    else turn the whole figure, and its unit would stand on the other side than in the row above."""
    direction = "rtl" if formats.language[:2] in ("fa", "ar") else "ltr"
    return format_html('<bdi class="num" dir="{}">{}</bdi>', direction, text)


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
