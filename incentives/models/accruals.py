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

    ``exact`` is the formula's result, ``wanted`` what stacking and the cap leave of it, ``amount`` what the budget gives of
    that, after the one rounding. ``cuts`` tells each step in between: ``step`` (stacking, cap, budget), ``reason``, ``by``
    and the ``amount`` that it took. ``components``: label and exact amount as strings. ``inputs`` with the version's
    formula replay the result. ``next`` are the thresholds ahead. Of points and benefits all amounts are pieces.
    """

    walls = Walls(partner="partner_id", pam="partner_id")
    version = TenantForeignKey(SchemeVersion, related_name="accruals")
    period = models.CharField(max_length=16)
    partner = TenantForeignKey(Partner, related_name="+")
    rep = TenantForeignKey(Rep, null=True, related_name="+")
    amount = models.DecimalField(max_digits=38, decimal_places=12, default=0)
    exact = models.DecimalField(max_digits=38, decimal_places=12, default=0)
    wanted = models.DecimalField(max_digits=38, decimal_places=12, default=0)
    cuts = models.JSONField(default=list)
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
    """What one credit earned under one version of a transaction scheme. Once per credit and ``part``, never changed.

    ``exact`` is what stacking left; ``cuts`` says what it took. A line with ``release_on`` counts from that day on, in the
    period of that day, and only while the customer stays where the version asks for it.
    """

    walls = Walls(partner="partner_id", pam="partner_id", append_only=True)
    version = TenantForeignKey(SchemeVersion, related_name="lines")
    credit = TenantForeignKey(Credit, related_name="+")
    partner = TenantForeignKey(Partner, related_name="+")
    rep = TenantForeignKey(Rep, null=True, related_name="+")
    period = models.CharField(max_length=16)
    exact = models.DecimalField(max_digits=38, decimal_places=12)
    part = models.PositiveSmallIntegerField(default=0)
    release_on = models.DateField(null=True)
    #: The day of the transaction that the line is about (of a return: that of what it takes back).
    base_on = models.DateField(null=True)
    cuts = models.JSONField(default=list)
    components = models.JSONField(default=list)
    inputs = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "version", "credit", "part"], name="accrualline_once")
        ]
        indexes = [
            models.Index(
                fields=["operator", "version", "period", "partner", "rep"], name="accrualline_accrual"
            )
        ]
