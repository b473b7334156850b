"""What source systems sent: credits, and lines that could not become credits (yet)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.enums import Contribution, EngagementModel
from catalog.models import Customer, Product, Segment, Territory
from partners.models import Partner, Rep
from tenancy.base import OperatorKey, TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import STAFF, Walls


class Intake(TenantModel):
    """One batch that came in, with what became of its lines."""

    walls = STAFF
    channel = models.CharField(max_length=12)
    membership = TenantForeignKey(Membership, null=True, related_name="+")
    received_at = models.DateTimeField(db_default=Now())
    accepted = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    revised = models.PositiveIntegerField(default=0)
    unresolved = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["operator", "-received_at"], name="intake_newest")]


class Credit(TenantModel):
    """The part of one line that counts for one partner: the engine's only input. Append-only.

    ``position`` tells the credited partners of a line apart: 0, 1, ... ; the rows that take back revision n-1 are
    part of revision n with ``-1 - position``. ``sign`` is what the row adds to a count of transactions: 1, -1 for a
    row taken back or a full return, 0 for a partial return. ``amount``, ``margin`` and ``quantity`` are this partner's
    share and already carry their sign; ``line_amount`` is the whole line's amount.

    References carry no key per row: a trigger checks each statement at once. The partner's operator is the row's, so the
    operator needs no key either.
    """

    walls = Walls(partner="partner_id", pam="partner_id", append_only=True)
    operator = OperatorKey("tenancy.Operator", models.PROTECT, db_constraint=False)
    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("reference"), max_length=120)
    revision = models.PositiveSmallIntegerField(default=1)
    position = models.SmallIntegerField(default=0)
    sign = models.SmallIntegerField(default=1)
    #: Content of the line (sha256, first 16 bytes): tells a duplicate from a revision.
    digest = models.BinaryField(max_length=16)
    kind = models.CharField(_("kind"), max_length=30)
    occurred_at = models.DateTimeField(_("date"))
    #: ``occurred_at`` in the operator's time zone.
    day = models.DateField()
    collected_day = models.DateField(null=True)
    partner = TenantForeignKey(Partner, keyed=False, related_name="+", verbose_name=_("partner"))
    rep = TenantForeignKey(Rep, keyed=False, null=True, related_name="+", verbose_name=_("rep"))
    product = TenantForeignKey(Product, keyed=False, null=True, related_name="+", verbose_name=_("product"))
    customer = TenantForeignKey(
        Customer, keyed=False, null=True, related_name="+", verbose_name=_("customer")
    )
    segment = TenantForeignKey(Segment, keyed=False, null=True, related_name="+", verbose_name=_("segment"))
    territory = TenantForeignKey(
        Territory, keyed=False, null=True, related_name="+", verbose_name=_("territory")
    )
    engagement_model = models.CharField(
        _("engagement model"), max_length=10, choices=EngagementModel.choices, blank=True
    )
    contribution = models.CharField(
        _("contribution"), max_length=10, choices=Contribution.choices, blank=True
    )
    share = models.DecimalField(_("share"), max_digits=9, decimal_places=6, default=1)
    quantity = models.DecimalField(_("quantity"), max_digits=32, decimal_places=12)
    amount = models.DecimalField(_("amount"), max_digits=38, decimal_places=12)
    margin = models.DecimalField(_("margin"), max_digits=38, decimal_places=12, null=True)
    line_amount = models.DecimalField(max_digits=32, decimal_places=6)
    currency = models.CharField(max_length=3)
    #: The reference that a reversal takes back.
    reverses = models.CharField(max_length=120, blank=True)
    attributes = models.JSONField(null=True)
    received_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "source", "external_id", "revision", "position"], name="credit_once"
            )
        ]
        indexes = [
            models.Index(fields=["operator", "partner", "day"], name="credit_partner_day"),
            models.Index(
                fields=["operator", "source", "reverses"],
                condition=~models.Q(reverses=""),
                name="credit_reverses",
            ),
        ]


class UnresolvedLine(TenantModel):
    """A line that names codes nobody knows yet; it becomes credits by itself when they appear."""

    walls = STAFF
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    digest = models.BinaryField(max_length=16)
    payload = models.JSONField()
    #: What is missing, as "product:X1", "partner:77".
    missing = ArrayField(models.CharField(max_length=140))
    #: The reference of the original that a reversal waits for.
    waits_for = models.CharField(max_length=120, blank=True, default="")
    received_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "source", "external_id"], name="unresolved_once")
        ]
        indexes = [
            models.Index(fields=["operator", "received_at"], name="unresolved_newest"),
            models.Index(
                fields=["operator", "source", "waits_for"],
                name="unresolved_waits",
                condition=~models.Q(waits_for=""),
            ),
        ]


class RefusedLine(TenantModel):
    """A line that can never become a credit as it was sent, kept as it came, with the reason."""

    walls = STAFF
    intake = TenantForeignKey(Intake, related_name="refused")
    index = models.PositiveIntegerField()
    payload = models.TextField()
    code = models.CharField(max_length=40)
    message = models.CharField(max_length=400)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["operator", "intake", "index"], name="refused_intake")]


class PendingChunk(TenantModel):
    """Credits that wait to be counted: the queue. Claimed by ``delete ... skip locked``, in the counting transaction.

    ``lane`` is derived from the root partner, so that a partner's tree is always counted in one lane.
    """

    walls = STAFF
    lane = models.PositiveSmallIntegerField()
    credit_ids = ArrayField(models.BigIntegerField())
    received_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["operator", "lane", "id"], name="pending_lane")]
