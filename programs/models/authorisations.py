"""Who may sell what to whom: rules that are never changed, their ends, and the worksheets behind those of core products."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import EngagementModel, Layer, PartnerRole
from catalog.models import Product, Segment, Territory
from partners.models import Partner
from programs.enums import Effect, WorksheetState
from programs.models.tiers import Programme, Tier
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import ALL, Walls

#: A rule that names no company is everybody's to read: it answers everybody's questions.
OF_COMPANY = Walls(partner="partner_id", pam="partner_id", general=True, append_only=True)


class About(models.Model):
    """What a rule is about: product or layer, segment, territory with its parts, engagement model. Empty: any."""

    product = TenantForeignKey(Product, null=True, blank=True, related_name="+", verbose_name=_("product"))
    layer = models.CharField(_("technology layer"), max_length=20, choices=Layer.choices, blank=True)
    segment = TenantForeignKey(Segment, null=True, blank=True, related_name="+", verbose_name=_("segment"))
    territory = TenantForeignKey(
        Territory, null=True, blank=True, related_name="+", verbose_name=_("territory")
    )
    engagement_model = models.CharField(
        _("engagement model"), max_length=12, choices=EngagementModel.choices, blank=True
    )
    #: Whom it is for; at most one of the four. A tier: see ``programs.authorisations.rules``.
    partner = TenantForeignKey(Partner, null=True, blank=True, related_name="+", verbose_name=_("partner"))
    role = models.CharField(_("partner role"), max_length=20, choices=PartnerRole.choices, blank=True)
    programme = TenantForeignKey(
        Programme, null=True, blank=True, related_name="+", verbose_name=_("programme")
    )
    tier = TenantForeignKey(Tier, null=True, blank=True, related_name="+", verbose_name=_("tier"))
    starts = models.DateField(_("from"))
    #: The last day; none: until it is ended.
    ends = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True


class Worksheet(About, TenantModel):
    """The recorded decision whether to open a core product: criteria with weight and score, decided by a second person.

    ``criteria``: ``[{"code": Criterion, "weight": 0-10, "score": 0-10, "note": "..."}]``.
    """

    walls = Walls(pam=ALL)
    state = models.CharField(
        _("state"), max_length=10, choices=WorksheetState.choices, default=WorksheetState.WAITING
    )
    title = models.CharField(_("title"), max_length=200)
    #: The operator's share of this market, in percent.
    market_share = models.DecimalField(_("our market share"), max_digits=5, decimal_places=2)
    criteria = models.JSONField(_("criteria"), default=list)
    reason = models.TextField(_("reason"), blank=True)
    author = TenantForeignKey(Membership, null=True, related_name="+")
    author_name = models.CharField(_("written by"), max_length=200)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    decided_by = TenantForeignKey(Membership, null=True, related_name="+")
    decided_by_name = models.CharField(_("decided by"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision = models.TextField(_("grounds of the decision"), blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        indexes = [models.Index(fields=["operator", "state", "-id"], name="worksheet_state")]

    def __str__(self) -> str:
        return self.title


class Authorisation(About, TenantModel):
    """A rule: who may, or may not, sell what to whom and where. What is over gets an ``AuthorisationEnd``."""

    walls = OF_COMPANY
    effect = models.CharField(_("rule"), max_length=8, choices=Effect.choices)
    #: Why; read by the company whose deal is refused.
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    worksheet = TenantForeignKey(Worksheet, null=True, blank=True, related_name="authorisations")
    author_name = models.CharField(_("added by"), max_length=200)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(product__isnull=True) | models.Q(layer=""), name="authorisation_one_thing"
            ),
            models.CheckConstraint(
                condition=models.Q(ends__isnull=True) | models.Q(ends__gte=models.F("starts")),
                name="authorisation_days",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "partner", "starts"], name="authorisation_partner"),
            models.Index(fields=["operator", "worksheet"], name="authorisation_worksheet"),
        ]


class AuthorisationEnd(TenantModel):
    """From ``gone_on`` on the rule no longer holds."""

    walls = OF_COMPANY
    authorisation = TenantForeignKey(Authorisation, related_name="endings")
    #: The rule's company, for the walls.
    partner = TenantForeignKey(Partner, null=True, blank=True, related_name="+")
    gone_on = models.DateField(_("no longer from"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    author_name = models.CharField(_("ended by"), max_length=200)
    created_at = models.DateTimeField(_("ended"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "authorisation"], name="authorisation_ends_once")
        ]
