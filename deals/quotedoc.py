"""A quote as a document: what its lines say in a language, and the PDF that the partner can hand on.

What the deal would earn stands on the page only: the document may reach the customer.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from common import display, pdf
from common.calendars import base_language, get_calendar
from deals.enums import QuoteState
from deals.models import Quote, QuoteLine
from deals.quotes import get_quote, quote_lines
from tenancy.actors import Actor
from tenancy.models import Operator


def said(texts: Mapping[str, str], language: str) -> str:
    """The text in this language, else in the first one that there is."""
    return texts.get(base_language(language)) or next(iter(texts.values()), "")


def quote_pdf(actor: Actor, number: str, language: str) -> bytes:
    """The PDF of a quote in English, Persian or Arabic. Raises ``NotFound``."""
    quote = get_quote(actor, number)
    with translation.override(base_language(language)):
        data = _document(actor.operator, quote, list(quote_lines(quote)), base_language(language))
    return pdf.render("quote", data, language=language)


def _document(operator: Operator, quote: Quote, lines: list[QuoteLine], language: str) -> dict[str, Any]:
    def money(amount: Decimal) -> str:
        return display.format_money(amount, quote.currency, language)

    def day(value: date) -> str:
        return display.format_date(value, get_calendar(operator.calendar), language, operator.zone)

    title = _("Quote %(number)s") % {"number": quote.number}
    return {
        "title": title,
        "brand": {"name": operator.label(language), "colour": operator.brand_colour},
        "foot": f"{quote.number} · {QuoteState(quote.state).label}",
        "page_words": [_("Page"), _("of")],
        "partner": quote.partner.label(language),
        "net": [_("To pay"), money(quote.net_total)],
        "facts": [
            [_("Customer"), quote.deal.customer_name],
            [_("Deal"), quote.deal.ref],
            [_("Version"), display.format_number(Decimal(quote.version), language)],
            [_("State"), str(QuoteState(quote.state).label)],
            [_("Date"), day(quote.created_at)],
            [_("Valid until"), day(quote.valid_until)],
        ],
        "heads": [_("Product"), _("Quantity"), _("List price"), _("Partner price"), _("To pay")],
        "lines": [_line(line, language, money) for line in lines],
        "total": [_("Total"), "", "", money(quote.partner_total), money(quote.net_total)],
        "note": quote.note,
    }


def _line(line: QuoteLine, language: str, money: Any) -> dict[str, Any]:
    discounts = [
        f"{said(each['names'], language)}: −{money(Decimal(each['amount']))} ({said(each['reasons'], language)})"
        for each in line.applied
    ]
    cells = [
        display.format_number(line.quantity, language),
        "–" if line.list_price is None else money(line.list_price),
        money(line.partner_price),
        money(line.net),
    ]
    return {"product": line.product.label(language), "discounts": discounts, "cells": cells}
