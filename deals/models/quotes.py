"""What a deal would cost the partner, and what it would earn, as it was calculated on one day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from deals.enums import QuoteState
from deals.models.deal import OF_PARTNER, Deal, amount_field
from partners.models import Partner
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership


class Quote(TenantModel):
    """A version of a deal's quote. Once it is sent nothing of it changes but its state.

    ``rewards``: ``[{"kind", "scheme", "names", "amount"}]``, names by language, amounts as decimal texts, of the day of calculation.
    """

    walls = OF_PARTNER
    number = models.CharField(_("number"), max_length=20)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=QuoteState.choices, default=QuoteState.DRAFT)
    deal = TenantForeignKey(Deal, related_name="quotes", on_delete=models.CASCADE)
    partner = TenantForeignKey(Partner, related_name="+")
    author = TenantForeignKey(Membership, null=True, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    #: The last day on which it can be accepted.
    valid_until = models.DateField(_("valid until"))
    note = models.TextField(_("note"), blank=True)
    currency = models.CharField(max_length=3)
    partner_total = amount_field(_("partner price"), default=0)
    net_total = amount_field(_("to pay"), default=0)
    rewards = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "number"], name="quote_number"),
            models.UniqueConstraint(fields=["operator", "deal", "version"], name="quote_version"),
        ]
        indexes = [models.Index(fields=["operator", "partner", "-id"], name="quote_partner")]

    def __str__(self) -> str:
        return self.number

    @property
    def code(self) -> str:
        """What the audit trail calls it."""
        return self.number


class QuoteLine(TenantModel):
    """A product of a quote. ``list_price``, ``partner_price`` and ``net`` are of the whole quantity.

    ``applied``: ``[{"scheme", "names", "rate", "amount", "reasons"}]``; ``refused``: ``[{"scheme", "names", "reasons"}]``; names and
    reasons by language, so that the quote is read in each. The discount level of a tier has no scheme, but its ``benefit``.
    """

    walls = OF_PARTNER
    quote = TenantForeignKey(Quote, related_name="lines", on_delete=models.CASCADE)
    partner = TenantForeignKey(Partner, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    product = TenantForeignKey(Product, related_name="+", verbose_name=_("product"))
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=6)
    list_price = amount_field(_("list price"), null=True)
    partner_price = amount_field(_("partner price"))
    net = amount_field(_("to pay"))
    applied = models.JSONField(default=list)
    refused = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["operator", "quote"], name="quoteline_quote")]
