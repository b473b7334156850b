"""Companies that the operator would like to have as partners."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.models import Product, Segment, Territory
from partners.enums import ProspectStage
from partners.models.applications import Application, Score
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import ALL, Walls


class Prospect(TenantModel):
    """A company that could sell a product or work in a layer; the account managers share them all."""

    walls = Walls(pam=ALL)
    code = models.CharField(_("code"), max_length=40)
    company_name = models.CharField(_("company"), max_length=200)
    search_key = models.CharField(max_length=200, editable=False, blank=True)
    product = TenantForeignKey(Product, null=True, blank=True, related_name="+", verbose_name=_("product"))
    layer = models.CharField(_("technology layer"), max_length=20, choices=Layer.choices, blank=True)
    role = models.CharField(_("partner role"), max_length=20, choices=PartnerRole.choices, blank=True)
    territory = TenantForeignKey(
        Territory, null=True, blank=True, related_name="+", verbose_name=_("territory")
    )
    segment = TenantForeignKey(Segment, null=True, blank=True, related_name="+", verbose_name=_("segment"))
    legal_id = models.CharField(_("legal id"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    website = models.URLField(_("website"), blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=120, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    state = models.CharField(
        _("stage"), max_length=12, choices=ProspectStage.choices, default=ProspectStage.NEW
    )
    reason = models.TextField(_("reason"), blank=True)
    source = models.CharField(_("found through"), max_length=120, blank=True)
    technical = models.DecimalField(max_digits=5, decimal_places=1, default=0)
    commercial = models.DecimalField(max_digits=5, decimal_places=1, default=0)
    owner = TenantForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    application = TenantForeignKey(Application, null=True, blank=True, related_name="prospects")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "code"], name="prospect_code")]
        indexes = [models.Index(fields=["operator", "state"], name="prospect_stage")]

    def __str__(self) -> str:
        return self.company_name


class ProspectScore(Score):
    walls = Walls(pam=ALL)
    prospect = TenantForeignKey(Prospect, related_name="scores")

    class Meta(Score.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "prospect", "criterion"], name="prospect_score")
        ]
