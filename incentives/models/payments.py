"""Bank accounts of partners, payments and the batches in which they go to the bank. Amounts are minor units."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incentives.models.settlement import SettlementRun
from incentives.models.statements import Statement
from incentives.states import BankAccountState, BatchFormat, BatchState, PaymentState
from partners.models import Partner
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import STAFF, WRITE, Walls


class BankAccount(TenantModel):
    walls = Walls(partner="partner_id", partner_writes=WRITE)
    partner = TenantForeignKey(Partner, related_name="+")
    holder = models.CharField(_("account holder"), max_length=140)
    iban = models.CharField(_("IBAN"), max_length=34)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    bank_name = models.CharField(_("bank"), max_length=140, blank=True)
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
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None)
                | models.Q(submitted_by=None)
                | ~models.Q(confirmed_by=models.F("submitted_by")),
                name="bankaccount_second_person",
            ),
        ]
        indexes = [models.Index(fields=["operator", "iban"], name="bankaccount_iban")]


class PaymentBatch(TenantModel):
    walls = STAFF
    number = models.CharField(max_length=40)
    run = TenantForeignKey(SettlementRun, null=True, related_name="batches")
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.PREPARED)
    format = models.CharField(_("format"), max_length=8, choices=BatchFormat.choices)
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField(default=0)
    prepared_by = TenantForeignKey(Membership, null=True, related_name="+")
    approved_by = TenantForeignKey(Membership, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    exported_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=35, blank=True)
    file_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(db_default=Now())

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

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "end_to_end_id"], name="payment_end_to_end"),
            models.UniqueConstraint(fields=["operator", "statement", "attempt"], name="payment_attempt_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_positive"),
        ]
        indexes = [models.Index(fields=["operator", "state", "due_on"], name="payment_due")]
