"""Goals that the operator and a partner agree on: a number of a KPI in one period."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from performance.models import Kpi
from programs.goals.enums import GoalBasis, GoalState
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import INSERT, WRITE, Walls


class Offered(TenantModel):
    """What one side offered: the number that counts, and how it came about.

    ``whole`` is for the whole period, ``target`` what counts: less where the partner joined in its midst
    (``counts_from``). ``growth`` in percent of ``base_value``, the same period a year earlier.
    """

    basis = models.CharField(
        _("kind of target"), max_length=8, choices=GoalBasis.choices, default=GoalBasis.ABSOLUTE
    )
    growth = models.DecimalField(_("growth"), max_digits=9, decimal_places=3, null=True, blank=True)
    base_value = models.DecimalField(max_digits=44, decimal_places=12, null=True)
    whole = models.DecimalField(max_digits=32, decimal_places=6)
    target = models.DecimalField(_("target"), max_digits=32, decimal_places=6)
    counts_from = models.DateField(null=True)
    by_partner = models.BooleanField(default=False)
    by = TenantForeignKey(Membership, null=True, related_name="+")
    by_name = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        abstract = True


class Goal(Offered):
    """One goal with the offer that stands; ``agreed_target`` is the one in force, which the KPI's target follows.

    A draft is seen by the side that began it alone.
    """

    walls = Walls(
        partner="partner_id",
        pam="partner_id",
        partner_if="(begun_by_partner or state <> 'draft')",
        partner_writes=WRITE,
        pam_writes=WRITE,
    )
    partner = TenantForeignKey(Partner, related_name="goals", verbose_name=_("partner"))
    kpi = TenantForeignKey(Kpi, related_name="goals", verbose_name=_("KPI"))
    period = models.CharField(_("period"), max_length=16)
    state = models.CharField(_("state"), max_length=10, choices=GoalState.choices, default=GoalState.DRAFT)
    begun_by_partner = models.BooleanField(default=False)
    offered_at = models.DateTimeField(null=True)
    text = models.TextField(_("reasons"), blank=True)
    agreed_target = models.DecimalField(max_digits=32, decimal_places=6, null=True)
    agreed_by_name = models.CharField(max_length=200, blank=True)
    agreed_at = models.DateTimeField(null=True)
    #: When the system closes it: the period's end and the time for late data.
    closes_at = models.DateTimeField(null=True)
    actual = models.DecimalField(max_digits=44, decimal_places=12, null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "partner", "kpi", "period"],
                condition=models.Q(state__in=["proposed", "countered", "agreed", "revised", "met", "missed"]),
                name="goal_once",
            )
        ]
        indexes = [models.Index(fields=["operator", "partner", "period"], name="goal_partner")]


class GoalOffer(Offered):
    """Every offer that was made, and every agreement: old targets stay here."""

    walls = Walls(
        partner="partner_id",
        pam="partner_id",
        partner_writes=INSERT,
        pam_writes=INSERT,
        append_only=True,
    )
    goal = TenantForeignKey(Goal, related_name="offers")
    partner = TenantForeignKey(Partner, related_name="+")
    #: What the goal became by it.
    state = models.CharField(max_length=10, choices=GoalState.choices)
    text = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        indexes = [models.Index(fields=["operator", "goal", "id"], name="goaloffer_goal")]
