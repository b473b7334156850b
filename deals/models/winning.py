"""Which transactions came of which won deal."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from deals.enums import MatchedBy
from deals.models.deal import OF_PARTNER, Deal, amount_field
from partners.models import Partner
from tenancy.base import TenantForeignKey, TenantModel


class DealTransaction(TenantModel):
    """A line of a source system that belongs to a deal. A line belongs to one deal at most; ``amount`` is the partner's."""

    walls = OF_PARTNER
    deal = TenantForeignKey(Deal, related_name="transactions", on_delete=models.CASCADE)
    partner = TenantForeignKey(Partner, related_name="+")
    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("reference"), max_length=120)
    product = TenantForeignKey(Product, null=True, related_name="+", verbose_name=_("product"))
    day = models.DateField(_("date"))
    amount = amount_field(_("amount"))
    matched_by = models.CharField(_("linked by"), max_length=10, choices=MatchedBy.choices)
    linked_by = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "source", "external_id", "partner"], name="dealtransaction_line"
            )
        ]
        indexes = [models.Index(fields=["operator", "deal"], name="dealtransaction_deal")]
