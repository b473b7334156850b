"""Files brought in by hand."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from performance.enums import ImportState
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import WRITE, Walls


class ImportJob(TenantModel):
    """One file, its column mapping, and what became of it. A partner's member sees the own ones."""

    walls = Walls(partner_member="membership_id", partner_writes=WRITE)
    kind = models.CharField(_("what it holds"), max_length=20)
    file_name = models.CharField(_("file"), max_length=200)
    #: Below the media folder.
    stored_path = models.CharField(max_length=300)
    mapping = models.JSONField(default=dict)
    dry_run = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    membership = TenantForeignKey(Membership, null=True, related_name="+")
    lines_done = models.PositiveIntegerField(default=0)
    lines_total = models.PositiveIntegerField(null=True)
    summary = models.JSONField(default=dict)
    refused_path = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["operator", "-created_at"], name="import_newest")]
