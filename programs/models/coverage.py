"""Where partners sell what, gathered every night for the coverage map."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from catalog.models import Product, Segment, Territory
from partners.models import Partner
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.walls.spec import Walls


class SoldWhere(TenantModel):
    """A partner's sales of a product in a segment and territory during the last year; no row where nothing is left of them.

    ``path``: the territory and all that it is part of, as in ``Territory``.
    """

    walls = Walls(partner="partner_id", pam="partner_id")
    partner = TenantForeignKey(Partner, related_name="+")
    product = TenantForeignKey(Product, related_name="+")
    segment = TenantForeignKey(Segment, null=True, related_name="+")
    territory = TenantForeignKey(Territory, null=True, related_name="+")
    path = ArrayField(models.BigIntegerField(), default=list)
    lines = models.IntegerField()
    last_day = models.DateField()
    gathered_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "partner", "product", "segment", "territory"],
                nulls_distinct=False,
                name="soldwhere_once",
            )
        ]
        indexes = [models.Index(fields=["operator", "product", "partner"], name="soldwhere_product")]
