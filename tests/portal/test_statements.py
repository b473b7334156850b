"""Statements in the portal: the page says what the documents say, and every line opens down to its transactions."""

import html
import io
import re
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from incentives.models import Statement
from performance.tasks import deliver_events
from tests.incentives.statements.test_documents import amount_of
from tests.kit.pdf import Document
from tests.kit.statements import full_statement, make_statement
from tests.kit.world import Tenant
from tests.portal import selling


@pytest.fixture
def statement(alpha: Tenant) -> Statement:
    return full_statement(alpha)


def page_amounts(page: str) -> list[Decimal]:
    """The amounts of the lines on the page."""
    return [
        amount_of(html.unescape(text))
        for text in re.findall(r'amount-link num" href="[^"]*"><bdi[^>]*>([^<]*)', page)
    ]


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_page_pdf_and_spreadsheet_agree_to_the_last_digit(
    alpha: Tenant, statement: Statement, language: str
) -> None:
    client = alpha.client("partner_owner@p1", **{"accept-language": language})
    address = f"/statements/{statement.number}/"
    page = page_amounts(client.get(address).content.decode())
    pdf = Document(client.get(f"{address}pdf/").content).tables()[-1]
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{address}xlsx/").content))
    rows = book.get_sheet_by_index(1).to_python()[1:]
    wanted = sorted([Decimal(text) for text in ("240.60", "180.45", "-1.10", "25.00", "-180.45", "-26.45")])
    assert sorted(page) == wanted
    assert sorted(amount_of(row[-1]) for row in pdf[1:-1]) == wanted
    assert sorted(Decimal(str(row[5])) for row in rows) == wanted
    assert amount_of(pdf[-1][-1]) == Decimal("238.05")


def test_a_line_opens_down_to_its_transactions(alpha: Tenant, statement: Statement) -> None:
    selling.sell(alpha, "afterwards", "90000")
    client = alpha.client("partner_owner@p1")
    page = client.get(f"/statements/{statement.number}/").content.decode()
    assert f'href="/statements/{statement.number}/lines/1/"' in page
    rebate = client.get(f"/statements/{statement.number}/lines/1/").content.decode()
    assert "Calculated again from the frozen figures: equal" in rebate
    assert "lies in band 2" in rebate
    assert '<bdi class="num" dir="ltr">60</bdi> lines' in rebate
    assert "equals the input" in rebate
    assert "afterwards" not in rebate
    spiff = client.get(f"/statements/{statement.number}/lines/2/").content.decode()
    assert '<bdi class="num" dir="ltr">60</bdi> transactions' in spiff
    assert "equals the amount" in spiff
    assert "What to do: \u2068Send the contract.\u2069" in spiff
    clawback = client.get(f"/statements/{statement.number}/lines/3/").content.decode()
    assert "Reason: Return" in clawback
    assert re.search(r'href="/statements/ST-[^"]+/lines/1/">Line 1 of statement', clawback)
    adjustment = client.get(f"/statements/{statement.number}/lines/4/").content.decode()
    assert "INV-9" in adjustment
    assert client.get(f"/statements/{statement.number}/lines/99/").status_code == 404


def test_who_sees_which_statement(alpha: Tenant, beta: Tenant, statement: Statement) -> None:
    with alpha.scope():
        draft = make_statement(alpha, [], group="other", number="DRAFT")
        other = make_statement(alpha, [], partner="p2")
    for name, number, status in (
        ("partner_owner@p1", statement.number, 200),
        ("partner_finance@p1", statement.number, 200),
        ("partner_seller@p1", statement.number, 403),
        ("partner_owner@p1", other.number, 404),
        ("pam", statement.number, 200),
        ("pam", other.number, 404),
        ("channel_finance", other.number, 200),
        ("executive", statement.number, 200),
    ):
        for more in ("", "pdf/", "xlsx/"):
            answer = alpha.client(name).get(f"/statements/{number}/{more}")
            assert answer.status_code == status, (name, number, more)
    assert beta.client("programme_manager").get(f"/statements/{statement.number}/").status_code == 404
    assert draft.number == "DRAFT"
    listed = alpha.client("partner_owner@p1").get("/statements/").content.decode()
    assert statement.number in listed
    assert other.number not in listed
    narrowed = alpha.client("channel_finance").get("/statements/?state=paid").content.decode()
    assert f"/statements/{statement.number}/" not in narrowed
    csv = b"".join(alpha.client("channel_finance").get("/statements/?export=csv")).decode()
    assert f"{statement.number}," in csv
    assert "238.05" in csv


def test_a_person_confirms_the_receipt(alpha: Tenant, statement: Statement) -> None:
    address = f"/statements/{statement.number}/"
    owner = alpha.client("partner_finance@p1")
    assert "Confirm receipt" in owner.get(address).content.decode()
    assert alpha.client("channel_finance").post(f"{address}acknowledge/").status_code == 404
    assert alpha.client("partner_owner@p2").post(f"{address}acknowledge/").status_code == 404
    assert owner.post(f"{address}acknowledge/").status_code == 302
    page = owner.get(address).content.decode()
    assert "Confirm receipt" not in page
    assert "by \u2068partner_finance@p1\u2069" in page
    deliver_events(alpha.system)
    with alpha.scope():
        statement.refresh_from_db()
        assert statement.acknowledged_by_id == alpha.actors["partner_finance@p1"].membership_id
        assert statement.acknowledged_at is not None
