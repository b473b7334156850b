"""Statements: what one partner is owed for one period of a scheme group, and disputes about their lines."""

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incentives.models.accruals import Accrual
from incentives.models.schemes import Scheme, SchemeVersion
from incentives.models.settlement import Adjustment, Hold, SettlementRun
from incentives.states import CorrectionReason, DisputeState, LineKind, LineState, StatementState
from partners.models import Partner, Rep
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import WRITE, Walls


def _money() -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=32, decimal_places=6, default=0)


class Statement(TenantModel):
    """``opening + earned + adjusted + clawed_back + held + tax = net``; what is not paid is ``closing`` and rolls on.

    ``earned`` holds late earnings too, ``held`` the sum of hold and release lines, ``tax`` of tax and withholding lines.
    """

    walls = Walls(partner="partner_id", pam="partner_id", partner_if="state <> 'draft'")
    number = models.CharField(max_length=60)
    run = TenantForeignKey(SettlementRun, related_name="statements")
    partner = TenantForeignKey(Partner, related_name="+")
    period = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    opening = _money()
    earned = _money()
    adjusted = _money()
    clawed_back = _money()
    held = _money()
    tax = _money()
    net = _money()
    closing = _money()
    state = models.CharField(max_length=10, choices=StatementState.choices, default=StatementState.DRAFT)
    digest = models.CharField(max_length=64, blank=True)
    as_of = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = TenantForeignKey(Membership, null=True, related_name="+")
    corrects = TenantForeignKey("self", null=True, related_name="+")

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "number"], name="statement_number"),
            models.UniqueConstraint(
                fields=["operator", "run", "partner"],
                condition=models.Q(corrects=None),
                name="statement_once",
            ),
        ]
        indexes = [models.Index(fields=["operator", "partner", "-id"], name="statement_partner")]


class StatementLine(TenantModel):
    """One amount of a statement. ``amount`` is rounded to the currency, ``exact`` is what the formula gave.

    A line that is held or left the payment comes back as a ``release`` line that ``corrects`` it.
    """

    walls = Walls(
        partner="partner_id",
        pam="partner_id",
        partner_if="statement_id in (select s.id from incentives_statement s where s.state <> 'draft')",
    )
    statement = TenantForeignKey(Statement, related_name="lines")
    position = models.PositiveIntegerField()
    partner = TenantForeignKey(Partner, related_name="+")
    rep = TenantForeignKey(Rep, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=LineKind.choices)
    scheme = TenantForeignKey(Scheme, null=True, related_name="+")
    version = TenantForeignKey(SchemeVersion, null=True, related_name="+")
    accrual = TenantForeignKey(Accrual, null=True, related_name="+")
    corrects = TenantForeignKey("self", null=True, related_name="+")
    adjustment = TenantForeignKey(Adjustment, null=True, related_name="+")
    dispute = TenantForeignKey("incentives.Dispute", null=True, related_name="+")
    hold = TenantForeignKey(Hold, null=True, related_name="+")
    period = models.CharField(max_length=16)
    amount = models.DecimalField(max_digits=32, decimal_places=6)
    exact = models.DecimalField(max_digits=38, decimal_places=12, default=0)
    label = models.CharField(max_length=200, blank=True)
    components = models.JSONField(default=list)
    inputs = models.JSONField(default=dict)
    #: What stacking, cap and budget took, as the accrual had it when it was frozen.
    cuts = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=20, blank=True, choices=CorrectionReason.choices)
    text = models.TextField(blank=True)
    reference = models.CharField(max_length=120, blank=True)
    release_on = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=LineState.choices, default=LineState.IN_STATEMENT)

    class Meta(TenantModel.Meta):
        ordering = ["statement_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "statement", "position"], name="line_position"),
            models.UniqueConstraint(
                fields=["operator", "adjustment"], name="line_adjustment_once", nulls_distinct=True
            ),
            models.UniqueConstraint(
                fields=["operator", "corrects"],
                condition=models.Q(kind=LineKind.RELEASE),
                name="line_released_once",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "accrual"], name="line_accrual"),
            models.Index(fields=["operator", "partner", "state"], name="line_partner"),
        ]


class Dispute(TenantModel):
    """A partner's objection to one line. ``claimed`` is what the line should be, ``outcome`` what was added to it."""

    walls = Walls(partner="partner_id", partner_writes=WRITE, pam="partner_id")
    line = TenantForeignKey(StatementLine, related_name="disputes")
    partner = TenantForeignKey(Partner, related_name="+")
    state = models.CharField(max_length=20, choices=DisputeState.choices, default=DisputeState.SUBMITTED)
    escalated = models.BooleanField(default=False)
    claimed = models.DecimalField(_("amount claimed"), max_digits=32, decimal_places=6, null=True, blank=True)
    text = models.TextField(_("what is wrong"))
    outcome = models.DecimalField(max_digits=32, decimal_places=6, null=True)
    adjustment = TenantForeignKey(Adjustment, null=True, related_name="+")
    opened_by = TenantForeignKey(Membership, null=True, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())
    decided_by = TenantForeignKey(Membership, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    due_first = models.DateTimeField(null=True)
    due_resolution = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "line"],
                condition=~models.Q(state=DisputeState.CLOSED),
                name="dispute_open_once",
            )
        ]
        indexes = [models.Index(fields=["operator", "state", "due_first"], name="dispute_due")]
