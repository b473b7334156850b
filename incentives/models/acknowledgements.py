"""Who read the rules of a version."""

from django.db import models
from django.db.models.functions import Now

from incentives.models.schemes import SchemeVersion
from partners.models import Partner
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import INSERT, Walls


class Acknowledgement(TenantModel):
    """A partner's named person confirmed to know a version's rules. ``digest``: the content that was shown."""

    walls = Walls(partner="partner_id", pam="partner_id", partner_writes=INSERT, append_only=True)
    version = TenantForeignKey(SchemeVersion, related_name="acknowledgements")
    partner = TenantForeignKey(Partner, related_name="+")
    membership = TenantForeignKey(Membership, related_name="+")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "version", "partner"], name="acknowledgement_once")
        ]
        indexes = [models.Index(fields=["operator", "partner"], name="acknowledgement_partner")]
