"""The document vault."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.documents.enums import DocumentKind, DocumentState
from partners.models.core import Partner
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import WRITE, Walls


class PartnerDocument(TenantModel):
    """A paper of a partner; its file is an attachment. Who looked at it stands in its history."""

    walls = Walls(partner="partner_id", pam="partner_id", partner_writes=WRITE, pam_writes=WRITE)
    partner = TenantForeignKey(Partner, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=DocumentKind.choices)
    title = models.CharField(_("title"), max_length=200, blank=True)
    number = models.CharField(_("number"), max_length=80, blank=True)
    issuer = models.CharField(_("issued by"), max_length=200, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=DocumentState.choices, default=DocumentState.SUBMITTED
    )
    #: Why it was refused.
    reason = models.CharField(max_length=1000, blank=True)
    submitted_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(auto_now_add=True)
    checked_by = models.CharField(_("checked by"), max_length=200, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["operator", "partner", "kind", "-id"], name="partnerdocument_kind"),
            models.Index(
                fields=["operator", "valid_until"],
                name="partnerdocument_ends",
                condition=models.Q(state="valid"),
            ),
        ]
