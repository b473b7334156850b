"""Bank accounts of the demo's partners, and a pay day: numbers have right check digits and belong to no bank (code 099)."""

from collections.abc import Collection
from datetime import date

from incentives.models import Payment
from incentives.payments import services
from incentives.payments.answers import Answer
from incentives.payments.numbers import with_check_digits
from incentives.payments.selectors import payables
from partners.models import Partner
from portal.demo.places import Place
from tenancy.actors import Actor
from workflow.settings import change_setting

#: Of whom something is to be seen: no account at all, one that waits for confirmation, one that changed.
_NONE, _WAITING, _CHANGED = 5, 3, 2


def number_of(currency: str, account: int) -> str:
    """An account number of the operator's country that no bank gave out."""
    if currency == "IRR":
        return with_check_digits("IR", f"099{account:019d}")
    return with_check_digits("AE", f"099{account:016d}")


def make_accounts(actor: Actor, place: Place) -> None:
    """The operator's own account, and one of each partner; as the system, which needs no second person."""
    currency = actor.operator.currency
    change_setting(actor, "payments.payer_iban", number_of(currency, 900_000))
    change_setting(actor, "payments.payer_name", place.names["en"])
    for number, partner in enumerate(Partner.objects.order_by("code"), 1):
        if number == _NONE:
            continue
        account = _enter(actor, partner, number_of(currency, number))
        if number != _WAITING:
            services.confirm_account(actor, account_id=account)
        if number == _CHANGED:
            changed = _enter(actor, partner, number_of(currency, 500_000 + number))
            services.confirm_account(actor, account_id=changed)


def _enter(actor: Actor, partner: Partner, iban: str) -> int:
    latin = partner.names.get("en", "")
    data = services.AccountData(holder=partner.name, iban=iban, holder_latin=latin[:70])
    return int(services.submit_account(actor, data=data, partner_id=partner.pk).pk)


def pay_out(actor: Actor, wanted: Collection[int] | None = None, *, refuse: bool = True) -> None:
    """Pay what settlements left to be paid (of it the payments ``wanted``): one batch, answered by the bank, its last payment
    refused where ``refuse`` says so. Nothing without payments."""
    ready = [row.payment for row in payables(actor, on=date.max) if row.ready]
    if wanted is not None:
        ready = [payment for payment in ready if payment.pk in wanted]
    if not ready:
        return
    day = max(payment.due_on for payment in ready if payment.due_on) if any(p.due_on for p in ready) else None
    batch = services.prepare_batch(actor, execute_on=day, payment_ids=[payment.pk for payment in ready])
    services.approve_batch(actor, batch_id=batch.pk, total=batch.total, count=batch.count)
    services.export_batch(actor, batch_id=batch.pk)
    paid = list(batch.payments.order_by("id"))
    answers = [_answer(payment, refused=refuse and len(paid) > 1 and payment is paid[-1]) for payment in paid]
    header = "message_id,end_to_end_id,status,bank_reference,reason"
    lines = [
        f"{batch.message_id},{a.end_to_end_id},{a.status},{a.bank_reference},{a.reason}" for a in answers
    ]
    services.import_response(actor, content="\n".join([header, *lines]).encode(), name=f"{batch.number}.csv")


def _answer(payment: Payment, *, refused: bool) -> Answer:
    if refused:
        return Answer(payment.end_to_end_id, "RJCT", reason="BE01")
    return Answer(payment.end_to_end_id, "ACSC", bank_reference=f"DEMO{payment.pk:08d}")
