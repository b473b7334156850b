"""What points can be exchanged for, and the exchanges."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Coded
from incentives.enums import RedemptionState
from incentives.models.schemes import Scheme
from partners.models import Partner, Rep
from tenancy.base import Named, TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import INSERT, PUBLIC, WRITE, Walls


class Reward(Named, Coded):
    """Something that points buy. ``stock`` is how many are left to ask for; null is as many as wanted."""

    walls = PUBLIC
    points = models.PositiveIntegerField(_("points"), validators=[MinValueValidator(1)])
    description = models.TextField(_("description"), blank=True)
    stock = models.PositiveIntegerField(_("stock"), null=True, blank=True)

    class Meta(Coded.Meta):
        pass


class Redemption(TenantModel):
    """Points given for a reward, by a company or by one of its sellers. ``points`` are those at the time of asking."""

    walls = Walls(partner="partner_id", pam="partner_id", partner_writes=INSERT)
    reward = TenantForeignKey(Reward, related_name="redemptions", verbose_name=_("reward"))
    partner = TenantForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    rep = TenantForeignKey(Rep, null=True, blank=True, related_name="+", verbose_name=_("rep"))
    quantity = models.PositiveIntegerField(_("quantity"), default=1, validators=[MinValueValidator(1)])
    points = models.PositiveIntegerField(_("points"))
    state = models.CharField(
        _("state"), max_length=10, choices=RedemptionState.choices, default=RedemptionState.REQUESTED
    )
    requested_by = TenantForeignKey(Membership, null=True, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["operator", "partner", "rep"], name="redemption_beneficiary"),
            models.Index(fields=["operator", "state"], name="redemption_state"),
        ]


class BenefitUse(TenantModel):
    """Pieces of a granted benefit that were used, written down by the operator's people; ``undone_at``: it was a mistake."""

    walls = Walls(partner="partner_id", pam="partner_id", pam_writes=WRITE)
    scheme = TenantForeignKey(Scheme, related_name="+", verbose_name=_("scheme"))
    partner = TenantForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    rep = TenantForeignKey(Rep, null=True, blank=True, related_name="+", verbose_name=_("rep"))
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=2)
    day = models.DateField(_("day"))
    text = models.CharField(_("what for"), max_length=200, blank=True)
    member_name = models.CharField(max_length=200)
    made_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-day", "-id"]
        constraints = [models.CheckConstraint(condition=models.Q(quantity__gt=0), name="benefituse_some")]
        indexes = [models.Index(fields=["operator", "partner", "scheme"], name="benefituse_partner")]
