"""Schemes and their versions."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.models import Coded
from incentives.enums import (
    IN_PIECES,
    PAYABLE,
    Ceiling,
    Payee,
    Rounding,
    SchemeKind,
    SchemePeriod,
    StackPolicy,
)
from programs.enums import BenefitKind
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
        """What the formula sees: the KPIs of a "period" or one "transaction" (of a discount: one line of a quote)."""
        return "period" if self.kind == SchemeKind.REBATE else "transaction"

    @property
    def in_money(self) -> bool:
        """Whether amounts are money; points and benefits are counted in pieces."""
        return self.kind not in IN_PIECES

    @property
    def is_payable(self) -> bool:
        """Whether what it owes is paid out by statements."""
        return self.kind in PAYABLE


class SchemeVersion(TenantModel):
    """The rules of a scheme from a date on. A published version never changes (a trigger refuses it).

    ``eligibility``: any of ``partners, programmes, tiers, roles, layers, territories`` (of the partner) and, for transactions,
    ``kinds, products, families, product_layers, segments, engagement_models, contributions, new_customer`` ("yes" or
    "no"); lists of codes, empty or absent means everybody. ``builder`` holds the form's components where the formula came from the builder.
    ``names`` is the schema of every name that the formula uses, so that any accrual can be replayed.

    ``payments``: [days after the transaction, percent] of each part of what a transaction earns; empty pays all at once.
    With ``while_customer`` a part is owed only if the customer has not left by then. ``warn_at``: percent of the budget.
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
    #: Schemes with the same group that meet on one transaction (of rebates: in one period) stack by priority.
    stack_group = models.CharField(_("stacking group"), max_length=40, blank=True)
    stack_policy = models.CharField(
        _("beside others"), max_length=10, choices=StackPolicy.choices, default=StackPolicy.ADDITIVE
    )
    stack_priority = models.PositiveSmallIntegerField(_("priority"), null=True, blank=True)
    stack_counts = models.BooleanField(_("counts as previous"), default=True)
    at_ceiling = models.CharField(
        _("when the budget is used up"), max_length=10, choices=Ceiling.choices, default=Ceiling.WATCH
    )
    warn_at = models.JSONField(_("warn at percent of the budget"), default=list, blank=True)
    payments = models.JSONField(_("payments"), default=list, blank=True)
    while_customer = models.BooleanField(_("only while the customer stays"), default=False)
    #: The benefit of tiers of which it grants pieces (days, seats, ...); blank: a benefit that the scheme is named after.
    benefit = models.CharField(
        _("benefit"), max_length=16, choices=BenefitKind.choices, blank=True, default="", db_default=""
    )
    #: How long a granted benefit can be used; null while there is no end.
    valid_days = models.PositiveIntegerField(_("valid for days"), null=True, blank=True)
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
