"""What deals are compared by and with, and what comes of it. None of it is ever shown to a partner."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.enums import KeyKind, Strength
from catalog.models import Customer, Family
from deals.enums import CaseState, Decision, Leads, Outcome, Precheck
from deals.models.deal import OF_BOOK, Deal
from marketing.models import Lead
from partners.models import Partner
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import ALL, STAFF, Walls


class NamedAccount(TenantModel):
    """A customer that direct sales looks after. ``families``: only for these product families; empty means all."""

    walls = Walls(pam=ALL)
    customer = TenantForeignKey(Customer, related_name="+", verbose_name=_("customer"))
    seller = TenantForeignKey(Membership, related_name="+", verbose_name=_("direct seller"))
    families = ArrayField(models.BigIntegerField(), verbose_name=_("families"), default=list, blank=True)
    domains = ArrayField(
        models.CharField(max_length=200), verbose_name=_("web domains"), default=list, blank=True
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "customer"], condition=models.Q(active=True), name="namedaccount_once"
            )
        ]


class PartyKey(TenantModel):
    """One thing that a deal's or a named account's customer is recognised by, in its one spelling."""

    walls = STAFF
    deal = TenantForeignKey(Deal, null=True, on_delete=models.CASCADE, related_name="+")
    account = TenantForeignKey(NamedAccount, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=KeyKind.choices)
    value = models.CharField(max_length=240)
    #: For names: the city, in the spelling of ``common.text.search_key``.
    place = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "deal", "account", "kind", "value"],
                nulls_distinct=False,
                name="partykey_once",
            )
        ]
        indexes = [
            models.Index(fields=["operator", "kind", "value"], name="partykey_value"),
            models.Index(fields=["operator", "kind", "place"], name="partykey_place"),
            models.Index(fields=["operator", "account"], name="partykey_account"),
        ]


class Slot(TenantModel):
    """A customer and a product family that one deal holds: approved, or offered to it from the waiting list.

    The unique index is the last word when two get there at the same instant. ``until``: the last day.
    """

    walls = STAFF
    key = models.CharField(max_length=260)
    family = TenantForeignKey(Family, related_name="+")
    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="+")
    active = models.BooleanField(default=True)
    until = models.DateField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "key", "family"], condition=models.Q(active=True), name="slot_active"
            )
        ]
        indexes = [models.Index(fields=["operator", "deal"], name="slot_deal")]


class ConflictCase(TenantModel):
    """What a PAM decides about one deal that collides with others. ``against_rule``: it shows in the override report."""

    walls = OF_BOOK
    deal = TenantForeignKey(Deal, related_name="cases", on_delete=models.CASCADE)
    partner = TenantForeignKey(Partner, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=CaseState.choices, default=CaseState.OPEN)
    outcome = models.CharField(max_length=6, choices=Outcome.choices)
    #: What the rules of engagement say, and which rule.
    leads = models.CharField(max_length=8, choices=Leads.choices, blank=True)
    proposed = models.CharField(max_length=8, choices=Decision.choices)
    rule_text = models.CharField(max_length=200, blank=True)
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    against_rule = models.BooleanField(default=False)
    customer_choice = models.BooleanField(_("the customer's written choice"), default=False)
    reason = models.CharField(max_length=60, blank=True)
    text = models.TextField(blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decider = TenantForeignKey(Membership, null=True, related_name="+")

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "deal"], condition=models.Q(state="open"), name="conflictcase_open"
            )
        ]
        indexes = [models.Index(fields=["operator", "state"], name="conflictcase_state")]


class ConflictHit(TenantModel):
    """What a case's deal collides with: another deal, a named account or a lead, and the evidence of that moment."""

    walls = OF_BOOK
    case = TenantForeignKey(ConflictCase, related_name="hits", on_delete=models.CASCADE)
    partner = TenantForeignKey(Partner, related_name="+")
    other = TenantForeignKey(Deal, null=True, related_name="+")
    account = TenantForeignKey(NamedAccount, null=True, related_name="+")
    lead = TenantForeignKey(Lead, null=True, related_name="+")
    strength = models.CharField(max_length=6, choices=Strength.choices)
    kind = models.CharField(max_length=10, choices=KeyKind.choices)
    families = ArrayField(models.BigIntegerField(), default=list)
    #: What the reviewer sees: names, values, similarity, ranks; of the moment of the check.
    evidence = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        indexes = [models.Index(fields=["operator", "case"], name="conflicthit_case")]


class PrecheckEntry(TenantModel):
    """One check before a registration: who asked for whom and what was answered. Kept against fishing."""

    walls = STAFF
    partner = TenantForeignKey(Partner, null=True, related_name="+")
    membership = TenantForeignKey(Membership, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    asked = models.JSONField(default=dict)
    result = models.CharField(max_length=10, choices=Precheck.choices, blank=True)
    #: Over the limit: nothing was answered.
    refused = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        indexes = [models.Index(fields=["operator", "partner", "at"], name="precheck_partner")]
