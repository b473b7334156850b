"""What the database refuses of the ledger and of issued statements, whoever asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from incentives.models import LedgerAccount, LedgerEntry, LedgerLine, SettlementRun, Statement, StatementLine
from tests.kit.world import Tenant

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@contextmanager
def refused(match: str) -> Iterator[None]:
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        yield


def account(kind: str = "expense", currency: str = "USD") -> LedgerAccount:
    made: LedgerAccount = LedgerAccount.objects.get_or_create(kind=kind, currency=currency, partner=None)[0]
    return made


def entry(number: int = 1, **fields: Any) -> LedgerEntry:
    made: LedgerEntry = LedgerEntry.objects.create(
        kind="test", source_type="test", source_id=number, **fields
    )
    return made


def lines(of: LedgerEntry, *amounts: tuple[LedgerAccount, int]) -> None:
    LedgerLine.objects.bulk_create(
        LedgerLine(entry=of, account=where, amount=amount) for where, amount in amounts
    )


@pytest.fixture
def posted(inside: Tenant) -> LedgerEntry:
    made = entry()
    lines(made, (account("expense"), 500), (account("payable"), -500))
    return made


def test_entries_are_balanced(inside: Tenant) -> None:
    with refused("sum to zero"):
        lines(entry(), (account("expense"), 500), (account("payable"), -499))
    with refused("sum to zero"):
        lines(entry(), (account("expense"), 0))
    with refused("sum to zero"):
        lines(entry(), (account("expense"), 500), (account("payable", "EUR"), -500))
    assert not LedgerLine.objects.exists()


def test_nothing_is_posted_twice_or_reversed_twice(posted: LedgerEntry) -> None:
    with refused("ledgerentry_once"):
        entry()
    first = entry(2, reverses=posted)
    lines(first, (account("expense"), -500), (account("payable"), 500))
    with refused("ledgerentry_reversed_once"):
        entry(3, reverses=posted)


def test_a_reversal_negates(posted: LedgerEntry) -> None:
    with refused("negates"):
        lines(entry(2, reverses=posted), (account("expense"), -400), (account("payable"), 400))


def test_the_ledger_never_changes(posted: LedgerEntry) -> None:
    for table in ("incentives_ledgerentry", "incentives_ledgerline"):
        for statement in (f"update {table} set id = id", f"delete from {table}", f"truncate {table} cascade"):
            with refused("permission denied"), connection.cursor() as cursor:
                cursor.execute(statement)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_not_even_for_the_owner_and_entries_are_sealed(alpha: Tenant) -> None:
    with alpha.scope():
        made = entry()
        lines(made, (account("expense"), 500), (account("payable"), -500))
    with alpha.scope(), refused("sealed"):
        lines(made, (account("expense"), 1), (account("payable"), -1))
    owner = connections["owner"]
    with owner.cursor() as cursor:
        for table in ("incentives_ledgerentry", "incentives_ledgerline"):
            cursor.execute(f"alter table {table} enable trigger ledger_not_emptied")
    try:
        for table in ("incentives_ledgerentry", "incentives_ledgerline"):
            for statement in (
                f"update {table} set id = id",
                f"delete from {table}",
                f"truncate {table} cascade",
            ):
                with pytest.raises(DatabaseError, match="append-only"), owner.cursor() as cursor:
                    cursor.execute(statement)
    finally:
        with owner.cursor() as cursor:
            for table in ("incentives_ledgerentry", "incentives_ledgerline"):
                cursor.execute(f"alter table {table} disable trigger ledger_not_emptied")


@pytest.fixture
def issued(inside: Tenant) -> Statement:
    run = SettlementRun.objects.create(
        group="g", period="2013-Q1", period_end=date(2013, 3, 31), currency="USD"
    )
    partner = inside.partners["p1"]
    made: Statement = Statement.objects.create(
        number="S-1", run=run, partner=partner, period="2013-Q1", currency="USD"
    )
    StatementLine.objects.create(
        statement=made, position=1, partner=partner, kind="earned", period="2013-Q1", amount=Decimal(5)
    )
    Statement.objects.filter(pk=made.pk).update(state="issued")
    return made


def test_an_issued_statement_stays(issued: Statement) -> None:
    with refused("cannot be changed"):
        Statement.objects.filter(pk=issued.pk).update(net=6)
    with refused("cannot be changed"):
        Statement.objects.filter(pk=issued.pk).update(state="draft")
    with refused("cannot be changed"):
        StatementLine.objects.update(amount=6)
    with refused("cannot be changed"):
        StatementLine.objects.all().delete()
    with refused("no more lines"):
        StatementLine.objects.create(
            statement=issued, position=2, partner=issued.partner, kind="earned", period="2013-Q1", amount=1
        )
    StatementLine.objects.update(state="approved")
    Statement.objects.filter(pk=issued.pk).update(state="approved")


def test_nothing_posts_into_a_closed_period(issued: Statement) -> None:
    SettlementRun.objects.update(state="closed")
    with refused("closed period"):
        LedgerEntry.objects.create(kind="paid", source_type="incentives.statement", source_id=issued.pk)
