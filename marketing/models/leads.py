"""A lead in three parts that different people see: what is wanted, who wants it, and to whom it was offered.

A partner reads the rows that carry its own id. ``Lead`` carries it from the offer on, ``LeadContact`` from the acceptance on and
until a recall: so the database itself hides who it is. Every step is a service that looks the lead up in the actor's sight and
changes it as the operator's office.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import EngagementModel, Layer
from catalog.models import Customer, Product, Segment, Territory
from marketing.enums import LeadSource, LeadState, Need, OfferState, SizeBand, Timing
from partners.models import Partner
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import STAFF, Walls

#: A lead is for the company that it was offered to and not for those above it.
ITS_OWN = "partner_id = (select app.co())"
#: Account managers share what nobody has yet.
NOBODYS = "partner_id is null"
#: Who it is is shared as the lead is: the walls of the lead itself answer here.
OF_SEEN_LEAD = (
    "partner_id is null and exists (select 1 from marketing_lead l"
    " where l.operator_id = marketing_leadcontact.operator_id and l.id = marketing_leadcontact.lead_id)"
)


class LeadCounter(TenantModel):
    """The last number that a lead (or what else counts under a name) of the operator got."""

    walls = STAFF
    name = models.CharField(max_length=20)
    value = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "name"], name="lead_counter")]


class Lead(TenantModel):
    """A potential customer's wish. ``partner`` is to whom it is offered, or who holds it. No column tells who it is.

    ``version`` counts its changes; ``active_at`` is the holder's last step.
    """

    walls = Walls(partner="partner_id", pam="partner_id", partner_if=ITS_OWN, pam_also=NOBODYS)
    ref = models.CharField(_("number"), max_length=20)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(_("state"), max_length=12, choices=LeadState.choices, default=LeadState.NEW)
    source = models.CharField(
        _("source"), max_length=10, choices=LeadSource.choices, default=LeadSource.MANUAL
    )
    #: What the source calls it, so that a file or call sent twice makes one lead.
    external_id = models.CharField(max_length=64, blank=True)
    partner = TenantForeignKey(
        Partner, null=True, blank=True, related_name="leads", verbose_name=_("partner")
    )

    need = models.CharField(_("need"), max_length=10, choices=Need.choices, default=Need.OTHER)
    timing = models.CharField(_("when"), max_length=10, choices=Timing.choices, default=Timing.OPEN)
    layer = models.CharField(_("technology layer"), max_length=20, choices=Layer.choices, blank=True)
    product = TenantForeignKey(Product, null=True, blank=True, related_name="+", verbose_name=_("product"))
    segment = TenantForeignKey(Segment, null=True, blank=True, related_name="+", verbose_name=_("segment"))
    territory = TenantForeignKey(
        Territory, null=True, blank=True, related_name="+", verbose_name=_("territory")
    )
    size = models.CharField(_("size"), max_length=10, choices=SizeBand.choices, blank=True)
    engagement_model = models.CharField(
        _("engagement model"), max_length=12, choices=EngagementModel.choices, blank=True
    )
    score = models.PositiveSmallIntegerField(_("score"), default=0)
    hot = models.BooleanField(_("hot"), default=False)

    received_at = models.DateTimeField(_("received"))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    #: When the present offer has to be answered.
    offer_due_at = models.DateTimeField(_("answer due"), null=True, blank=True)
    #: Since when it waits to be placed by hand.
    manual_since = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    contact_due_at = models.DateTimeField(_("first contact due"), null=True, blank=True)
    contacted_at = models.DateTimeField(_("contacted"), null=True, blank=True)
    active_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    #: The number of the deal that it became.
    deal = models.CharField(_("deal"), max_length=20, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "ref"], name="lead_ref"),
            models.UniqueConstraint(
                fields=["operator", "source", "external_id"],
                condition=~models.Q(external_id=""),
                name="lead_external_id",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["offered", "accepted", "contacted", "qualified", "converted"])
                | models.Q(partner__isnull=False),
                name="lead_has_holder",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "partner", "-id"], name="lead_partner"),
            models.Index(fields=["operator", "state", "-id"], name="lead_state"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def code(self) -> str:
        """What the audit trail calls it."""
        return self.ref


class LeadContact(TenantModel):
    """Who wants it: personal data, free text and what follows from them. One row per lead.

    ``partner`` is empty until the lead is accepted, and again after a recall; services keep it so, and the walls do the rest.
    """

    walls = Walls(partner="partner_id", pam="partner_id", partner_if=ITS_OWN, pam_also=OF_SEEN_LEAD)
    lead = TenantForeignKey(Lead, related_name="contacts", on_delete=models.CASCADE)
    partner = TenantForeignKey(Partner, null=True, blank=True, related_name="+")
    person = models.CharField(_("name"), max_length=120, blank=True)
    company = models.CharField(_("company"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    domain = models.CharField(_("web domain"), max_length=200, blank=True)
    legal_id = models.CharField(_("legal id"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    street = models.CharField(_("street"), max_length=300, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    text = models.TextField(_("message"), blank=True)
    #: The language that the person wrote in.
    language = models.CharField(_("language"), max_length=2, blank=True)
    customer = TenantForeignKey(Customer, null=True, blank=True, related_name="+", verbose_name=_("customer"))
    #: How the score came about, criterion by criterion (``marketing.leads.scoring``): it tells what is known of the company.
    score_parts = models.JSONField(default=list, blank=True)
    search_key = models.CharField(max_length=500, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "lead"], name="leadcontact_lead")]
        indexes = [models.Index(fields=["operator", "customer"], name="leadcontact_customer")]


class LeadKey(TenantModel):
    """By what another request or a deal of the same customer is recognised; kinds and spelling as those of deals."""

    walls = STAFF
    lead = TenantForeignKey(Lead, related_name="keys", on_delete=models.CASCADE)
    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=260)
    #: The city of a name, empty for the other kinds.
    place = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "lead", "kind", "value"], name="leadkey_once")
        ]
        indexes = [models.Index(fields=["operator", "value"], name="leadkey_value")]


class LeadOffer(TenantModel):
    """That a lead was offered to a partner, and what came of it. Stays when the lead has gone on to somebody else."""

    walls = Walls(partner="partner_id", pam="partner_id", partner_if=ITS_OWN)
    lead = TenantForeignKey(Lead, related_name="offers", on_delete=models.CASCADE)
    #: The lead's number: a partner reads it here when the lead itself is out of its sight.
    ref = models.CharField(_("number"), max_length=20)
    partner = TenantForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    state = models.CharField(
        _("state"), max_length=10, choices=OfferState.choices, default=OfferState.OFFERED
    )
    by_hand = models.BooleanField(default=False)
    offered_at = models.DateTimeField(_("offered"))
    due_at = models.DateTimeField(_("answer due"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    text = models.TextField(blank=True)
    contacted = models.BooleanField(_("the customer was contacted"), default=False)
    spam = models.BooleanField(_("this is spam"), default=False)
    #: What the partner could see of the lead (codes and values, see ``marketing.leads.snapshots``).
    seen = models.JSONField(default=dict, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "lead"],
                condition=models.Q(state="offered"),
                name="leadoffer_one_open",
            )
        ]
        indexes = [
            models.Index(fields=["operator", "lead", "id"], name="leadoffer_lead"),
            models.Index(fields=["operator", "partner", "-offered_at"], name="leadoffer_partner"),
        ]
