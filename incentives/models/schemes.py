"""Schemes and their versions."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.models import Coded
from incentives.enums import Payee, Rounding, SchemeKind, SchemePeriod
from tenancy.base import Named, TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import ALL, Walls


class Scheme(Named, Coded):
    """An incentive; what it pays and to whom stands in its versions."""

    walls = Walls(partner=ALL, pam=ALL, partner_if="published")
    kind = models.CharField(_("kind"), max_length=10, choices=SchemeKind.choices)
    payee = models.CharField(_("who earns"), max_length=8, choices=Payee.choices, default=Payee.PARTNER)
    period = models.CharField(
        _("period"), max_length=8, choices=SchemePeriod.choices, default=SchemePeriod.QUARTER
    )
    description = models.TextField(_("description"), blank=True)
    #: Schemes with the same group and kind of period are settled together; blank means the scheme on its own.
    settlement_group = models.CharField(_("settled together with"), max_length=64, blank=True)
    #: Whether any version was ever published; partners see published schemes only.
    published = models.BooleanField(default=False, editable=False)

    class Meta(Coded.Meta):
        pass

    @property
    def scope(self) -> str:
        """What the formula sees: the KPIs of a "period" or one "transaction"."""
        return "transaction" if self.kind == SchemeKind.SPIFF else "period"


class SchemeVersion(TenantModel):
    """The rules of a scheme from a date on. A published version never changes (a trigger refuses it).

    ``eligibility``: any of ``partners, tiers, roles, layers, territories`` (of the partner) and, for transactions,
    ``kinds, products, families, product_layers, segments, engagement_models, contributions``; lists of codes, empty
    or absent means everybody. ``builder`` holds the form's components where the formula came from the builder.
    ``names`` is the schema of every name that the formula uses, so that any accrual can be replayed.
    """

    walls = Walls(partner=ALL, pam=ALL, partner_if="published_at is not null")
    scheme = TenantForeignKey(Scheme, related_name="versions")
    number = models.PositiveSmallIntegerField()
    formula = models.TextField(_("formula"))
    builder = models.JSONField(null=True, blank=True)
    names = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    eligibility = models.JSONField(_("eligibility"), default=dict, blank=True)
    starts = models.DateField(_("starts"))
    ends = models.DateField(_("ends"), null=True, blank=True)
    budget = models.DecimalField(
        _("budget"), max_digits=32, decimal_places=6, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    cap = models.DecimalField(
        _("most per beneficiary and period"),
        max_digits=32,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    rounding = models.CharField(
        _("rounding"), max_length=10, choices=Rounding.choices, default=Rounding.HALF_EVEN
    )
    created_by = TenantForeignKey(Membership, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    published_by = TenantForeignKey(Membership, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "scheme", "number"], name="version_number"),
            models.CheckConstraint(
                condition=models.Q(ends=None) | models.Q(ends__gte=models.F("starts")), name="version_dates"
            ),
        ]
