"""PDF and spreadsheet of a statement say the same amounts in every language, and lines add up to the last digit."""

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation
from python_calamine import CalamineWorkbook

from common.digits import to_latin_number
from common.formats import formats_for
from common.numbers import parse_decimal
from incentives.models import Statement
from incentives.statements.content import content_of
from incentives.statements.explain import explain_settled
from incentives.statements.files import statement_pdf, statement_xlsx
from incentives.statements.selectors import get_statement, statement_lines
from tests.kit.pdf import Document
from tests.kit.statements import full_statement
from tests.kit.world import Tenant

OWNER = "partner_owner@p1"


@pytest.fixture
def statement(alpha: Tenant) -> Statement:
    return full_statement(alpha)


def amount_of(text: str) -> Decimal:
    """The number in a written amount."""
    kept = "".join(each for each in text if each.isdigit() or each in ".,٫٬-−")
    return parse_decimal(to_latin_number(kept))


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_pdf_and_spreadsheet_agree_with_the_statement(
    alpha: Tenant, statement: Statement, language: str
) -> None:
    actor = alpha.actors[OWNER]
    formats = formats_for(alpha.operator, language)
    with alpha.scope(OWNER):
        found = get_statement(actor, statement.number)
        stored = list(statement_lines(found))
        pdf = Document(statement_pdf(actor, found, formats))
        assert statement_pdf(actor, found, formats) == statement_pdf(actor, found, formats)
        book = CalamineWorkbook.from_filelike(io.BytesIO(statement_xlsx(actor, found, formats)))
    sums, lines = pdf.tables()[-2:]
    wanted = [line.amount for line in stored]
    assert [amount_of(row[-1]) for row in lines[1:-1]] == wanted
    assert amount_of(lines[-1][-1]) == found.net == sum(wanted)
    assert [amount_of(row[-1]) for row in sums[1:]] == [
        found.opening, found.earned, found.adjusted, found.clawed_back, found.held, found.tax, found.net, 0, found.closing,
    ]  # fmt: skip
    sheets = [book.get_sheet_by_index(place).to_python() for place in range(3)]
    assert [Decimal(str(row[5])) for row in sheets[1][1:]] == wanted
    assert found.digest in pdf.text().replace(" ", "")
    assert [found.digest] == [row[1] for row in sheets[0] if row[1] == found.digest]
    shown = pdf.text()
    for piece in (found.number, "RMA-5", "INV-9", "DE•• •••• "):
        assert piece in shown, piece
    with translation.override(language):
        assert translation.gettext("Unusual volume") in shown


def test_the_parts_of_a_line_add_up_to_its_amount(alpha: Tenant, statement: Statement) -> None:
    actor = alpha.actors[OWNER]
    with alpha.scope(OWNER):
        content = content_of(actor, get_statement(actor, statement.number), formats_for(alpha.operator, "en"))
    calculated = [item for item in content.items if item.settled]
    assert [item.title for item in calculated][:2] == ["Volume rebate", "Security SPIFF · Rep p1"]
    for item in calculated:
        parts = [detail.amount for detail in item.details if detail.amount is not None]
        assert sum(parts) == item.line.amount, item.title
        assert item.settled is not None
        assert item.settled.holds
    assert "Sales" in calculated[0].details[0].measured
    assert "lies in band 2" in calculated[0].details[0].how


def test_a_settled_line_is_explained_from_its_frozen_copy(alpha: Tenant, statement: Statement) -> None:
    """What came after the freeze changes neither the formula's inputs nor the transactions behind."""
    from incentives.models import Accrual
    from tests.portal import selling

    selling.sell(alpha, "late", "50000")
    actor = alpha.actors[OWNER]
    with alpha.scope(OWNER):
        line = statement_lines(get_statement(actor, statement.number))[0]
        settled = explain_settled(actor, line)
        assert settled is not None
        assert settled.holds
        assert settled.payable == Decimal("240.60")
        assert Accrual.objects.get(pk=line.accrual_id).amount > settled.payable


def test_tomans_are_named_and_are_a_tenth_of_the_rials(alpha: Tenant, statement: Statement) -> None:
    actor, formats = alpha.actors[OWNER], formats_for(alpha.operator, "fa", toman=True)
    rials = replace(formats, currency="IRR", toman=False)
    tomans = replace(formats, currency="IRR", toman=True)
    with alpha.scope(OWNER):
        found = get_statement(actor, statement.number)
        found.currency = "IRR"
        stored = [line.amount for line in statement_lines(found)]
        said = {}
        for name, chosen in {"rial": rials, "toman": tomans}.items():
            pdf = Document(statement_pdf(actor, found, chosen))
            book = CalamineWorkbook.from_filelike(io.BytesIO(statement_xlsx(actor, found, chosen)))
            rows = [book.get_sheet_by_index(place).to_python() for place in range(2)]
            said[name] = (pdf, rows)
    for name, share in {"rial": 1, "toman": 10}.items():
        pdf, rows = said[name]
        assert [amount_of(row[-1]) * share for row in pdf.tables()[-1][1:-1]] == stored
        assert [Decimal(str(row[5])) * share for row in rows[1][1:]] == stored
    whole = str(said["toman"][1])
    assert "تومان" in said["toman"][0].text()
    assert "تومان" in whole
    assert "تومان" not in said["rial"][0].text()
