"""Companies of the channel, their sellers, their tree, and whose book they are in."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.models import Coded, Searchable, Territory
from partners.enums import PartnerState
from tenancy.base import Named, TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import READ, Walls


class Partner(Named, Searchable, Coded):
    """A company in the operator's channel."""

    # The login surface names the company of each membership that a person may choose.
    walls = Walls(partner="id", pam="id", auth=READ)
    parent = TenantForeignKey(
        "self", null=True, blank=True, related_name="children", verbose_name=_("parent partner")
    )
    #: The top of the tree this partner stands in (itself when it has no parent): the engine's lane.
    root = TenantForeignKey("self", null=True, editable=False, related_name="+")
    roles = ArrayField(
        models.CharField(max_length=20, choices=PartnerRole.choices),
        verbose_name=_("partner roles"),
        default=list,
        blank=True,
    )
    layers = ArrayField(
        models.CharField(max_length=20, choices=Layer.choices),
        verbose_name=_("technology layers"),
        default=list,
        blank=True,
    )
    #: The code of the tier, as formulas see it.
    tier = models.CharField(_("tier"), max_length=40, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=PartnerState.choices, default=PartnerState.ACTIVE
    )
    territory = TenantForeignKey(
        Territory, null=True, blank=True, related_name="+", verbose_name=_("territory")
    )
    legal_id = models.CharField(_("legal id"), max_length=40, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    website = models.URLField(_("website"), blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    address = models.CharField(_("postal address"), max_length=300, blank=True, default="", db_default="")
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    #: The last day of a partnership that was ended, or will be.
    ends_on = models.DateField(_("last day"), null=True, blank=True, editable=False)

    class Meta(Coded.Meta):
        indexes = [
            models.Index(fields=["operator", "parent"], name="partner_parent"),
            models.Index(fields=["operator", "root"], name="partner_root"),
        ]


class PartnerLink(TenantModel):
    """The closure of the tree: one row per partner and each of its ancestors, itself included (depth 0)."""

    walls = Walls(partner="ancestor_id", pam="descendant_id")
    ancestor = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="descendant_links")
    descendant = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="ancestor_links")
    depth = models.PositiveSmallIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "ancestor", "descendant"], name="partnerlink_once")
        ]
        indexes = [models.Index(fields=["operator", "descendant", "ancestor"], name="partnerlink_up")]


class Rep(Named, Searchable, Coded):
    """A seller as source systems know them; the beneficiary of SPIFFs.

    Usually one company's. The operator's own people who sell with many companies have none; no partner sees them.
    """

    walls = Walls(partner="partner_id", pam="partner_id")
    partner = TenantForeignKey(Partner, null=True, blank=True, related_name="reps", verbose_name=_("partner"))
    membership = TenantForeignKey(
        Membership, null=True, blank=True, related_name="reps", verbose_name=_("login")
    )
    email = models.EmailField(_("e-mail"), blank=True)

    class Meta(Coded.Meta):
        indexes = [models.Index(fields=["operator", "partner"], name="rep_partner")]


class BookEntry(TenantModel):
    """A partner in a PAM's book."""

    walls = Walls(partner="partner_id", pam_member="member_id")
    member = TenantForeignKey(Membership, related_name="book")
    partner = TenantForeignKey(Partner, related_name="book_entries")
    since = models.DateField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "member", "partner"], name="book_once")]
        indexes = [models.Index(fields=["operator", "partner"], name="book_partner")]
