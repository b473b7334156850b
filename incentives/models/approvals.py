"""Who wrote a version, who asked for its approval, and who gave it."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incentives.models.schemes import SchemeVersion
from incentives.states import ApprovalState
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import ALL, STAFF, Walls


class VersionAuthor(TenantModel):
    """Somebody who changed something in a version: never the one who approves it."""

    walls = STAFF
    version = TenantForeignKey(SchemeVersion, related_name="authors")
    membership = TenantForeignKey(Membership, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "version", "membership"], name="author_once")
        ]


class Approval(TenantModel):
    """One submission of a draft and what became of it. ``digest`` is the content that it binds (``content_digest``)."""

    walls = Walls(pam=ALL)
    version = TenantForeignKey(SchemeVersion, related_name="approvals")
    state = models.CharField(
        max_length=10, choices=ApprovalState.choices, default=ApprovalState.SUBMITTED, editable=False
    )
    digest = models.CharField(max_length=64)
    text = models.TextField(_("what to look at"), blank=True)
    submitted_by = TenantForeignKey(Membership, null=True, related_name="+")
    submitted_at = models.DateTimeField(db_default=Now())
    decided_by = TenantForeignKey(Membership, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "version"],
                condition=models.Q(state__in=["submitted", "approved"]),
                name="approval_open_once",
            )
        ]
        indexes = [models.Index(fields=["operator", "version", "-id"], name="approval_newest")]
