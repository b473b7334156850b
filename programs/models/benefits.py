"""What tiers give, and the days with experts that partners book."""

from decimal import Decimal

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from programs.enums import BenefitKind, BookingState
from programs.models.tiers import Tier
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.walls.spec import PUBLIC, WRITE, Walls

#: Bookings move what is booked and used; grants come with the tier.
UPDATE = frozenset({"update"})


class Benefit(TenantModel):
    """One thing that a tier gives. ``value`` in the unit of its kind; ``text`` says more, in the operator's words."""

    walls = PUBLIC
    tier = TenantForeignKey(Tier, on_delete=models.CASCADE, related_name="benefits", verbose_name=_("tier"))
    kind = models.CharField(_("benefit"), max_length=16, choices=BenefitKind.choices)
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=4, null=True, blank=True)
    text = models.CharField(_("in words"), max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["tier", "kind"]
        constraints = [models.UniqueConstraint(fields=["operator", "tier", "kind"], name="benefit_once")]


class ExpertBalance(TenantModel):
    """A partner's days with field experts in one fiscal year: what its tier grants, what it earned on top, is booked and used.

    The database itself refuses to book more than is there.
    """

    walls = Walls(partner="partner_id", pam="partner_id", partner_writes=UPDATE, pam_writes=UPDATE)
    partner = TenantForeignKey(Partner, related_name="+")
    period = models.CharField(max_length=16)
    granted = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    earned = models.DecimalField(max_digits=8, decimal_places=2, default=0, db_default=0)
    booked = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    used = models.DecimalField(max_digits=8, decimal_places=2, default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "partner", "period"], name="expertbalance_once"),
            models.CheckConstraint(
                condition=models.Q(booked__gte=0)
                & models.Q(used__gte=0)
                & models.Q(granted__gte=models.F("booked") + models.F("used") - models.F("earned")),
                name="expertbalance_never_below_zero",
            ),
        ]

    @property
    def given(self) -> Decimal:
        """All days of the year."""
        total: Decimal = self.granted + self.earned
        return total


class ExpertBooking(TenantModel):
    """Days of a field expert that a partner has booked, until they are used or released."""

    walls = Walls(partner="partner_id", pam="partner_id", partner_writes=WRITE, pam_writes=WRITE)
    balance = TenantForeignKey(ExpertBalance, related_name="bookings")
    partner = TenantForeignKey(Partner, related_name="+")
    state = models.CharField(
        _("state"), max_length=12, choices=BookingState.choices, default=BookingState.BOOKED
    )
    day = models.DateField(_("day"))
    days = models.DecimalField(_("days"), max_digits=6, decimal_places=2)
    topic = models.CharField(_("topic"), max_length=200)
    booked_by = models.CharField(max_length=200)
    booked_at = models.DateTimeField(db_default=Now())
    text = models.CharField(max_length=400, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-day", "-id"]
        constraints = [models.CheckConstraint(condition=models.Q(days__gt=0), name="expertbooking_some_days")]
        indexes = [models.Index(fields=["operator", "partner", "day"], name="expertbooking_partner")]
