"""What schemes owe so far."""

from django.db import models
from django.db.models.functions import Now

from incentives.models.schemes import SchemeVersion
from partners.models import Partner, Rep
from performance.models import Credit
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.walls.spec import Walls


class Accrual(TenantModel):
    """What a version owes one beneficiary so far for one period.

    ``exact`` is the formula's result, ``amount`` is after cap and the one rounding. ``components``: label and exact
    amount as strings. ``inputs`` with the version's formula replay the result. ``next`` are the thresholds ahead.
    """

    walls = Walls(partner="partner_id", pam="partner_id")
    version = TenantForeignKey(SchemeVersion, related_name="accruals")
    period = models.CharField(max_length=16)
    partner = TenantForeignKey(Partner, related_name="+")
    rep = TenantForeignKey(Rep, null=True, related_name="+")
    amount = models.DecimalField(max_digits=38, decimal_places=12, default=0)
    exact = models.DecimalField(max_digits=38, decimal_places=12, default=0)
    eligible = models.BooleanField(default=True)
    components = models.JSONField(default=list)
    inputs = models.JSONField(default=dict)
    next = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True)
    lines = models.IntegerField(default=0)
    #: Set by settlement: the context, targets and eligibility with which this period goes on to be evaluated.
    frozen = models.JSONField(null=True)
    #: Arrival of the newest transaction that it takes into account.
    as_of = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "version", "period", "partner", "rep"],
                nulls_distinct=False,
                name="accrual_once",
            )
        ]
        indexes = [models.Index(fields=["operator", "partner", "period"], name="accrual_partner")]


class AccrualLine(TenantModel):
    """What one credit earned under one version of a transaction scheme. Once per credit, never changed."""

    walls = Walls(partner="partner_id", pam="partner_id", append_only=True)
    version = TenantForeignKey(SchemeVersion, related_name="lines")
    credit = TenantForeignKey(Credit, related_name="+")
    partner = TenantForeignKey(Partner, related_name="+")
    rep = TenantForeignKey(Rep, null=True, related_name="+")
    period = models.CharField(max_length=16)
    exact = models.DecimalField(max_digits=38, decimal_places=12)
    components = models.JSONField(default=list)
    inputs = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "version", "credit"], name="accrualline_once")
        ]
        indexes = [
            models.Index(
                fields=["operator", "version", "period", "partner", "rep"], name="accrualline_accrual"
            )
        ]
