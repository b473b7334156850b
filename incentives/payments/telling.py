"""Whom money tells what: notices about accounts and payments."""

from django.utils.translation import gettext_lazy as _

from incentives.models import BankAccount, Payment, PaymentBatch
from incentives.payments.numbers import masked
from incentives.states import BankAccountState, BatchState
from tenancy.enums import Permission
from workflow.enums import Urgency
from workflow.notices import Kind, declare, names_of, notify, partner_people, staff

SUBMITTED = declare(
    "payments.account_submitted",
    Urgency.SECURITY,
    _("A new bank account %(account)s was entered for your company. If that was none of you, withdraw it."),
)
TO_CONFIRM = declare(
    "payments.account_to_confirm",
    Urgency.ACTION,
    _("Bank account %(account)s of %(partner)s waits for confirmation"),
    asks=(BankAccountState.SUBMITTED,),
)
CONFIRMED = declare(
    "payments.account_confirmed",
    Urgency.SECURITY,
    _("Bank account %(account)s was confirmed. Money goes to it from %(day)s on; until then to the old one."),
)
ACTIVE = declare(
    "payments.account_active", Urgency.SECURITY, _("From now on your money goes to bank account %(account)s")
)
REFUSED = declare(
    "payments.account_refused", Urgency.SECURITY, _("Bank account %(account)s will not be used: %(reason)s")
)
WITHDRAWN = declare(
    "payments.account_withdrawn",
    Urgency.SECURITY,
    _("Bank account %(account)s was withdrawn by your company"),
)
PAID = declare(
    "payments.paid",
    Urgency.MONEY,
    _("Statement %(statement)s was paid to %(account)s, bank reference %(reference)s"),
)
FAILED = declare(
    "payments.failed",
    Urgency.MONEY,
    _(
        "The bank did not pay statement %(statement)s to %(account)s (%(code)s). Please check your bank account."
    ),
)
RETRIED = declare(
    "payments.retried",
    Urgency.MONEY,
    _("The bank did not pay statement %(statement)s (%(code)s). You need not do anything: it is paid again."),
)
TO_APPROVE = declare(
    "payments.batch_to_approve",
    Urgency.ACTION,
    _("Payment batch %(number)s waits for a second person's approval"),
    asks=(BatchState.PREPARED,),
)
ANSWERED = declare(
    "payments.batch_answered",
    Urgency.MONEY,
    _("The bank answered batch %(number)s: %(paid)s paid, %(refused)s refused, %(issues)s to look at"),
)


def tell_partner(kind: Kind, account: BankAccount, **params: str) -> None:
    """Tell the partner's owner and finance about an account of theirs."""
    to = partner_people(account.partner_id, Permission.MANAGE_BANK_ACCOUNT)
    notify(kind, account, to=to, path="/bank-account/", account=masked(account.iban), **params)


def ask_confirmation(account: BankAccount) -> None:
    """Tell the operator's finance that an account waits."""
    notify(
        TO_CONFIRM,
        account,
        to=staff(Permission.CONFIRM_BANK_ACCOUNT),
        path=f"/bank-accounts/{account.pk}/",
        account=masked(account.iban),
        partner=names_of(account.partner),
    )


def tell_of_payment(kind: Kind, payment: Payment, path: str) -> None:
    """Tell the partner's owner and finance what became of a payment."""
    notify(
        kind,
        payment,
        to=partner_people(payment.partner_id, Permission.VIEW_PAYMENTS),
        path=path,
        statement=payment.statement.number,
        account=payment.account_shown,
        reference=payment.bank_reference or "–",
        code=payment.bank_reason or "–",
    )


def ask_approval(batch: PaymentBatch) -> None:
    """Tell those who may approve."""
    to = staff(Permission.APPROVE_SETTLEMENTS)
    notify(TO_APPROVE, batch, to=to, path=f"/payments/batches/{batch.pk}/", number=batch.number)
