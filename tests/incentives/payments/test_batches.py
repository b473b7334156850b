"""From what is owed to what is paid: two people, one file, each line of the bank's answer once, the ledger in balance."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from common.errors import Conflict, DomainError, Forbidden, InputError, NotFound
from incentives.models import (
    BankAccount,
    BankResponse,
    Hold,
    LedgerEntry,
    Payment,
    PaymentBatch,
    PaymentFile,
    SettlementRun,
    Statement,
    StatementLine,
)
from incentives.payments.batches import approve_batch, cancel_batch, export_batch, prepare_batch
from incentives.payments.responses import Imported, import_response
from incentives.payments.selectors import get_batch, get_payment, payables, payments_for, rolling
from incentives.states import RunState
from tenancy.models import OutboxEvent
from tests.incentives.payments.kit import (
    answer,
    exported,
    is_shut,
    ledger_sum,
    line,
    make_run,
    open_account,
    owe,
    owed,
    second_finance,
    set_payer,
)
from tests.incentives.payments.schema import faults
from tests.kit.world import Tenant
from workflow.notices import TOPIC
from workflow.states import InvalidTransition

FINANCE, SECOND = "channel_finance", "channel_finance_2"


@pytest.fixture
def owing(alpha: Tenant) -> Tenant:
    """Alpha owes 12.34 to p1 and 100.00 to p2, both with accounts; a second person of finance is there."""
    second_finance(alpha)
    with alpha.scope():
        set_payer()
        run = make_run(alpha)
        for code, number, units in [("p1", 11, 1234), ("p2", 22, 10_000)]:
            open_account(alpha, code, number)
            owe(alpha, run, code, units)
    return alpha


def bring(tenant: Tenant, content: bytes, **options: Any) -> Imported:
    with tenant.scope(FINANCE):
        return import_response(tenant.actors[FINANCE], content=content, **options)


def rows(tenant: Tenant) -> list[tuple[str, int, str]]:
    """Partner, attempt and state of every payment."""
    with tenant.scope():
        found = Payment.objects.order_by("partner__code", "attempt")
        return list(found.values_list("partner__code", "attempt", "state"))


def ids(batch: PaymentBatch) -> list[str]:
    return list(batch.payments.order_by("id").values_list("end_to_end_id", flat=True))


def test_the_whole_way_to_paid(owing: Tenant) -> None:
    batch = exported(owing)
    with owing.scope():
        first, second = ids(batch)
        stored = PaymentFile.objects.get()
        assert faults(bytes(stored.content)) == []
        assert stored.digest == sha256(bytes(stored.content)).hexdigest() == batch.file_digest
    lines = [line(first, "ACSC", reference="R1", amount="12.34"), line(second, "ACSC", reference="R2")]
    found = bring(owing, answer(batch.message_id, lines))
    assert found.response.result["counts"] == {"paid": 2}
    assert rows(owing) == [("p1", 1, "paid"), ("p2", 1, "paid")]
    with owing.scope():
        assert (owed(), ledger_sum()) == (0, 0)
        assert set(StatementLine.objects.values_list("state", flat=True)) == {"paid"}
        assert set(Statement.objects.values_list("state", flat=True)) == {"paid"}
        run = SettlementRun.objects.get()
        assert (run.state, run.closed_at is not None) == (RunState.CLOSED, True)
        assert get_batch(owing.actors[FINANCE], batch.pk).state == "closed"
    with owing.scope("partner_finance@p1"):
        (mine,) = payments_for(owing.actors["partner_finance@p1"])
        assert (mine.bank_reference, mine.account_shown) == ("R1", "AE•• •••• 0011")


def test_a_refused_payment_is_payable_again_and_its_account_is_not_used(owing: Tenant) -> None:
    batch = exported(owing)
    with owing.scope():
        first, second = ids(batch)
    lines = [line(first, "RJCT", reason="AC04"), line(second, "RJCT", reason="AM04")]
    bring(owing, answer(batch.message_id, lines))
    assert rows(owing) == [
        ("p1", 1, "refused"),
        ("p1", 2, "payable"),
        ("p2", 1, "refused"),
        ("p2", 2, "payable"),
    ]
    with owing.scope():
        assert owed() == 11_234
        assert dict(BankAccount.objects.values_list("partner__code", "state")) == {
            "p1": "refused",
            "p2": "active",
        }
        assert set(StatementLine.objects.values_list("state", flat=True)) == {"approved"}
        told = OutboxEvent.objects.filter(
            topic=TOPIC, payload__kind__in=["payments.failed", "payments.retried"]
        )
        assert sorted((each.payload["kind"], each.payload["path"]) for each in told) == [
            ("payments.failed", "/bank-account/"),
            ("payments.retried", "/payments/"),
        ]
        blocks = {row.payment.partner.code: row.block for row in payables(owing.actors[FINANCE])}
    assert blocks == {"p1": "no_account", "p2": ""}
    again = exported(owing)
    with owing.scope():
        assert (again.total, ids(again)) == (10_000, [f"{second[:-1]}2"])
        assert again.number != batch.number


def test_the_same_file_twice_changes_nothing(owing: Tenant) -> None:
    batch = exported(owing)
    with owing.scope():
        first, second = ids(batch)
    content = answer(batch.message_id, [line(first, "ACSC"), line(second, "RJCT", reason="AC01")])
    one, two = bring(owing, content), bring(owing, content)
    assert (one.again, two.again, one.response.pk) == (False, True, two.response.pk)
    later = bring(owing, content.replace(b"<MsgId>B</MsgId>", b"<MsgId>C</MsgId>"))
    assert later.response.result["counts"] == {"same": 2}
    assert rows(owing) == [("p1", 1, "paid"), ("p2", 1, "refused"), ("p2", 2, "payable")]
    with owing.scope():
        assert (LedgerEntry.objects.filter(kind="payment").count(), owed()) == (1, 10_000)


def test_what_does_not_fit_is_reported_and_changes_nothing(owing: Tenant) -> None:
    batch = exported(owing)
    with owing.scope():
        first, second = ids(batch)
    lines = [line("S0-1", "ACSC"), line(first, "ACSC", amount="12.35"), line(second, "XXXX")]
    found = bring(owing, answer(batch.message_id, lines)).response
    assert found.result["counts"] == {"unknown": 1, "wrong_amount": 1, "not_understood": 1}
    assert [each["id"] for each in found.result["lines"]] == ["S0-1", first, second]
    assert {state for _code, _attempt, state in rows(owing)} == {"exported"}
    bring(owing, answer(batch.message_id, [line(first, "ACSC")]))
    contrary = bring(owing, answer(batch.message_id, [line(first, "RJCT", reason="AC04")]))
    assert contrary.response.result["counts"] == {"contradicts": 1}
    assert rows(owing)[0] == ("p1", 1, "paid")


def test_a_line_that_stands_twice_in_a_file_counts_once(owing: Tenant) -> None:
    batch = exported(owing)
    with owing.scope():
        first, second = ids(batch)
    lines = [line(first, "ACSC"), line(first, "ACSC"), line(second, "RJCT"), line(second, "ACSC")]
    found = bring(owing, answer(batch.message_id, lines)).response
    assert found.result["counts"] == {"paid": 1, "same": 1, "refused": 1, "contradicts": 1}
    with owing.scope():
        assert (owed(), ledger_sum()) == (10_000, 0)


def test_a_file_that_answers_nobody_is_kept_and_reported(owing: Tenant) -> None:
    found = bring(owing, answer("ELSEWHERE", [line("X", "ACSC")])).response
    assert (found.batch_id, found.result["issues"]) == (None, 1)
    assert bring(owing, answer("ELSEWHERE-2", status="RJCT")).response.result["issues"] == 1


@pytest.mark.parametrize(
    ("status", "extra", "states"),
    [
        ("ACSC", "", {"paid"}),
        ("RJCT", "<StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>", {"refused", "payable"}),
        ("ACCP", "", {"exported"}),
        ("PART", "", {"exported"}),
        ("ACSC", "<OrgnlNbOfTxs>3</OrgnlNbOfTxs>", {"exported"}),
        ("ACSC", "<OrgnlNbOfTxs>2</OrgnlNbOfTxs><OrgnlCtrlSum>112.34</OrgnlCtrlSum>", {"paid"}),
        ("ACSC", "<OrgnlCtrlSum>112.35</OrgnlCtrlSum>", {"exported"}),
    ],
)
def test_the_whole_file_can_be_answered_at_once(
    owing: Tenant, status: str, extra: str, states: set[str]
) -> None:
    batch = exported(owing)
    content = answer(batch.message_id, status=status, extra="")
    content = (
        content.replace(b"<GrpSts>", extra.encode() + b"<GrpSts>")
        if "Orgnl" in extra
        else content.replace(b"</GrpSts>", b"</GrpSts>" + extra.encode())
    )
    bring(owing, content)
    assert {state for _code, _attempt, state in rows(owing)} == states


def test_named_lines_are_exceptions_to_the_whole_file(owing: Tenant) -> None:
    batch = exported(owing)
    with owing.scope():
        first, _second = ids(batch)
    bring(owing, answer(batch.message_id, [line(first, "RJCT", reason="BE01")], status="ACSC"))
    assert rows(owing) == [("p1", 1, "refused"), ("p1", 2, "payable"), ("p2", 1, "paid")]


def test_acceptance_counts_as_paid_only_where_the_operator_says_so(owing: Tenant) -> None:
    from workflow.models import Setting

    batch = exported(owing)
    bring(owing, answer(batch.message_id, status="ACCP"))
    with owing.scope():
        assert set(Payment.objects.values_list("state", "bank_status")) == {("exported", "ACCP")}
        Setting.objects.create(key="payments.accepted_is_paid", value=True)
    bring(owing, answer(batch.message_id, status="ACSP"))
    assert {state for _code, _attempt, state in rows(owing)} == {"paid"}


def test_a_csv_batch_is_answered_by_csv(owing: Tenant) -> None:
    batch = exported(owing, format="csv")
    with owing.scope():
        first, second = ids(batch)
        assert bytes(PaymentFile.objects.get().content).startswith(b"\xef\xbb\xbfmessage_id,")
    content = (
        f"end_to_end_id,status,bank_reference,reason\n{first},paid,R1,\n{second},refused,,AC01\n".encode()
    )
    with pytest.raises(InputError):
        bring(owing, content)
    bring(owing, content, batch_id=batch.pk)
    assert rows(owing) == [("p1", 1, "paid"), ("p2", 1, "refused"), ("p2", 2, "payable")]


def test_the_second_person_approves_exactly_what_was_seen(owing: Tenant) -> None:
    actor, second = owing.actors[FINANCE], owing.actors[SECOND]
    with owing.scope(FINANCE):
        batch = prepare_batch(actor)
        with pytest.raises(Forbidden):
            approve_batch(actor, batch_id=batch.pk, total=batch.total, count=2)
        with pytest.raises(InvalidTransition):
            export_batch(actor, batch_id=batch.pk)
    with owing.scope(SECOND):
        for total, count in [(11_233, 2), (11_234, 1), (11_235, 2)]:
            with pytest.raises(Conflict) as refused:
                approve_batch(second, batch_id=batch.pk, total=total, count=count)
            assert refused.value.code == "total_differs"
        approve_batch(second, batch_id=batch.pk, total=11_234, count=2)
        with pytest.raises(InvalidTransition):
            approve_batch(second, batch_id=batch.pk, total=11_234, count=2)
    with owing.scope("executive"), pytest.raises(Forbidden):
        approve_batch(owing.actors["executive"], batch_id=batch.pk, total=11_234, count=2)


@pytest.mark.parametrize("change", ["hold", "account"])
def test_what_changed_since_is_not_approved(owing: Tenant, change: str) -> None:
    with owing.scope(FINANCE):
        batch = prepare_batch(owing.actors[FINANCE])
    with owing.scope():
        if change == "hold":
            Hold.objects.create(partner=owing.partners["p1"], reason="other", until=timezone.now().date())
        else:
            BankAccount.objects.filter(partner=owing.partners["p1"]).update(state="retired")
    with owing.scope(SECOND):
        with pytest.raises(Conflict) as refused:
            approve_batch(owing.actors[SECOND], batch_id=batch.pk, total=11_234, count=2)
        assert refused.value.code == "not_payable"
        cancel_batch(owing.actors[SECOND], batch_id=batch.pk, reason="Partner one changed its account")
        again = prepare_batch(owing.actors[SECOND])
    assert (again.count, again.total) == (1, 10_000)
    assert rows(owing) == [("p1", 1, "payable"), ("p2", 1, "in_batch")]


def test_held_missing_and_later_payments_stay_out(owing: Tenant) -> None:
    with owing.scope():
        run = make_run(owing, "h")
        owe(owing, run, "p1sub", 500)
        owe(owing, run, "p1", 700, due_on=timezone.now().date() + timedelta(days=9))
        Hold.objects.create(partner=owing.partners["p2"], reason="other", until=timezone.now().date())
        found = {row.payment.amount: row.block for row in payables(owing.actors[FINANCE])}
    assert found == {1234: "", 10_000: "on_hold", 500: "no_account", 700: "not_due"}
    with owing.scope(FINANCE):
        held = Payment.objects.get(amount=10_000)
        with pytest.raises(Conflict):
            prepare_batch(owing.actors[FINANCE], payment_ids=[held.pk])
        assert prepare_batch(owing.actors[FINANCE]).total == 1234
        with pytest.raises(Conflict) as refused:
            prepare_batch(owing.actors[FINANCE])
        assert refused.value.code == "nothing_to_pay"
        with pytest.raises(InputError):
            yesterday = timezone.now().date() - timedelta(days=1)
            prepare_batch(owing.actors[FINANCE], execute_on=yesterday)


def test_the_file_is_made_once_and_given_again_byte_for_byte(owing: Tenant) -> None:
    batch = exported(owing)
    with owing.scope():
        before = bytes(PaymentFile.objects.get().content)
        BankAccount.objects.filter(partner=owing.partners["p1"]).update(state="retired")
    for _again in range(2):
        with owing.scope(SECOND):
            assert export_batch(owing.actors[SECOND], batch_id=batch.pk).content == before
    with owing.scope():
        assert PaymentFile.objects.count() == 1


def test_without_the_operators_account_there_is_no_file(owing: Tenant) -> None:
    from workflow.models import Setting

    with owing.scope():
        Setting.objects.all().delete()
    with pytest.raises(InputError) as refused:
        exported(owing)
    assert refused.value.code == "no_payer"
    assert {state for _code, _attempt, state in rows(owing)} == {"in_batch"}


def test_a_batch_that_did_not_go_out_is_not_answered(owing: Tenant) -> None:
    with owing.scope(FINANCE):
        batch = prepare_batch(owing.actors[FINANCE])
    with pytest.raises(Conflict) as refused:
        bring(owing, answer(batch.message_id, status="ACSC"))
    assert refused.value.code == "not_exported"
    with owing.scope(FINANCE), pytest.raises(InputError):
        cancel_batch(owing.actors[FINANCE], batch_id=batch.pk, reason="")


def test_the_database_keeps_what_was_approved(owing: Tenant) -> None:
    batch = exported(owing)
    with owing.scope():
        payment = batch.payments.get(partner=owing.partners["p1"])
        refused: list[tuple[Any, dict[str, Any]]] = [
            (Payment.objects.filter(pk=payment.pk), {"amount": 1}),
            (Payment.objects.filter(pk=payment.pk), {"batch": None}),
            (Payment.objects.filter(pk=payment.pk), {"bank_account": None}),
            (Payment.objects.filter(pk=payment.pk), {"end_to_end_id": "x"}),
            (PaymentBatch.objects.all(), {"total": 1}),
            (PaymentBatch.objects.all(), {"file_digest": "x"}),
            (PaymentFile.objects.all(), {"name": "x"}),
        ]
        for found, change in refused:
            with pytest.raises(DatabaseError), transaction.atomic():
                found.update(**change)
        for rows_ in (Payment.objects.all(), PaymentBatch.objects.all(), BankAccount.objects.all()):
            with pytest.raises(DatabaseError), transaction.atomic():
                rows_.delete()


def test_payments_of_others_are_not_there(owing: Tenant, beta: Tenant) -> None:
    batch = exported(owing)
    with owing.scope():
        theirs = Payment.objects.get(partner=owing.partners["p2"])
    with owing.scope("partner_owner@p1"):
        actor = owing.actors["partner_owner@p1"]
        assert [row.partner.code for row in payments_for(actor)] == ["p1"]
        assert is_shut(PaymentBatch, BankResponse, PaymentFile)
        with pytest.raises(NotFound):
            get_payment(actor, theirs.pk)
        with pytest.raises(DomainError):
            prepare_batch(actor)
    with owing.scope("pam"):
        assert [(row.partner.code, row.account_shown) for row in payments_for(owing.actors["pam"])] == [
            ("p1", "AE•• •••• 0011")
        ]
        assert is_shut(PaymentFile, BankAccount)
    with beta.scope(FINANCE), pytest.raises(NotFound):
        export_batch(beta.actors[FINANCE], batch_id=batch.pk)


def test_balances_that_roll_on_are_shown(owing: Tenant) -> None:
    with owing.scope():
        run = make_run(owing, "small")
        Statement.objects.create(
            number="S-small",
            run=run,
            partner=owing.partners["p1sub"],
            period="2026-Q3",
            currency="USD",
            net=3,
            closing=3,
            state="approved",
        )
        assert [(row.partner.code, row.closing) for row in rolling(owing.actors[FINANCE])] == [("p1sub", 3)]
