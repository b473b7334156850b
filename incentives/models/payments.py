"""Bank accounts of partners, payments and the batches in which they go to the bank. Amounts are minor units."""

from decimal import Decimal

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.money import from_minor
from incentives.models.settlement import SettlementRun
from incentives.models.statements import Statement
from incentives.states import BankAccountState, BatchFormat, BatchState, PaymentState
from partners.models import Partner
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import STAFF, WRITE, Walls


class BankAccount(TenantModel):
    """An account is never changed: another number is another row, and the old one stays as history."""

    walls = Walls(partner="partner_id", partner_writes=WRITE)
    partner = TenantForeignKey(Partner, related_name="+")
    holder = models.CharField(_("account holder"), max_length=140)
    iban = models.CharField(_("IBAN"), max_length=34)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    bank_name = models.CharField(_("bank"), max_length=140, blank=True)
    #: The holder as payment schemes that take Latin letters only shall write it.
    holder_latin = models.CharField(_("account holder in Latin letters"), max_length=70, blank=True)
    #: Why it was refused: a bank's reason code, or what finance wrote.
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(
        max_length=10, choices=BankAccountState.choices, default=BankAccountState.SUBMITTED
    )
    submitted_by = TenantForeignKey(Membership, null=True, related_name="+")
    confirmed_by = TenantForeignKey(Membership, null=True, related_name="+")
    active_from = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "partner"],
                condition=models.Q(state=BankAccountState.ACTIVE),
                name="bankaccount_one_active",
            ),
            models.UniqueConstraint(
                fields=["operator", "partner"],
                condition=models.Q(state=BankAccountState.SUBMITTED),
                name="bankaccount_one_submitted",
            ),
            models.UniqueConstraint(
                fields=["operator", "partner"],
                condition=models.Q(state=BankAccountState.CONFIRMED),
                name="bankaccount_one_waiting",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None)
                | models.Q(submitted_by=None)
                | ~models.Q(confirmed_by=models.F("submitted_by")),
                name="bankaccount_second_person",
            ),
        ]
        indexes = [models.Index(fields=["operator", "iban"], name="bankaccount_iban")]


class PaymentBatch(TenantModel):
    """Payments that go to the bank in one file. ``total`` and ``count`` are what the second person approved."""

    walls = STAFF
    number = models.CharField(max_length=40)
    run = TenantForeignKey(SettlementRun, null=True, related_name="batches")
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.PREPARED)
    format = models.CharField(_("format"), max_length=8, choices=BatchFormat.choices)
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)
    execute_on = models.DateField(_("day of payment"), null=True)
    prepared_by = TenantForeignKey(Membership, null=True, related_name="+")
    approved_by = TenantForeignKey(Membership, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    exported_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=35, blank=True)
    file_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    @property
    def money(self) -> Decimal:
        """The total in units of its currency."""
        return from_minor(self.total, self.currency)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "number"], name="batch_number"),
            models.CheckConstraint(
                condition=models.Q(approved_by=None)
                | models.Q(prepared_by=None)
                | ~models.Q(approved_by=models.F("prepared_by")),
                name="batch_second_person",
            ),
        ]


class Payment(TenantModel):
    """What one statement pays out. Refused by the bank, it is payable again under a new ``attempt``."""

    walls = Walls(partner="partner_id", pam="partner_id")
    batch = TenantForeignKey(PaymentBatch, null=True, related_name="payments")
    statement = TenantForeignKey(Statement, related_name="payments")
    partner = TenantForeignKey(Partner, related_name="+")
    bank_account = TenantForeignKey(BankAccount, null=True, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    end_to_end_id = models.CharField(max_length=35)
    state = models.CharField(max_length=10, choices=PaymentState.choices, default=PaymentState.PAYABLE)
    bank_reference = models.CharField(max_length=140, blank=True)
    bank_reason = models.CharField(max_length=140, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    due_on = models.DateField(null=True)
    #: The account as everybody may see it (country and last four); set when the payment joins a batch.
    account_shown = models.CharField(max_length=20, blank=True, db_default="")
    #: The newest status that the bank gave (ISO 20022), when, and in which words.
    bank_status = models.CharField(max_length=20, blank=True, db_default="")
    bank_text = models.CharField(max_length=500, blank=True, db_default="")
    answered_at = models.DateTimeField(null=True)

    @property
    def money(self) -> Decimal:
        """The amount in units of its currency."""
        return from_minor(self.amount, self.currency)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "end_to_end_id"], name="payment_end_to_end"),
            models.UniqueConstraint(fields=["operator", "statement", "attempt"], name="payment_attempt_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_positive"),
        ]
        indexes = [models.Index(fields=["operator", "state", "due_on"], name="payment_due")]


class PaymentFile(TenantModel):
    """The file of a batch as it went to the bank, byte for byte. It holds whole account numbers: the operator's finance only."""

    walls = Walls(append_only=True)
    batch = TenantForeignKey(PaymentBatch, related_name="files")
    name = models.CharField(max_length=80)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "batch"], name="paymentfile_once")]


class BankResponse(TenantModel):
    """A file from the bank, kept as it came, with what it changed (``result``). The same content is taken once."""

    walls = Walls(append_only=True)
    batch = TenantForeignKey(PaymentBatch, null=True, related_name="responses")
    name = models.CharField(max_length=200, blank=True)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    message_id = models.CharField(max_length=35, blank=True)
    result = models.JSONField(default=dict)
    imported_by = TenantForeignKey(Membership, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "digest"], name="bankresponse_once"),
        ]
