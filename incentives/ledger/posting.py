"""Posting: one entry per event, its lines in minor units. The database refuses what does not balance."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, models
from django.db.models import Sum

from common.errors import Conflict
from incentives.models import LedgerAccount, LedgerEntry, LedgerLine
from tenancy.actors import Actor
from tenancy.enums import Permission


@dataclass(frozen=True, slots=True)
class Posting:
    """One line to be: ``amount`` in minor units, debit positive. Of partners' accounts ``partner_id`` says whose."""

    kind: str
    amount: int
    partner_id: int | None = None


_ACCOUNT = """
insert into incentives_ledgeraccount (operator_id, kind, partner_id, currency)
values ((select app.op()), %s, %s, %s) on conflict do nothing
"""


def account_of(kind: str, currency: str, partner_id: int | None = None) -> LedgerAccount:
    """The account, made where it is missing."""
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNT, [kind, partner_id, currency])
    found: LedgerAccount = LedgerAccount.objects.get(kind=kind, partner_id=partner_id, currency=currency)
    return found


def post(
    kind: str,
    source: models.Model,
    lines: Iterable[Posting],
    *,
    currency: str,
    period: str = "",
    text: str = "",
) -> LedgerEntry:
    """Write one entry about ``source``. Raises ``Conflict`` when this kind was posted for it before."""
    found, made = LedgerEntry.objects.get_or_create(
        kind=kind,
        source_type=source._meta.label_lower,
        source_id=source.pk,
        defaults={"period": period, "text": text[:200]},
    )
    entry: LedgerEntry = found
    if not made:
        raise Conflict("posted")
    _add(entry, lines, currency)
    return entry


def _add(entry: LedgerEntry, lines: Iterable[Posting], currency: str) -> None:
    LedgerLine.objects.bulk_create(
        LedgerLine(
            entry=entry,
            account=account_of(line.kind, currency, line.partner_id),
            partner_id=line.partner_id,
            amount=line.amount,
        )
        for line in lines
    )


def reverse(entry: LedgerEntry, *, kind: str, text: str = "") -> LedgerEntry:
    """Negate an entry by another one, at most once (a unique constraint says so)."""
    lines = list(LedgerLine.objects.filter(entry=entry))
    made: LedgerEntry = LedgerEntry.objects.create(
        kind=kind,
        source_type=entry.source_type,
        source_id=entry.source_id,
        reverses=entry,
        period=entry.period,
        text=text[:200],
    )
    LedgerLine.objects.bulk_create(
        LedgerLine(entry=made, account_id=line.account_id, partner_id=line.partner_id, amount=-line.amount)
        for line in lines
    )
    return made


def balances(actor: Actor, *, partner_id: int | None = None) -> dict[tuple[str, str], int]:
    """(kind of account, currency) -> balance in minor units, debit positive; of one partner or of all."""
    actor.require(Permission.VIEW_LEDGER)
    lines = LedgerLine.objects.all()
    if partner_id is not None:
        lines = lines.filter(partner_id=partner_id)
    rows = lines.order_by().values("account__kind", "account__currency").annotate(total=Sum("amount"))
    return {(row["account__kind"], row["account__currency"]): int(row["total"]) for row in rows}
