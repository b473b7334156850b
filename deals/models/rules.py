"""What the operator decides beforehand: forms, reasons, rules of engagement."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import EngagementModel
from catalog.models import Family, Product, Segment
from deals.enums import Decision, Leads, ReasonKind
from tenancy.base import Named, TenantForeignKey, TenantModel
from tenancy.walls.spec import ALL, PUBLIC, Walls


class DealForm(TenantModel):
    """What a registration must hold, per engagement model and programme (empty: for all).

    ``required``: names of fields; ``evidence``: purposes of files, as ``[{"code": "...", "name": "..."}]``.
    ``auto_limit``: a deal without any conflict is approved at once up to this value; ``None`` never.
    """

    walls = PUBLIC
    engagement_model = models.CharField(
        _("engagement model"), max_length=12, choices=EngagementModel.choices, blank=True
    )
    programme = models.CharField(_("programme"), max_length=64, blank=True)
    required = ArrayField(
        models.CharField(max_length=40), verbose_name=_("required fields"), default=list, blank=True
    )
    evidence = models.JSONField(_("required evidence"), default=list, blank=True)
    auto_limit = models.DecimalField(
        _("approve by itself up to"), max_digits=24, decimal_places=6, null=True, blank=True
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta(TenantModel.Meta):
        ordering = ["engagement_model", "programme"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "engagement_model", "programme"], name="dealform_once"
            )
        ]


class DealReason(Named, TenantModel):
    """A reason of the operator's own list, beside those that the product knows."""

    walls = PUBLIC
    kind = models.CharField(_("used for"), max_length=12, choices=ReasonKind.choices)
    code = models.CharField(_("code"), max_length=60)
    active = models.BooleanField(_("active"), default=True)

    class Meta(TenantModel.Meta):
        ordering = ["kind", "code"]
        constraints = [models.UniqueConstraint(fields=["operator", "kind", "code"], name="dealreason_code")]


class EngagementRule(TenantModel):
    """Who leads in a segment, family or product (the most exact rule counts), and what a conflict does there."""

    walls = Walls(pam=ALL)
    segment = TenantForeignKey(Segment, null=True, blank=True, related_name="+", verbose_name=_("segment"))
    family = TenantForeignKey(Family, null=True, blank=True, related_name="+", verbose_name=_("family"))
    product = TenantForeignKey(Product, null=True, blank=True, related_name="+", verbose_name=_("product"))
    leads = models.CharField(_("who leads"), max_length=8, choices=Leads.choices)
    on_conflict = models.CharField(
        _("conflict with a named account"),
        max_length=8,
        choices=Decision.choices,
        default=Decision.CO_SELL,
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "segment", "family", "product"],
                condition=models.Q(active=True),
                nulls_distinct=False,
                name="engagementrule_once",
            )
        ]
