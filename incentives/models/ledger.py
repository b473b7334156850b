"""The ledger: double entry in minor units, append-only. Its rules are triggers (migration 0011)."""

from django.db import models
from django.db.models.functions import Now

from incentives.states import AccountKind
from partners.models import Partner
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.walls.spec import STAFF, Walls


class LedgerAccount(TenantModel):
    """One account per kind and currency; those of partners also per partner."""

    walls = STAFF
    kind = models.CharField(max_length=10, choices=AccountKind.choices)
    partner = TenantForeignKey(Partner, null=True, related_name="+")
    currency = models.CharField(max_length=3)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "kind", "partner", "currency"],
                nulls_distinct=False,
                name="ledgeraccount_once",
            )
        ]


class LedgerEntry(TenantModel):
    """What one event did. (kind, source_type, source_id) is unique: nothing is posted twice.

    The database adds ``xid``, the transaction that wrote it: no line can join an entry afterwards.
    """

    walls = Walls(append_only=True)
    kind = models.CharField(max_length=20)
    source_type = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    posted_at = models.DateTimeField(db_default=Now())
    reverses = TenantForeignKey("self", null=True, related_name="+")
    period = models.CharField(max_length=16, blank=True)
    text = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "kind", "source_type", "source_id"], name="ledgerentry_once"
            ),
            models.UniqueConstraint(fields=["operator", "reverses"], name="ledgerentry_reversed_once"),
        ]


class LedgerLine(TenantModel):
    """``amount`` in minor units: debit positive, credit negative. An entry's lines sum to zero per currency."""

    walls = Walls(partner="partner_id", append_only=True)
    entry = TenantForeignKey(LedgerEntry, related_name="lines")
    account = TenantForeignKey(LedgerAccount, related_name="lines")
    partner = TenantForeignKey(Partner, null=True, related_name="+")
    amount = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["operator", "entry"], name="ledgerline_entry"),
            models.Index(fields=["operator", "account"], name="ledgerline_account"),
            models.Index(fields=["operator", "partner"], name="ledgerline_partner"),
        ]
