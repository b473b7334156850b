"""What happened: the outbox, the audit trail and replies kept for repeated requests."""

from django.db import models

from tenancy.base import TenantForeignKey, TenantModel
from tenancy.walls.spec import Walls


class OutboxEvent(TenantModel):
    """An event for higher apps, part of the business transaction that caused it; removed when delivered."""

    walls = Walls(insert_only=True)
    topic = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    #: Given up after too many attempts; stays for a human.
    dead = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["operator", "due_at", "id"], name="outbox_due", condition=models.Q(dead=False)
            )
        ]


class AuditEntry(TenantModel):
    """Who did what to which object, and what changed (field -> [before, after])."""

    walls = Walls(insert_only=True, append_only=True)
    at = models.DateTimeField(auto_now_add=True)
    membership = TenantForeignKey("tenancy.Membership", null=True, related_name="+")
    actor = models.CharField(max_length=200)
    partner = TenantForeignKey("partners.Partner", null=True, related_name="+")
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_ref = models.CharField(max_length=120)
    changes = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["operator", "object_type", "object_ref", "-id"], name="audit_object"),
            models.Index(fields=["operator", "-id"], name="audit_newest"),
        ]


class IdempotencyKey(TenantModel):
    """The reply to a request that carried an ``Idempotency-Key``, written in the transaction of its effect."""

    walls = Walls(member_rows="membership_id")
    membership = TenantForeignKey("tenancy.Membership", related_name="+")
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    response = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "membership", "key"], name="idempotency_key")
        ]
