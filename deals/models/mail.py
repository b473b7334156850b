"""Mails that were to become registrations."""

from django.db import models
from django.db.models.functions import Now

from deals.enums import MailResult
from deals.models.deal import Deal
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.walls.spec import STAFF


class DealMail(TenantModel):
    """One mail that came in, whatever became of it. The same message makes no second draft."""

    walls = STAFF
    message_id = models.CharField(max_length=250)
    sender = models.CharField(max_length=254)
    subject = models.CharField(max_length=250, blank=True)
    received_at = models.DateTimeField(db_default=Now())
    result = models.CharField(max_length=16, choices=MailResult.choices)
    deal = TenantForeignKey(Deal, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["operator", "message_id"], name="dealmail_once")]
