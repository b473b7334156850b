"""What follows when the bank decided about a payment: ledger, statement, run, the next attempt, and who is told."""

from collections.abc import Sequence

from django.utils import timezone

from incentives.ledger.posting import account_of
from incentives.models import LedgerAccount, LedgerEntry, LedgerLine, Payment, SettlementRun, Statement
from incentives.payments.accounts import refuse_by_bank
from incentives.payments.answers import Answer
from incentives.payments.batches import lines_of
from incentives.payments.reasons import PARTNER_MUST_ACT
from incentives.payments.telling import FAILED, PAID, RETRIED, tell_of_payment
from incentives.settlement.approval import finish
from incentives.states import (
    AccountKind,
    BankAccountState,
    LineState,
    PaymentState,
    StatementState,
)
from tenancy.actors import Actor
from workflow.states import note

_ANSWER = ["bank_status", "bank_reference", "bank_reason", "bank_text", "answered_at"]


def keep_answer(payment: Payment, answer: Answer) -> None:
    """Write down what the bank said; a reference once given stays where a later answer has none."""
    payment.bank_status = answer.status[:20]
    payment.bank_reference = answer.bank_reference or payment.bank_reference
    payment.bank_reason, payment.bank_text = answer.reason, answer.text[:500]
    payment.answered_at = timezone.now()


def accept(payment: Payment, answer: Answer) -> None:
    """The bank has it and works on it."""
    keep_answer(payment, answer)
    payment.save(update_fields=_ANSWER)


def mark_paid(payment: Payment, answer: Answer) -> None:
    """The money is gone; ``pay_all`` writes it down with the others of the file."""
    keep_answer(payment, answer)
    payment.state = PaymentState.PAID


def pay_all(actor: Actor, payments: Sequence[Payment]) -> None:
    """Book payments that were marked as paid, close their lines and statements, and tell the partners."""
    Payment.objects.bulk_update(payments, ["state", *_ANSWER], batch_size=500)
    _book(payments)
    statements = [payment.statement_id for payment in payments]
    lines_of(statements, LineState.EXPORTED).update(state=LineState.PAID)
    approved = Statement.objects.filter(pk__in=statements, state=StatementState.APPROVED)
    closing = set(approved.select_for_update().values_list("pk", flat=True))
    Statement.objects.filter(pk__in=closing).update(state=StatementState.PAID)
    for payment in payments:
        note(actor, payment, PaymentState.EXPORTED, PaymentState.PAID)
        if payment.statement_id in closing:
            note(actor, payment.statement, StatementState.APPROVED, StatementState.PAID)
        tell_of_payment(PAID, payment, "/payments/")


def _book(payments: Sequence[Payment]) -> None:
    """Debit what was owed, credit what was paid: one entry per payment, which the database takes once."""
    entries = LedgerEntry.objects.bulk_create(
        LedgerEntry(
            kind="payment",
            source_type=Payment._meta.label_lower,
            source_id=payment.pk,
            period=payment.statement.period,
            text=payment.end_to_end_id,
        )
        for payment in payments
    )
    owed = _payable_accounts(payments)
    paid = account_of(AccountKind.PAID, payments[0].currency)
    lines = []
    for payment, entry in zip(payments, entries, strict=True):
        partner = payment.partner_id
        account = owed.get(partner) or account_of(AccountKind.PAYABLE, payment.currency, partner)
        lines += [
            LedgerLine(entry=entry, account=account, partner_id=partner, amount=payment.amount),
            LedgerLine(entry=entry, account=paid, amount=-payment.amount),
        ]
    LedgerLine.objects.bulk_create(lines)


def _payable_accounts(payments: Sequence[Payment]) -> dict[int, LedgerAccount]:
    """By partner; a batch has one currency."""
    found = LedgerAccount.objects.filter(
        kind=AccountKind.PAYABLE,
        currency=payments[0].currency,
        partner_id__in={payment.partner_id for payment in payments},
    )
    return {account.partner_id: account for account in found if account.partner_id is not None}


def refuse(actor: Actor, payment: Payment, answer: Answer) -> Payment:
    """The bank did not pay: the same amount is payable again as a new attempt; where the account is to blame it is not used again."""
    keep_answer(payment, answer)
    _decide(actor, payment, PaymentState.REFUSED, reason=answer.reason)
    lines_of([payment.statement_id], LineState.EXPORTED).update(state=LineState.APPROVED)
    blamed = answer.reason in PARTNER_MUST_ACT
    account = payment.bank_account
    if blamed and account is not None and account.state == BankAccountState.ACTIVE:
        refuse_by_bank(actor, account, answer.reason)
    again: Payment = Payment.objects.create(
        statement_id=payment.statement_id,
        partner_id=payment.partner_id,
        amount=payment.amount,
        currency=payment.currency,
        attempt=payment.attempt + 1,
        end_to_end_id=end_to_end_id(payment.statement_id, payment.attempt + 1),
        due_on=payment.due_on,
    )
    tell_of_payment(FAILED if blamed else RETRIED, payment, "/bank-account/" if blamed else "/payments/")
    return again


def end_to_end_id(statement_id: int, attempt: int) -> str:
    """The reference that travels with the money and comes back in the response; unique per operator and for ever."""
    return f"S{statement_id}-{attempt}"


def _decide(actor: Actor, payment: Payment, state: str, *, reason: str = "") -> None:
    before, payment.state = payment.state, state
    payment.save(update_fields=["state", *_ANSWER])
    note(actor, payment, before, state, reason=reason)


def close_paid_runs(actor: Actor, statement_ids: list[int]) -> None:
    """Close the runs of these statements in which nothing is left to be paid."""
    of_these = Statement.objects.filter(pk__in=statement_ids).values("run")
    for run in SettlementRun.objects.filter(pk__in=of_these).order_by("pk").select_for_update():
        finish(actor, run)
