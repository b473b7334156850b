"""What a tier asks, and what each partner has of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from partners.models import Partner
from performance.models import Kpi
from programs.enums import Asks, Window
from programs.models.tiers import Enrolment, Tier
from programs.models.training import Certification
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.walls.spec import PUBLIC, Walls


class Requirement(TenantModel):
    """A node in the tree of what a tier asks. A group holds others; a leaf asks for ``threshold`` of something.

    The nodes without a ``parent`` must all be met. ``months``: of a rolling window (none: the operator's default).
    """

    walls = PUBLIC
    tier = TenantForeignKey(
        Tier, on_delete=models.CASCADE, related_name="requirements", verbose_name=_("tier")
    )
    parent = TenantForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    asks = models.CharField(_("asks for"), max_length=12, choices=Asks.choices)
    kpi = TenantForeignKey(Kpi, null=True, blank=True, related_name="+", verbose_name=_("KPI"))
    window = models.CharField(_("over"), max_length=12, choices=Window.choices, blank=True)
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    certification = TenantForeignKey(
        Certification, null=True, blank=True, related_name="+", verbose_name=_("certification")
    )
    source = models.CharField(_("source"), max_length=40, blank=True)
    threshold = models.DecimalField(_("at least"), max_digits=32, decimal_places=6, null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["operator", "tier"], name="requirement_tier")]


class RequirementValue(TenantModel):
    """Another threshold for a partner role, a technology layer or both; the most specific row counts."""

    walls = PUBLIC
    requirement = TenantForeignKey(Requirement, on_delete=models.CASCADE, related_name="values")
    role = models.CharField(_("partner role"), max_length=20, choices=PartnerRole.choices, blank=True)
    layer = models.CharField(_("technology layer"), max_length=20, choices=Layer.choices, blank=True)
    value = models.DecimalField(_("at least"), max_digits=32, decimal_places=6)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "requirement", "role", "layer"], name="requirementvalue_once"
            )
        ]


class Evidence(TenantModel):
    """What an enrolled partner had of one requirement at its last evaluation.

    ``measured`` is empty where it cannot be told (growth from nothing); ``period`` is the code of the time that counted.
    The day of it stands at the enrolment (``evaluated_on``).
    """

    walls = Walls(partner="partner_id", pam="partner_id")
    enrolment = TenantForeignKey(Enrolment, on_delete=models.CASCADE, related_name="evidence")
    partner = TenantForeignKey(Partner, related_name="+")
    requirement = TenantForeignKey(Requirement, on_delete=models.CASCADE, related_name="evidence")
    measured = models.DecimalField(max_digits=44, decimal_places=12, null=True)
    needed = models.DecimalField(max_digits=32, decimal_places=6)
    met = models.BooleanField()
    period = models.CharField(max_length=40, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "enrolment", "requirement"], name="evidence_once")
        ]
        indexes = [
            models.Index(fields=["operator", "requirement"], name="evidence_requirement"),
            models.Index(fields=["operator", "partner"], name="evidence_partner"),
        ]
