"""How much of a version's budget is used, and which transactions it did not reach."""

from django.db import models
from django.db.models.functions import Now

from incentives.models.accruals import AccrualLine
from incentives.models.schemes import SchemeVersion
from partners.models import Partner, Rep
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.walls.spec import STAFF, Walls


class BudgetUse(TenantModel):
    """One row per version with a ceiling: the lock under which its budget is given out.

    ``extra`` was approved on top of the budget; ``wanted`` and ``granted`` are sums over the version's accruals; ``warned``
    is the highest warning level that people were told of.
    """

    walls = STAFF
    version = TenantForeignKey(SchemeVersion, related_name="budget_use")
    extra = models.DecimalField(max_digits=32, decimal_places=6, default=0)
    wanted = models.DecimalField(max_digits=38, decimal_places=12, default=0)
    granted = models.DecimalField(max_digits=38, decimal_places=12, default=0)
    warned = models.PositiveSmallIntegerField(default=0)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "version"], name="budgetuse_once")]


class BudgetCut(TenantModel):
    """A transaction's line that the budget did not reach, or not in full: ``granted`` of what it earned."""

    walls = Walls(partner="partner_id", pam="partner_id")
    version = TenantForeignKey(SchemeVersion, related_name="+")
    line = TenantForeignKey(AccrualLine, on_delete=models.CASCADE, related_name="budget_cut")
    partner = TenantForeignKey(Partner, related_name="+")
    rep = TenantForeignKey(Rep, null=True, related_name="+")
    granted = models.DecimalField(max_digits=38, decimal_places=12)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "version", "line"], name="budgetcut_once")]
