"""A statement as PDF and as spreadsheet, in the language and calendar of whoever asks."""

import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from common.exports import Sheet, Value, write_book
from common.formats import Formats
from common.pdf import render
from incentives.models import Statement
from incentives.statements.content import Content, Detail, Item, content_of
from incentives.wording import isolated
from tenancy.actors import Actor

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def statement_pdf(actor: Actor, statement: Statement, formats: Formats) -> bytes:
    """The document: the same bytes for the same statement, states and language."""
    with translation.override(formats.language):
        content = content_of(actor, statement, formats)
        return render("statement", _data(actor, content, formats), language=formats.language)


def statement_xlsx(actor: Actor, statement: Statement, formats: Formats) -> bytes:
    """Three sheets: what the statement says, its lines, and how each line came about. Amounts are numbers."""
    target = io.BytesIO()
    with translation.override(formats.language):
        content = content_of(actor, statement, formats)
        write_book(target, _sheets(content, formats), language=formats.language)
    return target.getvalue()


def _data(actor: Actor, content: Content, formats: Formats) -> dict[str, Any]:
    statement, operator = content.statement, actor.operator
    title = _("Statement %(number)s") % {"number": isolated(statement.number)}
    return {
        "title": title,
        "brand": {"name": operator.label(formats.language), "colour": operator.brand_colour},
        "foot": f"{operator.label(formats.language)} · {isolated(statement.number)}",
        "page_words": [_("Page"), _("out of")],
        "partner": str(statement.partner),
        "facts": [list(fact) for fact in content.facts],
        "sums": [[label, formats.money(amount, statement.currency)] for label, amount in content.sums],
        "net": [_("Net amount"), formats.money(statement.net, statement.currency)],
        "words": {
            "balance": _("From balance to balance"),
            "lines": _("Lines"),
            "heads": ["#", _("What for"), _("State"), _("Amount")],
            "total": _("Net amount"),
            "open": _("Explanation and transactions"),
            "digest": _("Digest of the statement (SHA-256)"),
            "none": _("This statement has no lines."),
            "note": _(
                "Number and digest never change; a correction is a new statement that names this one."
                " Each line leads to its explanation in the portal, down to the transactions."
            ),
        },
        "lines": [_line(item, actor, formats) for item in content.items],
        "digest": statement.digest,
    }  # fmt: skip


def _line(item: Item, actor: Actor, formats: Formats) -> dict[str, Any]:
    currency = item.line.statement.currency
    return {
        "position": formats.number(item.line.position),
        "title": item.title,
        "notes": item.notes,
        "details": [_detail(detail, currency, formats) for detail in item.details],
        "state": str(item.line.get_state_display()),
        "amount": formats.money(item.line.amount, currency),
        "url": f"{actor.operator.origin}{item.path}",
    }


def _detail(detail: Detail, currency: str, formats: Formats) -> dict[str, Any]:
    return {
        "label": detail.label,
        "measured": detail.measured,
        "how": detail.how,
        "amount": "" if detail.amount is None else formats.money(detail.amount, currency),
    }


def _sheets(content: Content, formats: Formats) -> Iterator[Sheet]:
    statement = content.statement
    number = statement.number[:20]
    facts: list[list[Value]] = [[_("Number"), statement.number]]
    facts += [[label, value] for label, value in content.facts]
    facts += [[label, in_unit(amount, statement.currency, formats)] for label, amount in content.sums]
    facts.append([_("Digest of the statement (SHA-256)"), statement.digest])
    yield Sheet(number, [_("Statement"), content.unit], facts, [34, 70])
    heads = ["#", _("What for"), _("Notes"), _("Period"), _("State"), _("Amount"), _("Unit")]
    yield Sheet(_("Lines"), heads, _line_rows(content, formats), [6, 44, 60, 20, 18, 22, 16])
    heads = [_("Line"), _("Part"), _("Measured"), _("How"), _("Amount"), _("Unit")]
    yield Sheet(_("Calculation"), heads, _detail_rows(content, formats), [6, 30, 50, 90, 24, 16])


def _line_rows(content: Content, formats: Formats) -> Iterator[list[Value]]:
    currency = content.statement.currency
    for item in content.items:
        line = item.line
        yield [
            line.position,
            item.title,
            "\n".join(item.notes),
            formats.period(line.period) if line.period else "",
            str(line.get_state_display()),
            in_unit(line.amount, currency, formats),
            content.unit,
        ]


def _detail_rows(content: Content, formats: Formats) -> Iterator[list[Value]]:
    currency = content.statement.currency
    for item in content.items:
        for part in item.details:
            amount = None if part.amount is None else in_unit(part.amount, currency, formats)
            yield [item.line.position, part.label, part.measured, part.how, amount, content.unit]


def in_unit(amount: Decimal, currency: str, formats: Formats) -> Decimal:
    """The number that stands on the page: tomans are rials over ten."""
    return amount.scaleb(-1) if formats.toman and currency == "IRR" else amount
