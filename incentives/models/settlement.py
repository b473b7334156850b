"""Settlement runs and what changes them by hand: adjustments and holds."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incentives.models.accruals import Accrual
from incentives.models.schemes import Scheme, SchemeVersion
from incentives.states import AdjustmentState, CorrectionReason, HoldReason, HoldState, RunState
from partners.models import Partner, Rep
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import STAFF, Walls


class SettlementRun(TenantModel):
    """One settlement of a scheme group for one period; ``group`` is ``Scheme.settlement_group`` or the scheme's code.

    ``differences``: what the recomputation found, each ``{scheme, version, partner, rep, settled, recomputed}``.
    ``report``: ``{evaluated, paid, excluded: {reason: n}}``.
    """

    walls = STAFF
    group = models.CharField(_("group"), max_length=64)
    period = models.CharField(_("period"), max_length=16)
    period_end = models.DateField()
    state = models.CharField(_("state"), max_length=12, choices=RunState.choices, default=RunState.OPEN)
    grace_until = models.DateField(null=True)
    frozen_at = models.DateTimeField(null=True)
    differences = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    total = models.DecimalField(_("total"), max_digits=32, decimal_places=6, default=0)
    currency = models.CharField(max_length=3)
    prepared_by = TenantForeignKey(Membership, null=True, related_name="+")
    approved_by = TenantForeignKey(Membership, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-period_end", "group"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "group", "period"], name="run_once"),
            models.CheckConstraint(
                condition=models.Q(approved_by=None)
                | models.Q(prepared_by=None)
                | ~models.Q(approved_by=models.F("prepared_by")),
                name="run_second_person",
            ),
        ]


class FrozenAccrual(TenantModel):
    """What a run found in one accrual when it froze; what statements are made of.

    ``settled`` is what approved statements gave for it before, ``corrects`` the first line that did.
    """

    walls = STAFF
    run = TenantForeignKey(SettlementRun, related_name="frozen")
    accrual = TenantForeignKey(Accrual, related_name="+")
    scheme = TenantForeignKey(Scheme, related_name="+")
    version = TenantForeignKey(SchemeVersion, related_name="+")
    period = models.CharField(max_length=16)
    partner = TenantForeignKey(Partner, related_name="+")
    rep = TenantForeignKey(Rep, null=True, related_name="+")
    amount = models.DecimalField(max_digits=32, decimal_places=6)
    exact = models.DecimalField(max_digits=38, decimal_places=12)
    settled = models.DecimalField(max_digits=32, decimal_places=6, default=0)
    corrects_id = models.BigIntegerField(null=True)
    eligible = models.BooleanField(default=True)
    components = models.JSONField(default=list)
    inputs = models.JSONField(default=dict)
    cuts = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True)
    as_of = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "run", "accrual"], name="frozen_once"),
        ]
        indexes = [models.Index(fields=["operator", "run", "partner"], name="frozen_partner")]


class Adjustment(TenantModel):
    """Money added or taken by hand, with reason and reference, decided by a second person."""

    walls = Walls(partner="partner_id", pam="partner_id", partner_if="state in ('approved', 'settled')")
    partner = TenantForeignKey(Partner, related_name="+")
    scheme = TenantForeignKey(Scheme, null=True, blank=True, related_name="+")
    amount = models.DecimalField(_("amount"), max_digits=32, decimal_places=6)
    reason = models.CharField(_("reason"), max_length=20, choices=CorrectionReason.choices)
    text = models.TextField(_("explanation"), blank=True)
    reference = models.CharField(_("reference"), max_length=120)
    state = models.CharField(max_length=12, choices=AdjustmentState.choices, default=AdjustmentState.PROPOSED)
    created_by = TenantForeignKey(Membership, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    decided_by = TenantForeignKey(Membership, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(reference=""), name="adjustment_has_grounds"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None)
                | models.Q(created_by=None)
                | ~models.Q(decided_by=models.F("created_by")),
                name="adjustment_second_person",
            ),
        ]
        indexes = [models.Index(fields=["operator", "partner", "state"], name="adjustment_partner")]


class Hold(TenantModel):
    """What a partner (or one rep) earns waits until a date or until finance releases it. Other lines go on."""

    walls = Walls(partner="partner_id", pam="partner_id")
    partner = TenantForeignKey(Partner, related_name="+")
    rep = TenantForeignKey(Rep, null=True, blank=True, related_name="+")
    scheme = TenantForeignKey(Scheme, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=20, choices=HoldReason.choices)
    text = models.TextField(_("what to do"), blank=True)
    until = models.DateField(_("until"))
    state = models.CharField(max_length=10, choices=HoldState.choices, default=HoldState.ACTIVE)
    by_rule = models.BooleanField(default=False)
    #: What a rule found, so that the same finding holds once: ``group:period:reason``.
    finding = models.CharField(max_length=120, blank=True)
    created_by = TenantForeignKey(Membership, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    ended_by = TenantForeignKey(Membership, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "partner", "finding"],
                condition=~models.Q(finding=""),
                name="hold_finding_once",
            )
        ]
        indexes = [models.Index(fields=["operator", "state", "partner"], name="hold_active")]
