"""Joint business plans: what both sides want to reach in a fiscal year, what each does for it, and what they signed."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.book.enums import Side
from partners.models import Partner
from performance.models import Kpi
from programs.plans.enums import PlanState
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.walls.spec import EDIT, INSERT, WRITE, Walls

#: What belongs to a plan is seen by whoever sees the plan.
_OF_VISIBLE = "(exists (select 1 from programs_plan shown where shown.id = plan_id))"


class Plan(TenantModel):
    """A plan for one partner and fiscal year. The partner sees it from ``shared`` on; ``version`` counts what was signed."""

    walls = Walls(
        partner="partner_id",
        pam="partner_id",
        partner_if="state <> 'outline'",
        partner_writes=frozenset({"update"}),
        pam_writes=WRITE,
    )
    partner = TenantForeignKey(Partner, related_name="plans", verbose_name=_("partner"))
    year = models.CharField(_("fiscal year"), max_length=16)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    strengths = models.TextField(_("strengths"), blank=True)
    weaknesses = models.TextField(_("weaknesses"), blank=True)
    opportunities = models.TextField(_("opportunities"), blank=True)
    threats = models.TextField(_("threats"), blank=True)
    #: Names of target accounts with what is planned there.
    accounts = models.JSONField(_("target accounts"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=PlanState.choices, default=PlanState.OUTLINE)
    version = models.PositiveSmallIntegerField(default=0)
    operator_name = models.CharField(max_length=200, blank=True)
    operator_signed_at = models.DateTimeField(null=True)
    partner_name = models.CharField(max_length=200, blank=True)
    partner_signed_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    score = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "partner", "year"],
                condition=~models.Q(state__in=["ended", "dropped"]),
                name="plan_once",
            )
        ]


class Objective(TenantModel):
    """What a plan wants to reach. With a KPI its actuals compute themselves; without one they are entered with proof."""

    walls = Walls(partner="partner_id", pam="partner_id", partner_if=_OF_VISIBLE, pam_writes=EDIT)
    plan = TenantForeignKey(Plan, related_name="objectives")
    partner = TenantForeignKey(Partner, related_name="+")
    title = models.CharField(_("objective"), max_length=200)
    kpi = TenantForeignKey(Kpi, null=True, blank=True, related_name="+", verbose_name=_("KPI"))
    weight = models.PositiveSmallIntegerField(
        _("weight"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["operator", "plan"], name="objective_plan")]


class ObjectiveTarget(TenantModel):
    """The target of an objective in one period of the plan's year; ``actual`` is entered where there is no KPI."""

    walls = Walls(
        partner="partner_id",
        pam="partner_id",
        partner_if=_OF_VISIBLE,
        partner_writes=frozenset({"update"}),
        pam_writes=EDIT,
    )
    plan = TenantForeignKey(Plan, related_name="+")
    objective = TenantForeignKey(Objective, on_delete=models.CASCADE, related_name="targets")
    partner = TenantForeignKey(Partner, related_name="+")
    period = models.CharField(max_length=16)
    target = models.DecimalField(max_digits=32, decimal_places=6)
    actual = models.DecimalField(max_digits=32, decimal_places=6, null=True)
    proof = models.TextField(_("proof"), blank=True)
    entered_by_name = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["period", "id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "objective", "period"], name="objectivetarget_once")
        ]


class Commitment(TenantModel):
    """What one side does for the plan, until when. Signing makes it a task."""

    walls = Walls(partner="partner_id", pam="partner_id", partner_if=_OF_VISIBLE, pam_writes=EDIT)
    plan = TenantForeignKey(Plan, related_name="commitments")
    partner = TenantForeignKey(Partner, related_name="+")
    side = models.CharField(_("side"), max_length=8, choices=Side.choices)
    title = models.CharField(_("commitment"), max_length=200)
    due_on = models.DateField(_("due on"))

    class Meta(TenantModel.Meta):
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["operator", "plan"], name="commitment_plan")]


class PlanVersion(TenantModel):
    """What both sides signed, word for word, with its digest; never changed."""

    walls = Walls(
        partner="partner_id", pam="partner_id", partner_writes=INSERT, pam_writes=INSERT, append_only=True
    )
    plan = TenantForeignKey(Plan, related_name="versions")
    partner = TenantForeignKey(Partner, related_name="+")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    operator_name = models.CharField(max_length=200)
    operator_signed_at = models.DateTimeField()
    partner_name = models.CharField(max_length=200)
    partner_signed_at = models.DateTimeField()
    at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "plan", "number"], name="planversion_once")
        ]
