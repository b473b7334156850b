from tenancy.models.operator import Operator
from tenancy.models.people import ApiToken, Invitation, Membership, Person
from tenancy.models.record import AuditEntry, IdempotencyKey, OutboxEvent

__all__ = [
    "ApiToken",
    "AuditEntry",
    "IdempotencyKey",
    "Invitation",
    "Membership",
    "Operator",
    "OutboxEvent",
    "Person",
]
