"""The account of a partner in the ledger: what is owed to it, movement by movement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from common.errors import NotFound
from common.money import from_minor
from incentives.models import LedgerLine
from incentives.states import AccountKind
from partners.models import Partner
from tenancy.actors import Actor
from tenancy.enums import Audience, Permission
from tenancy.scope import scope

#: What an entry of the ledger is to a reader.
KINDS = {
    "statement": _("Statement"),
    "disputed": _("Taken out because of a dispute"),
    "payment": _("Payment"),
    "paid": _("Payment"),
}


@dataclass(frozen=True, slots=True)
class Movement:
    """``amount`` above zero is owed to the partner, below zero paid or taken back; ``balance`` after it."""

    at: datetime
    kind: str
    text: str
    period: str
    path: str
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """Movements, the newest first; ``balance`` is what is owed now."""

    partner: Partner
    currency: str
    movements: Sequence[Movement]

    @property
    def balance(self) -> Decimal:
        return self.movements[0].balance if self.movements else Decimal(0)


def account_statement(actor: Actor, partner_id: int) -> Account:
    """The ledger account of one partner that the actor may see; raises ``NotFound``.

    Accounts and entries belong to the operator alone: once the partner is known to be the actor's, its own lines are read
    with the operator's eyes.
    """
    actor.require(Permission.VIEW_LEDGER)
    partner = Partner.objects.filter(pk=partner_id).first()
    if partner is None or (actor.is_partner and partner_id != actor.partner_id):
        raise NotFound()
    currency = actor.operator.currency
    if not actor.is_partner:
        return Account(partner, currency, _movements(partner_id, currency))
    with scope(actor.operator.pk, Audience.OPERATOR):
        return Account(partner, currency, _movements(partner_id, currency))


def _movements(partner_id: int, currency: str) -> list[Movement]:
    lines = (
        _payable(currency).filter(partner_id=partner_id).select_related("entry").order_by("entry_id", "pk")
    )
    return list(_running(lines, currency))[::-1]


def _payable(currency: str) -> QuerySet[LedgerLine]:
    found: QuerySet[LedgerLine] = LedgerLine.objects.filter(
        account__kind=AccountKind.PAYABLE, account__currency=currency
    )
    return found


def _running(lines: QuerySet[LedgerLine], currency: str) -> Iterator[Movement]:
    balance = Decimal(0)
    for line in lines:
        entry, amount = line.entry, from_minor(-line.amount, currency)
        balance += amount
        yield Movement(
            entry.posted_at,
            str(KINDS.get(entry.kind, entry.kind)),
            entry.text,
            entry.period,
            f"/statements/{entry.text}/" if entry.kind == "statement" else "",
            amount,
            balance,
        )


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed to one partner, with the number of movements."""

    partner: Partner
    balance: Decimal
    movements: int


def owed_by_partner(actor: Actor) -> list[Owed]:
    """Every partner with movements, the largest balance first. For the operator's people."""
    actor.require(Permission.VIEW_LEDGER)
    currency = actor.operator.currency
    rows = _payable(currency).exclude(partner=None).order_by().values("partner_id")
    sums = list(rows.annotate(total=Sum("amount"), n=Count("pk")))
    partners = Partner.objects.in_bulk([row["partner_id"] for row in sums])
    found = [
        Owed(partners[row["partner_id"]], from_minor(-row["total"], currency), row["n"])
        for row in sums
        if row["partner_id"] in partners
    ]
    return sorted(found, key=lambda owed: (-owed.balance, owed.partner.code))
