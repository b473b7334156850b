"""Statements and disputes over the API: exact amounts, documents, and only what is one's own."""

import pytest

from incentives.models import Accrual, Statement
from tests.api.kit import caller
from tests.kit.pdf import Document
from tests.kit.statements import frozen, full_statement, make_statement
from tests.kit.world import Tenant


@pytest.fixture
def statement(alpha: Tenant) -> Statement:
    return full_statement(alpha)


def test_a_statement_with_its_lines(alpha: Tenant, statement: Statement) -> None:
    owner = caller(alpha, "partner_owner@p1")
    [row] = owner.get(f"statements/?period={statement.period}&scheme=volume&partner=p1").body["results"]
    assert (row["number"], row["partner"], row["state"]) == (statement.number, "p1", "approved")
    assert row["net"] == {"amount": "238.05", "currency": "USD"}
    assert row["hash"] == statement.digest
    said = [(line["kind"], line["scheme"], line["amount"]["amount"], line["reason"]) for line in row["lines"]]
    assert said == [
        ("earned", "volume", "240.60", ""),
        ("earned", "fast", "180.45", ""),
        ("clawback", None, "-1.10", "return"),
        ("adjustment", None, "25.00", "goodwill"),
        ("hold", "fast", "-180.45", ""),
        ("withholding", None, "-26.45", ""),
    ]
    assert row["lines"][0]["components"] == [
        {"label": "volume", "amount": {"amount": "240.60", "currency": "USD"}}
    ]
    assert row["lines"][2]["corrects"].endswith("#1")
    assert owner.get(f"statements/{statement.number}/").body == row
    assert owner.get("statements/?scheme=none").body["count"] == 0


def test_a_line_names_what_was_cut(alpha: Tenant, statement: Statement) -> None:
    with alpha.scope():
        volume = Accrual.objects.get(version__scheme__code="volume", partner__code="p1", rep=None)
        cuts = [{"step": "cap", "reason": "cap", "by": "", "amount": "9.40"}]
        make_statement(alpha, [frozen(volume, cuts=cuts)], group="other", number="ST-CUT")
    [shown] = caller(alpha, "partner_owner@p1").get("statements/ST-CUT/").body["lines"]
    money = {"amount": "9.40", "currency": "USD"}
    assert shown["cuts"] == [{"step": "cap", "reason": "cap", "by": "", "amount": money}]


def test_documents_and_receipt(alpha: Tenant, statement: Statement) -> None:
    owner = caller(alpha, "partner_owner@p1")
    pdf = owner.get(f"statements/{statement.number}/pdf/?language=fa")
    assert (pdf.status, pdf.headers["Content-Type"]) == (200, "application/pdf")
    assert len(Document(pdf.content).tables()) == 2
    assert owner.get(f"statements/{statement.number}/xlsx/").content.startswith(b"PK")
    assert owner.get(f"statements/{statement.number}/pdf/?language=xx").status == 400
    assert owner.post(f"statements/{statement.number}/acknowledge/").body["acknowledged"] is True
    assert caller(alpha, "channel_finance").post(f"statements/{statement.number}/acknowledge/").status == 403


def test_disputes(alpha: Tenant, beta: Tenant, statement: Statement) -> None:
    owner, finance = caller(alpha, "partner_owner@p1"), caller(alpha, "channel_finance")
    new = {"statement": statement.number, "position": 1, "text": "Too little.",
           "claimed": {"amount": "300.00", "currency": "USD"}}  # fmt: skip
    assert caller(alpha, "partner_owner@p2").post("disputes/", new).status == 404
    made = owner.post("disputes/", new)
    assert made.status == 201
    assert owner.post("disputes/", new).body["code"] == "disputed"
    pk = made.body["id"]
    assert made.headers["Location"].endswith(f"/disputes/{pk}/")
    assert owner.post(f"disputes/{pk}/review/").status == 403
    assert finance.post(f"disputes/{pk}/review/").body["state"] == "in_review"
    assert finance.post(f"disputes/{pk}/deny/", {"text": "All are counted."}).body["state"] == "denied"
    assert owner.post(f"disputes/{pk}/escalate/", {"text": "They are not."}).body["escalated"] is True
    manager = caller(alpha, "programme_manager")
    given = {"amount": {"amount": "59.40", "currency": "USD"}, "reason": "Right."}
    upheld = manager.post(f"disputes/{pk}/uphold/", given).body
    assert (upheld["state"], upheld["outcome"]["amount"]) == ("upheld", "59.40")
    assert owner.get("disputes/?state=upheld").body["count"] == 1
    assert caller(alpha, "partner_owner@p2").get(f"disputes/{pk}/").status == 404
    assert caller(beta, "channel_finance").get(f"disputes/{pk}/").status == 404
