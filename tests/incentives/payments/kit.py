"""Money that is owed, as an approved settlement leaves it; accounts to send it to; what banks answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from common.money import from_minor
from incentives.ledger import Posting, post
from incentives.models import (
    BankAccount,
    LedgerLine,
    Payment,
    PaymentBatch,
    SettlementRun,
    Statement,
    StatementLine,
)
from incentives.payments.accounts import AccountData, confirm_account, submit_account
from incentives.payments.batches import approve_batch, export_batch, prepare_batch
from incentives.payments.numbers import with_check_digits
from incentives.payments.outcome import end_to_end_id
from incentives.states import AccountKind, LineState, RunState, StatementState
from tenancy.actors import actor_of
from tenancy.enums import Audience, Role
from tenancy.scope import scope
from tenancy.services import add_membership, ensure_person
from tests.kit.world import Tenant
from workflow.models import Setting

SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


def second_finance(tenant: Tenant) -> None:
    """Another person of channel finance: ``actors["channel_finance_2"]``."""
    with scope(tenant.operator.pk, Audience.AUTH):
        person = ensure_person(
            email=f"second@{tenant.operator.slug}.example", name="Second", password="second second 1"
        )
        member = add_membership(person, role=Role.CHANNEL_FINANCE, partner_id=None)
        tenant.actors["channel_finance_2"] = actor_of(member, tenant.operator)


def iban(number: int, country: str = "AE") -> str:
    """A number with right check digits that no bank gave out."""
    digits = 22 if country == "IR" else 19
    return with_check_digits(country, f"{number:0{digits}d}")


def set_payer() -> None:
    Setting.objects.create(key="payments.payer_iban", value=iban(999))


def open_account(tenant: Tenant, code: str, number: int) -> BankAccount:
    """An active account of a partner, in the open (system) scope."""
    data = AccountData(f"Holder of {code}", iban(number))
    account = submit_account(tenant.system, data=data, partner_id=tenant.partners[code].pk)
    return confirm_account(tenant.system, account_id=account.pk)


def make_run(tenant: Tenant, group: str = "g", period: str = "2026-Q3") -> SettlementRun:
    run: SettlementRun = SettlementRun.objects.create(
        group=group,
        period=period,
        period_end=date(2026, 9, 30),
        state=RunState.APPROVED,
        currency=tenant.operator.currency,
    )
    return run


def owe(tenant: Tenant, run: SettlementRun, code: str, units: int, **fields: Any) -> Payment:
    """An approved statement over ``units`` with its ledger entry and its payment."""
    partner, currency = tenant.partners[code], tenant.operator.currency
    amount = from_minor(units, currency)
    statement = Statement.objects.create(
        number=f"ST-{run.group}-{code}",
        run=run,
        partner=partner,
        period=run.period,
        currency=currency,
        earned=amount,
        net=amount,
    )
    StatementLine.objects.create(
        statement=statement,
        position=1,
        partner=partner,
        kind="earned",
        period=run.period,
        amount=amount,
        state=LineState.APPROVED,
    )
    statement.state, statement.issued_at, statement.approved_at = (
        StatementState.APPROVED,
        timezone.now(),
        timezone.now(),
    )
    statement.save()
    lines = [Posting(AccountKind.EXPENSE, units), Posting(AccountKind.PAYABLE, -units, partner.pk)]
    post("statement", statement, lines, currency=currency)
    given = {"end_to_end_id": end_to_end_id(statement.pk, 1)} | fields
    payment: Payment = Payment.objects.create(
        statement=statement, partner=partner, amount=units, currency=currency, **given
    )
    return payment


def exported(tenant: Tenant, **options: Any) -> PaymentBatch:
    """All that can be paid, in a batch that went to the bank; opens the scopes of two people."""
    with tenant.scope("channel_finance"):
        batch = prepare_batch(tenant.actors["channel_finance"], **options)
    with tenant.scope("channel_finance_2"):
        approve_batch(
            tenant.actors["channel_finance_2"], batch_id=batch.pk, total=batch.total, count=batch.count
        )
    with tenant.scope("channel_finance"):
        export_batch(tenant.actors["channel_finance"], batch_id=batch.pk)
        batch.refresh_from_db()
    return batch


def line(key: str, status: str, *, reason: str = "", reference: str = "", amount: str = "") -> str:
    """One transaction of a pain.002."""
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    booked = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    worth = f'<OrgnlTxRef><Amt><InstdAmt Ccy="USD">{amount}</InstdAmt></Amt></OrgnlTxRef>' if amount else ""
    return f"<TxInfAndSts><OrgnlEndToEndId>{key}</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}{booked}{worth}</TxInfAndSts>"


def answer(message_id: str, lines: Sequence[str] = (), *, status: str = "PART", extra: str = "") -> bytes:
    """A pain.002 that answers a file."""
    block = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>X</OrgnlPmtInfId>{''.join(lines)}</OrgnlPmtInfAndSts>"
        if lines
        else ""
    )
    group = f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId>{extra}<GrpSts>{status}</GrpSts></OrgnlGrpInfAndSts>"
    return f'<Document xmlns="{SPACE}"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId></GrpHdr>{group}{block}</CstmrPmtStsRpt></Document>'.encode()


def owed() -> int:
    """What the ledger says is owed to partners, in smallest units."""
    return -int(
        sum(LedgerLine.objects.filter(account__kind=AccountKind.PAYABLE).values_list("amount", flat=True))
    )


def ledger_sum() -> int:
    return int(sum(LedgerLine.objects.values_list("amount", flat=True)))


def is_shut(*tables: Any) -> bool:
    """Whether the open scope cannot even ask for the tables."""
    for table in tables:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            table.objects.exists()
    return True
