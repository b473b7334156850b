"""KPIs, their targets, and what was measured."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.models import Coded
from partners.models import Partner, Rep
from performance.enums import Beneficiary, DateBase, KpiState, Measure, PeriodKind
from tenancy.base import Named, OperatorKey, TenantForeignKey, TenantModel
from tenancy.walls.spec import PUBLIC, STAFF, Walls


class Day(TenantModel):
    """The periods of one day in the operator's calendar and fiscal year: counting joins it instead of computing."""

    walls = PUBLIC
    day = models.DateField()
    month = models.CharField(max_length=10)
    quarter = models.CharField(max_length=10)
    half = models.CharField(max_length=10)
    year = models.CharField(max_length=10)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "day"], name="day_once")]


class Kpi(Named, Coded):
    """A named measure over credits: what is counted, with which filters, over which period.

    ``filters``: any of ``kinds, products, families, layers, segments, territories, engagement_models,
    contributions, roles, sources`` (lists of codes), ``new_customer`` (bool), ``attributes`` (name -> value).
    """

    walls = PUBLIC
    measure = models.CharField(_("measure"), max_length=20, choices=Measure.choices)
    filters = models.JSONField(_("filters"), default=dict, blank=True)
    beneficiary = models.CharField(
        _("beneficiary"), max_length=8, choices=Beneficiary.choices, default=Beneficiary.PARTNER
    )
    period = models.CharField(
        _("period"), max_length=8, choices=PeriodKind.choices, default=PeriodKind.QUARTER
    )
    rolling_months = models.PositiveSmallIntegerField(
        _("months"), null=True, blank=True, validators=[MinValueValidator(2), MaxValueValidator(36)]
    )
    base = models.CharField(
        _("date that counts"), max_length=10, choices=DateBase.choices, default=DateBase.INVOICE
    )
    #: The target of everybody without one of their own.
    target = models.DecimalField(_("target"), max_digits=32, decimal_places=6, null=True, blank=True)
    state = models.CharField(max_length=8, choices=KpiState.choices, default=KpiState.READY, editable=False)
    description = models.CharField(_("description"), max_length=400, blank=True)

    class Meta(Coded.Meta):
        pass


class KpiTarget(TenantModel):
    """The target of one beneficiary in one period."""

    walls = Walls(partner="partner_id", pam="partner_id")
    kpi = TenantForeignKey(Kpi, on_delete=models.CASCADE, related_name="targets")
    partner = TenantForeignKey(Partner, related_name="+")
    rep = TenantForeignKey(Rep, null=True, blank=True, related_name="+")
    period = models.CharField(max_length=16)
    value = models.DecimalField(max_digits=32, decimal_places=6)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "kpi", "period", "partner", "rep"],
                nulls_distinct=False,
                name="target_once",
            )
        ]
        indexes = [models.Index(fields=["operator", "partner", "period"], name="target_partner")]


class Measurement(TenantModel):
    """The value of one KPI for one beneficiary in one period.

    ``value`` is the numerator; ``weight`` the denominator of averages and ratios (scores counted, customers met), 1
    elsewhere never read. ``lines`` counts credits, taken-back ones as -1, so that an emptied row can be told.
    """

    walls = Walls(partner="partner_id", pam="partner_id")
    operator = OperatorKey("tenancy.Operator", models.PROTECT, db_constraint=False)
    kpi = TenantForeignKey(Kpi, on_delete=models.CASCADE, keyed=False, related_name="measurements")
    period = models.CharField(max_length=16)
    partner = TenantForeignKey(Partner, keyed=False, related_name="+")
    rep = TenantForeignKey(Rep, keyed=False, null=True, related_name="+")
    value = models.DecimalField(max_digits=44, decimal_places=12)
    weight = models.DecimalField(max_digits=32, decimal_places=6, default=0)
    lines = models.IntegerField(default=0)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "kpi", "period", "partner", "rep"],
                nulls_distinct=False,
                name="measurement_once",
            )
        ]
        indexes = [models.Index(fields=["operator", "partner", "period"], name="measurement_partner")]


class Member(TenantModel):
    """One customer (and family, for cross-sell) inside a distinct count, with how often it was met.

    A row whose ``n`` falls to 0 no longer counts; it comes back when a late line arrives. For new customers, ``period``
    is that of each meeting and the first one with a positive ``n`` is where the customer counts.

    The engine's notebook, not a record: every id comes out of credits that were checked, so there are no keys; ``rep_id``
    and ``family_id`` are 0 where they do not tell rows apart, because nulls would keep the index from finding them.
    """

    walls = STAFF
    pk = models.CompositePrimaryKey(
        "operator_id", "kpi_id", "partner_id", "rep_id", "customer_id", "period", "family_id"
    )
    operator = OperatorKey("tenancy.Operator", models.PROTECT, db_constraint=False)
    kpi_id = models.BigIntegerField()
    partner_id = models.BigIntegerField()
    rep_id = models.BigIntegerField(default=0)
    customer_id = models.BigIntegerField()
    period = models.CharField(max_length=16, db_collation="C")
    family_id = models.BigIntegerField(default=0)
    n = models.IntegerField(default=0)


class LaneClock(TenantModel):
    """How far each lane has counted."""

    walls = PUBLIC
    lane = models.PositiveSmallIntegerField()
    #: Arrival of the newest credit counted.
    newest_received_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "lane"], name="laneclock_once")]
