"""Products, whom they are sold to, and where."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from tenancy.base import Named, TenantForeignKey, TenantModel
from tenancy.walls.spec import ALL, OPEN, PUBLIC, Walls


class Coded(TenantModel):
    """A thing that source systems name by ``code``; the natural key of the API and of imports."""

    code = models.CharField(_("code"), max_length=64)
    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        abstract = True
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["operator", "code"], name="%(class)s_code")]


class Searchable(models.Model):
    """Found by all spellings of its names: the services keep ``search_key`` (``common.text.search_key``) true."""

    search_key = models.CharField(max_length=200, editable=False, blank=True)

    class Meta:
        abstract = True


class Family(Named, Searchable, Coded):
    """A group of products in one technology layer."""

    walls = PUBLIC
    layer = models.CharField(_("technology layer"), max_length=20, choices=Layer.choices)

    class Meta(Coded.Meta):
        pass


class Product(Named, Searchable, Coded):
    """Something the operator sells. ``layer`` and ``strategic`` steer KPIs; ``roles`` tells who can sell it."""

    walls = PUBLIC
    family = TenantForeignKey(Family, related_name="products", verbose_name=_("family"))
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    strategic = models.BooleanField(_("strategic"), default=False)
    roles = ArrayField(
        models.CharField(max_length=20, choices=PartnerRole.choices),
        verbose_name=_("partner roles that can sell it"),
        default=list,
        blank=True,
    )
    list_price = models.DecimalField(_("list price"), max_digits=20, decimal_places=6, null=True, blank=True)
    partner_price = models.DecimalField(
        _("partner price"), max_digits=20, decimal_places=6, null=True, blank=True
    )

    class Meta(Coded.Meta):
        indexes = [models.Index(fields=["operator", "family"], name="product_family")]


class Segment(Named, Searchable, Coded):
    """A kind of customer; each operator has its own list."""

    walls = PUBLIC
    key_account = models.BooleanField(_("key account segment"), default=False)

    class Meta(Coded.Meta):
        pass


class Territory(Named, Searchable, Coded):
    """A node of the region tree. ``path`` is the ids from the root to this node, so a subtree is one array test."""

    walls = OPEN
    parent = TenantForeignKey(
        "self", null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    level = models.PositiveSmallIntegerField(default=0, editable=False)
    path = ArrayField(models.BigIntegerField(), default=list, editable=False)

    class Meta(Coded.Meta):
        indexes = [models.Index(fields=["operator", "parent"], name="territory_parent")]


class Customer(Named, Searchable, Coded):
    """An end customer. Partners never list customers: they meet them in their own transactions and deals."""

    walls = Walls(pam=ALL)
    legal_id = models.CharField(_("legal id"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    segment = TenantForeignKey(Segment, null=True, blank=True, related_name="+", verbose_name=_("segment"))
    territory = TenantForeignKey(
        Territory, null=True, blank=True, related_name="+", verbose_name=_("territory")
    )
    #: The first day the operator knew the customer; decides "new customer".
    since = models.DateField(_("customer since"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True, default="", db_default="")
    email = models.EmailField(_("e-mail"), blank=True, default="", db_default="")
    address = models.CharField(_("postal address"), max_length=300, blank=True, default="", db_default="")
    #: The account that it pays from, as banks write it; for comparing with those that partners are paid to.
    bank_account = models.CharField(_("bank account"), max_length=34, blank=True, default="", db_default="")
    #: The customer that stands for this one since the two turned out to be the same.
    merged_into = TenantForeignKey("self", null=True, blank=True, editable=False, related_name="+")

    class Meta(Coded.Meta):
        constraints = [
            *Coded.Meta.constraints,
            models.UniqueConstraint(
                fields=["operator", "country", "legal_id"],
                condition=~models.Q(legal_id=""),
                name="customer_legal_id",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "search_key"], name="customer_search"),
            models.Index(
                fields=["operator", "merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="customer_merged",
            ),
        ]
