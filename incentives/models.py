"""Schemes, their versions, and what they owe so far."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.models import Coded
from incentives.enums import Payee, Rounding, SchemeKind, SchemePeriod
from partners.models import Partner, Rep
from performance.models import Credit
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
