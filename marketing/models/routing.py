"""How a lead found its partner, and what steers that: decisions, pauses and capacity, pinned customers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Customer
from marketing.enums import Rule
from marketing.models.leads import ITS_OWN, NOBODYS, Lead
from partners.models import Partner
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.walls.spec import Walls


class LeadRouting(TenantModel):
    """One decision: which rule chose whom among which candidates. Never changes; partners do not see it.

    ``candidates`` and ``excluded`` hold ids of partners and no names: a reader sees the names of those partners that it may
    see. ``marketing.leads.weights`` makes the same choice of the same ``candidates`` and ``seed`` at any time.
    """

    walls = Walls(pam="partner_id", pam_also=NOBODYS, append_only=True)
    lead = TenantForeignKey(Lead, related_name="routings", on_delete=models.CASCADE)
    #: The choice; nobody where the lead waits to be placed by hand.
    partner = TenantForeignKey(Partner, null=True, blank=True, related_name="+")
    rule = models.CharField(_("rule"), max_length=10, choices=Rule.choices)
    #: ``[{"partner", "priority", "converted", "closed", "answered", "missed", "recent", "weight"}]``
    candidates = models.JSONField(default=list)
    #: Reason -> ids.
    excluded = models.JSONField(default=dict)
    seed = models.CharField(max_length=40)
    actor = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(_("decided"))

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        indexes = [models.Index(fields=["operator", "lead", "id"], name="leadrouting_lead")]


class LeadSettings(TenantModel):
    """A partner's own word on how many leads it takes. No row: the operator's numbers count."""

    walls = Walls(partner="partner_id", pam="partner_id", partner_if=ITS_OWN)
    partner = TenantForeignKey(Partner, related_name="lead_settings")
    #: The last day without new leads.
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(_("open leads at most"), null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "partner"], name="leadsettings_partner")]


class PinnedCustomer(TenantModel):
    """A customer whose leads go to one partner first."""

    walls = Walls(pam="partner_id")
    customer = TenantForeignKey(
        Customer, related_name="+", on_delete=models.CASCADE, verbose_name=_("customer")
    )
    partner = TenantForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    pinned_by = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "customer"], name="pinnedcustomer_customer")
        ]
