"""A dispute from the line to its outcome, on the pages of both sides."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from incentives.models import Adjustment, Dispute, Payment, Statement, StatementLine
from incentives.states import DisputeState, LineState
from performance.tasks import deliver_events
from tests.kit.statements import full_statement
from tests.kit.world import Tenant
from workflow.conversation import attachments_of


@pytest.fixture
def statement(alpha: Tenant) -> Statement:
    made = full_statement(alpha)
    with alpha.scope():
        StatementLine.objects.filter(statement=made, position=4).update(state=LineState.APPROVED)
    return made


def filed(tenant: Tenant, statement: Statement) -> Dispute:
    given = {
        "text": "Ten orders are missing.",
        "claimed": "300",
        "file": SimpleUploadedFile("proof.pdf", b"%PDF-1.7 proof"),
    }
    address = f"/statements/{statement.number}/lines/4/dispute/"
    answer = tenant.client("partner_finance@p1").post(address, given)
    assert answer.status_code == 302, answer.content.decode()
    deliver_events(tenant.system)
    with tenant.scope():
        found: Dispute = Dispute.objects.get()
        assert answer.headers["Location"] == f"/disputes/{found.pk}/"
        return found


def test_a_dispute_is_filed_upheld_and_ends_in_an_adjustment(alpha: Tenant, statement: Statement) -> None:
    line_page = f"/statements/{statement.number}/lines/4/"
    partner, finance = alpha.client("partner_owner@p1"), alpha.client("channel_finance")
    assert "Dispute this line" in partner.get(line_page).content.decode()
    assert "Dispute this line" not in finance.get(line_page).content.decode()
    dispute = filed(alpha, statement)
    with alpha.scope():
        assert StatementLine.objects.get(pk=dispute.line_id).state == LineState.DISPUTED
        assert [each.name for each in attachments_of(dispute)] == ["proof.pdf"]
    assert "Dispute this line" not in partner.get(line_page).content.decode()
    page = f"/disputes/{dispute.pk}/"
    assert "Ten orders are missing." in finance.get(page).content.decode()
    assert finance.post(f"{page}review/").status_code == 302
    refused = finance.post(f"{page}ask/", {"text": ""})
    assert refused.status_code == 422
    assert finance.post(f"{page}ask/", {"text": "Which orders?"}).status_code == 302
    assert "Give the information" in partner.get(page).content.decode()
    assert partner.post(f"{page}answer/", {"text": "n61 to n70"}).status_code == 302
    form = finance.get(f"{page}uphold/").content.decode()
    assert 'value="275.000000"' in form or 'value="275"' in form
    given = {"amount": "40.10", "reason": "Eight of the ten count.", "in_part": "on"}
    assert finance.post(f"{page}uphold/", given).status_code == 302
    with alpha.scope():
        dispute.refresh_from_db()
        assert (dispute.state, dispute.outcome) == (DisputeState.UPHELD_IN_PART, Decimal("40.10"))
        adjustment = Adjustment.objects.get(pk=dispute.adjustment_id)
        assert (adjustment.amount, adjustment.reference) == (Decimal("40.10"), f"{statement.number} #4")
    seen = partner.get(page).content.decode()
    for piece in (
        "Upheld in part",
        "USD\u00a040.10",
        "Which orders?",
        "n61 to n70",
        "Eight of the ten count.",
    ):
        assert piece in seen, piece
    with alpha.scope():
        assert Payment.objects.filter(statement=statement).count() <= 1


def test_a_denial_can_be_escalated_once(alpha: Tenant, statement: Statement) -> None:
    dispute = filed(alpha, statement)
    page = f"/disputes/{dispute.pk}/"
    partner, finance = alpha.client("partner_owner@p1"), alpha.client("channel_finance")
    finance.post(f"{page}review/")
    assert finance.post(f"{page}deny/", {"text": "They belong to the next month."}).status_code == 302
    assert "Escalate" in partner.get(page).content.decode()
    assert partner.post(f"{page}escalate/", {"text": "They do not."}).status_code == 302
    same = finance.post(f"{page}deny/", {"text": "They do."})
    assert same.status_code == 422
    manager = alpha.client("programme_manager")
    assert manager.post(f"{page}deny/", {"text": "They do."}).status_code == 302
    assert f"{page}escalate/" not in partner.get(page).content.decode()


def test_disputes_of_others_do_not_exist(alpha: Tenant, beta: Tenant, statement: Statement) -> None:
    dispute = filed(alpha, statement)
    page = f"/disputes/{dispute.pk}/"
    for name, status in (
        ("partner_owner@p2", 404),
        ("partner_seller@p1", 403),
        ("pam", 200),
        ("executive", 200),
    ):
        assert alpha.client(name).get(page).status_code == status, name
    assert beta.client("channel_finance").get(page).status_code == 404
    assert alpha.client("pam").post(f"{page}review/").status_code == 403
    other = f"/statements/{statement.number}/lines/4/dispute/"
    assert alpha.client("partner_owner@p2").get(other).status_code == 404
    listed = alpha.client("channel_finance").get("/disputes/").content.decode()
    assert f"{statement.number} #4" in listed
    csv = b"".join(alpha.client("channel_finance").get("/disputes/?export=csv")).decode()
    assert "300" in csv
