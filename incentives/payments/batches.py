"""Batches: payments that go to the bank in one file, prepared by one person, approved by another.

Everything about money that leaves is done one after the other per operator (one lock), so that no race has to be thought of;
the database's constraints and triggers are the last word all the same.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, InputError, NotFound
from incentives.models import Payment, PaymentBatch, PaymentFile, StatementLine
from incentives.payments import csvfile, pain001
from incentives.payments.latin import reference
from incentives.payments.numbers import bic_of, iban_of, masked
from incentives.payments.orders import Order, OrderFile, Payer, amount_text
from incentives.payments.people import is_same_person
from incentives.payments.rules import BATCH, latin_only, payer_bic, payer_iban, payer_name
from incentives.payments.selectors import Payable, today, weighed
from incentives.payments.telling import ask_approval
from incentives.states import BatchFormat, BatchState, LineState, PaymentState
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.states import move, note


@dataclass(frozen=True, slots=True)
class File:
    """A batch's file as it is given out."""

    name: str
    content: bytes
    digest: str


def lock_money() -> None:
    """Wait for whoever moves money of the active operator, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('payments', (select app.op())))")


def prepare_batch(
    actor: Actor,
    *,
    format: str = BatchFormat.PAIN001,
    execute_on: date | None = None,
    payment_ids: Collection[int] | None = None,
) -> PaymentBatch:
    """Put payments in a new batch: the named ones, or all that can go. One batch holds one currency.

    Raises ``Conflict``: ``nothing_to_pay``, ``not_payable`` (a named one is taken, held, not due or without account);
    ``InputError`` for a day in the past or an unknown format.
    """
    actor.require(Permission.MANAGE_PAYMENTS)
    day = execute_on or today(actor)
    if day < today(actor):
        raise InputError("too_early", _("The day of payment is today at the earliest."), "execute_on")
    if format not in BatchFormat.values:
        raise InputError("unknown_choice", _("This value is not valid."), "format")
    lock_money()
    chosen = _chosen(day, payment_ids, actor.operator.currency)
    batch = _new_batch(actor, format, day, chosen)
    for each in chosen:
        payment, account = each.payment, each.account
        payment.batch, payment.bank_account, payment.state = batch, account, PaymentState.IN_BATCH
        payment.account_shown = masked(account.iban) if account else ""
    fields = ["batch", "bank_account", "state", "account_shown"]
    Payment.objects.bulk_update([each.payment for each in chosen], fields, batch_size=500)
    ask_approval(batch)
    return batch


def _chosen(day: date, payment_ids: Collection[int] | None, currency: str) -> list[Payable]:
    waiting = Payment.objects.select_related("partner", "statement").order_by("id")
    waiting = waiting.filter(state=PaymentState.PAYABLE, currency=currency)
    if payment_ids is not None:
        waiting = waiting.filter(pk__in=payment_ids)
    found = weighed(waiting.select_for_update(of=("self",)), day)
    ready = [each for each in found if each.ready]
    if payment_ids is not None and len(ready) != len(set(payment_ids)):
        raise Conflict(
            "not_payable", _("Some of these payments cannot be paid now. Reload and choose again.")
        )
    if not ready:
        raise Conflict("nothing_to_pay", _("There is nothing to pay."))
    return ready


def _new_batch(actor: Actor, format: str, day: date, chosen: Sequence[Payable]) -> PaymentBatch:
    currency = chosen[0].payment.currency
    total = sum(each.payment.amount for each in chosen)
    amount_text(total, currency)
    number = f"B-{day.year}-{PaymentBatch.objects.count() + 1:05d}"
    batch: PaymentBatch = PaymentBatch.objects.create(
        number=number,
        message_id=reference(f"{actor.operator.slug.upper()[:18]}-{number}"),
        format=format,
        currency=currency,
        total=total,
        count=len(chosen),
        execute_on=day,
        prepared_by_id=actor.membership_id,
    )
    note(actor, batch, "", BatchState.PREPARED)
    audit.record(actor, "batch.prepare", batch, ref=number, changes={"total": total, "count": len(chosen)})
    return batch


def approve_batch(actor: Actor, *, batch_id: int, total: int, count: int) -> PaymentBatch:
    """The second person's approval, bound to what that person saw: ``total`` in smallest units and ``count``.

    Raises ``Forbidden`` for who prepared it, ``Conflict``: ``total_differs``, ``not_payable`` (an account or hold changed since).
    """
    actor.require(Permission.APPROVE_SETTLEMENTS)
    lock_money()
    batch = locked_batch(batch_id)
    if is_same_person(actor, batch.prepared_by_id):
        raise Forbidden("second_person", _("Whoever prepared the batch cannot approve it."))
    BATCH.check(batch.state, BatchState.APPROVED)
    payments = list(batch.payments.select_for_update().order_by("id"))
    real = (sum(payment.amount for payment in payments), len(payments))
    if (total, count) != real or real != (batch.total, batch.count):
        raise Conflict("total_differs", _("The total or the number of payments is another one. Look again."))
    _check_still_payable(payments, batch)
    batch.approved_by_id, batch.approved_at = actor.membership_id, timezone.now()
    move(actor, batch, BatchState.APPROVED, BATCH, save=["approved_by", "approved_at"])
    return batch


def _check_still_payable(payments: Sequence[Payment], batch: PaymentBatch) -> None:
    """No payment's partner was held and no account replaced since the batch was prepared."""
    day = batch.execute_on or timezone.now().date()
    for each in weighed(payments, day):
        if not each.ready or each.account is None or each.account.pk != each.payment.bank_account_id:
            raise Conflict(
                "not_payable",
                _(
                    "%(partner)s was put on hold or changed its account. Cancel the batch and prepare it anew."
                ),
                params={"partner": each.payment.partner.name},
            )


def cancel_batch(actor: Actor, *, batch_id: int, reason: str) -> PaymentBatch:
    """Give the payments of a batch that has not gone to the bank free again."""
    actor.require(Permission.MANAGE_PAYMENTS)
    lock_money()
    batch = locked_batch(batch_id)
    move(actor, batch, BatchState.CANCELLED, BATCH, text=reason)
    batch.payments.update(state=PaymentState.PAYABLE, batch=None, bank_account=None, account_shown="")
    return batch


def export_batch(actor: Actor, *, batch_id: int) -> File:
    """Make the file of an approved batch and keep it; asked again, give the very same bytes.

    Raises ``InputError`` where the operator's own account is missing or wrong, or an amount does not fit the format.
    """
    actor.require(Permission.MANAGE_PAYMENTS)
    lock_money()
    batch = locked_batch(batch_id)
    stored = PaymentFile.objects.filter(batch=batch).first()
    if stored is None:
        stored = _make_file(actor, batch)
    audit.record(actor, "batch.download", batch, ref=batch.number, changes={"digest": stored.digest})
    return File(stored.name, bytes(stored.content), stored.digest)


def _make_file(actor: Actor, batch: PaymentBatch) -> PaymentFile:
    BATCH.check(batch.state, BatchState.EXPORTED)
    as_xml = batch.format == BatchFormat.PAIN001
    content = (pain001 if as_xml else csvfile).build(order_file(actor, batch))
    stored: PaymentFile = PaymentFile.objects.create(
        batch=batch,
        name=f"{batch.message_id}.{'xml' if as_xml else 'csv'}",
        content=content,
        digest=sha256(content).hexdigest(),
    )
    batch.exported_at, batch.file_digest = timezone.now(), stored.digest
    batch.payments.update(state=PaymentState.EXPORTED)
    lines_of(batch.payments.values_list("statement_id", flat=True), LineState.APPROVED).update(
        state=LineState.EXPORTED
    )
    move(actor, batch, BatchState.EXPORTED, BATCH, save=["exported_at", "file_digest"])
    return stored


def order_file(actor: Actor, batch: PaymentBatch) -> OrderFile:
    """The batch as its file says it."""
    payments = batch.payments.select_related("statement", "bank_account", "partner").order_by("id")
    latin = latin_only()
    return OrderFile(
        message_id=batch.message_id,
        made_at=batch.approved_at or batch.created_at,
        execute_on=batch.execute_on or today(actor),
        currency=batch.currency,
        payer=_payer(actor),
        orders=[_order(payment, latin) for payment in payments],
        latin_only=latin,
    )


def _order(payment: Payment, latin: bool) -> Order:
    account, statement = payment.bank_account, payment.statement
    if account is None:
        raise Conflict("not_payable", _("There is a payment without an account."))
    issued = statement.issued_at or statement.approved_at or timezone.now()
    return Order(
        end_to_end_id=payment.end_to_end_id,
        amount=payment.amount,
        name=(latin and account.holder_latin) or account.holder,
        iban=account.iban,
        bic=account.bic,
        document=statement.number,
        document_date=issued.date(),
        text=f"{statement.number} {statement.period}",
    )


def _payer(actor: Actor) -> Payer:
    """The operator's account from the settings; ``InputError("no_payer")`` where it is missing or wrong."""
    try:
        iban = iban_of(payer_iban())
        bic = bic_of(payer_bic(), iban)
    except InputError as error:
        text = _("Set the account that pays under Settings (section payments): %(why)s")
        raise InputError("no_payer", text, params={"why": error.message}) from error
    return Payer(payer_name() or actor.operator.name, iban, bic)


def lines_of(statement_ids: Any, state: str) -> Any:
    """Lines of statements that are in ``state``: those that a payment pays for."""
    return StatementLine.objects.filter(statement_id__in=list(statement_ids), state=state)


def locked_batch(batch_id: int) -> PaymentBatch:
    batch: PaymentBatch | None = PaymentBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise NotFound()
    return batch
