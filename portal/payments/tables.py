"""Tables of payments, batches and bank accounts."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incentives.models import BankAccount, Payment, PaymentBatch
from incentives.payments.numbers import masked
from incentives.payments.reasons import reason_text
from incentives.states import BatchState, PaymentState
from portal.shell.tables import (
    CodeColumn,
    DayColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    SharikTable,
    StateColumn,
)

#: How states of payments and batches look where their name alone does not tell.
KINDS = {
    PaymentState.PAYABLE: "warn",
    PaymentState.IN_BATCH: "busy",
    PaymentState.EXPORTED: "busy",
    BatchState.PREPARED: "warn",
    BatchState.ANSWERED: "busy",
}


class PaymentTable(SharikTable):
    statement = tables.Column(
        verbose_name=_("Statement"), accessor="statement__number", order_by="statement__number"
    )
    partner = tables.Column(verbose_name=_("Partner"), order_by="partner__name")
    state = StateColumn(verbose_name=_("State"))
    account = CodeColumn(verbose_name=_("Bank account"), accessor="account_shown")
    bank_reference = CodeColumn(verbose_name=_("Bank reference"))
    answered = MomentColumn(verbose_name=_("Decided"), accessor="answered_at")
    amount = MoneyColumn(verbose_name=_("Amount"), accessor="money", order_by="amount", currency="currency")

    def render_statement(self, value: str, record: Payment) -> str:
        below = self.formats.period(record.statement.period)
        if record.attempt > 1:
            below += " · " + str(_("Attempt %s")) % self.formats.number(record.attempt)
        title = format_html('<span class="row-title"><bdi dir="ltr">{}</bdi></span>', value)
        return format_html('{}<span class="row-sub">{}</span>', title, below)

    def render_state(self, value: str, record: Payment) -> str:
        from portal.templatetags.sharik import state_badge

        kind = KINDS.get(PaymentState(record.state), "")
        badge = state_badge(record.state, value, kind)
        if not record.bank_reason:
            return badge
        return format_html('{}<span class="row-sub">{}</span>', badge, reason_text(record.bank_reason))


class BatchTable(SharikTable):
    number = tables.Column(verbose_name=_("Batch"))
    state = StateColumn(verbose_name=_("State"))
    execute_on = DayColumn(verbose_name=_("Day of payment"))
    format = tables.Column(verbose_name=_("File"))
    prepared_by = tables.Column(verbose_name=_("Prepared by"), accessor="prepared_by__name", default="–")
    approved_by = tables.Column(verbose_name=_("Approved by"), accessor="approved_by__name", default="–")
    count = NumberColumn(verbose_name=_("Payments"))
    total = MoneyColumn(verbose_name=_("Total"), accessor="money", order_by="total", currency="currency")

    def render_number(self, value: str, record: PaymentBatch) -> str:
        url = reverse("payments:batch", args=[record.pk])
        return format_html('<a class="row-title" href="{}"><bdi dir="ltr">{}</bdi></a>', url, value)


class AccountTable(SharikTable):
    """For the operator's finance; the whole number is on the account's page."""

    partner = tables.Column(verbose_name=_("Partner"), order_by="partner__name")
    holder = tables.Column(verbose_name=_("Account holder"))
    iban = CodeColumn(verbose_name=_("Bank account"))
    bank_name = tables.Column(verbose_name=_("Bank"))
    state = StateColumn(verbose_name=_("State"))
    created_at = MomentColumn(verbose_name=_("Entered"))
    active_from = MomentColumn(verbose_name=_("In use from"))

    def render_partner(self, value: Any, record: BankAccount) -> str:
        url = reverse("bank:account", args=[record.pk])
        return format_html('<a class="row-title" href="{}" dir="auto">{}</a>', url, value)

    def render_iban(self, value: str) -> str:
        return format_html('<bdi dir="ltr">{}</bdi>', masked(value))

    def value_iban(self, value: str) -> str:
        return masked(value)
