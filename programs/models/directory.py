"""The public directory: what a partner wants to say, and what the world reads.

Visitors read ``DirectoryEntry`` alone. Its rows exist while a listing is shown, and its columns hold nothing else than what is
meant for everybody; a service makes them from the approved listing.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Searchable
from partners.models import Partner
from programs.enums import ListingState
from tenancy.base import Named, TenantForeignKey, TenantModel
from tenancy.walls.spec import ALL, Walls


class DirectoryListing(TenantModel):
    """A partner's own words for the directory. ``shown`` is what was approved last, ``texts`` what is being written."""

    walls = Walls(partner="partner_id", pam="partner_id")
    partner = TenantForeignKey(Partner, related_name="listings", verbose_name=_("partner"))
    state = models.CharField(
        _("state"), max_length=10, choices=ListingState.choices, default=ListingState.DRAFT
    )
    #: Language -> text.
    texts = models.JSONField(_("text"), default=dict, blank=True)
    website = models.URLField(_("website"), blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    families = ArrayField(
        models.CharField(max_length=64), verbose_name=_("product families"), default=list, blank=True
    )
    #: The fields above as the operator approved them; none: nothing is shown.
    shown = models.JSONField(null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "partner"], name="directorylisting_partner")
        ]


class DirectoryEntry(Named, Searchable, TenantModel):
    """One accredited partner as everybody may read it. ``slug`` is its address; codes and ids stay inside."""

    walls = Walls(partner="partner_id", pam="partner_id", applicant=ALL)
    partner = TenantForeignKey(Partner, related_name="directory_entries", on_delete=models.CASCADE)
    slug = models.CharField(max_length=80)
    texts = models.JSONField(default=dict, blank=True)
    website = models.URLField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    city = models.CharField(max_length=80, blank=True)
    roles = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    layers = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    #: ``[{"code", "name", "names"}]`` of product families and of specialisations; of the tier one such object, or none.
    families = models.JSONField(default=list, blank=True)
    specialisations = models.JSONField(default=list, blank=True)
    tier = models.JSONField(default=dict, blank=True)
    tier_rank = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        ordering = ["-tier_rank", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "partner"], name="directoryentry_partner"),
            models.UniqueConstraint(fields=["operator", "slug"], name="directoryentry_slug"),
        ]
