"""Contracts, their versions, and who accepted them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.enums import PartnerRole
from partners.models.core import Partner
from tenancy.base import Named, TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import ALL, INSERT, Walls


class Contract(Named, TenantModel):
    """A contract with partners of some roles, or with all."""

    walls = Walls(partner=ALL, pam=ALL)
    roles = ArrayField(
        models.CharField(max_length=20, choices=PartnerRole.choices),
        verbose_name=_("partner roles"),
        default=list,
        blank=True,
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta(TenantModel.Meta):
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["operator", "name"], name="contract_name")]


class ContractVersion(TenantModel):
    """One text in each language. Before ``published_at`` it is a draft that partners do not see; afterwards it stays."""

    walls = Walls(partner=ALL, pam=ALL, partner_if="published_at is not null")
    contract = TenantForeignKey(Contract, related_name="versions")
    number = models.PositiveSmallIntegerField()
    #: Language code -> text in Markdown.
    texts = models.JSONField(default=dict)
    #: Language code -> SHA-256 of the text, made when it is published.
    hashes = models.JSONField(default=dict)
    changes = models.TextField(_("what is new"), blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    #: The last day to accept it.
    accept_until = models.DateField(_("accept until"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "contract", "number"], name="contractversion_number")
        ]


class ContractAcceptance(TenantModel):
    """A named person said yes for a partner. It never changes."""

    walls = Walls(partner="partner_id", pam="partner_id", partner_writes=INSERT, append_only=True)
    version = TenantForeignKey(ContractVersion, related_name="acceptances")
    partner = TenantForeignKey(Partner, related_name="+")
    membership = TenantForeignKey(Membership, related_name="+")
    person = models.CharField(max_length=200)
    email = models.CharField(max_length=254)
    #: What the person is in the company, in its own words.
    capacity = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=5)
    sha256 = models.CharField(max_length=64)
    address = models.GenericIPAddressField(null=True, blank=True)
    #: The operator's person who noted an acceptance on paper; empty where it was given here.
    recorded_by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "version", "partner"], name="acceptance_once")
        ]
        indexes = [models.Index(fields=["operator", "partner", "-id"], name="acceptance_partner")]
