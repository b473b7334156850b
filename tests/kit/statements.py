"""Statements for tests of what is read from them, made of accruals as a settlement would freeze them."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone

from incentives.models import Accrual, Adjustment, Hold, Payment, SettlementRun, Statement, StatementLine
from incentives.models import BankAccount as Account
from incentives.standing import clock_of
from incentives.states import (
    BankAccountState,
    CorrectionReason,
    HoldReason,
    LineKind,
    LineState,
    PaymentState,
    RunState,
    StatementState,
)
from tests.kit.world import Tenant
from tests.portal import selling

SUMS = {
    LineKind.EARNED: "earned",
    LineKind.LATE: "earned",
    LineKind.CLAWBACK: "clawed_back",
    LineKind.ADJUSTMENT: "adjusted",
    LineKind.HOLD: "held",
    LineKind.RELEASE: "held",
    LineKind.TAX: "tax",
    LineKind.WITHHOLDING: "tax",
}


def frozen(accrual: Accrual, **more: Any) -> dict[str, Any]:
    """The fields of an earned line that copy an accrual."""
    return {
        "kind": LineKind.EARNED,
        "scheme": accrual.version.scheme,
        "version": accrual.version,
        "accrual": accrual,
        "rep": accrual.rep,
        "period": accrual.period,
        "amount": accrual.amount,
        "exact": accrual.exact,
        "components": accrual.components,
        "inputs": accrual.inputs,
        "cuts": accrual.cuts,
        "digest": accrual.digest,
    } | more


def make_statement(
    tenant: Tenant,
    lines: list[Mapping[str, Any]],
    *,
    partner: str = "p1",
    period: str = "",
    group: str = "all",
    number: str = "",
    opening: Decimal = Decimal(0),
    paid: bool = False,
) -> Statement:
    """An approved statement with these lines, in the system's scope. ``paid``: its payment has gone through."""
    operator = tenant.operator
    period = period or selling.running_quarter(tenant)
    run, _made = SettlementRun.objects.get_or_create(
        group=group,
        period=period,
        defaults={
            "period_end": selling.today(tenant),
            "currency": operator.currency,
            "state": RunState.APPROVED,
        },
    )
    sums: dict[str, Decimal] = {"opening": opening}
    for line in lines:
        name = SUMS[LineKind(line["kind"])]
        sums[name] = sums.get(name, Decimal(0)) + line["amount"]
    net = sum(sums.values(), Decimal(0))
    now = timezone.now()
    statement: Statement = Statement.objects.create(
        number=number or f"ST-{period}-{partner}",
        run=run,
        partner=tenant.partners[partner],
        period=period,
        currency=operator.currency,
        net=net,
        closing=Decimal(0) if paid else net,
        digest=hashlib.sha256(repr((number, partner, net)).encode()).hexdigest(),
        as_of=now,
        **sums,
    )
    for position, line in enumerate(lines, 1):
        given = {"period": period, **line}
        StatementLine.objects.create(
            statement=statement, position=position, partner=tenant.partners[partner], **given
        )
    statement.state = StatementState.PAID if paid else StatementState.APPROVED
    statement.issued_at = statement.approved_at = now
    statement.save()
    if net > 0:
        pay(tenant, statement, paid=paid)
    return statement


def pay(tenant: Tenant, statement: Statement, *, paid: bool) -> Payment:
    account, _made = Account.objects.get_or_create(
        partner=statement.partner,
        state=BankAccountState.ACTIVE,
        defaults={"holder": "P", "iban": f"DE8937040044053201{statement.partner.pk:04d}"},
    )
    exponent = {"USD": 2, "IRR": 0}[statement.currency]
    made: Payment = Payment.objects.create(
        statement=statement,
        partner=statement.partner,
        bank_account=account,
        amount=int(statement.net.scaleb(exponent)),
        currency=statement.currency,
        end_to_end_id=f"E{statement.pk}",
        state=PaymentState.PAID if paid else PaymentState.PAYABLE,
        bank_reference="BANK-77/1" if paid else "",
    )
    return made


def full_statement(tenant: Tenant) -> Statement:
    """p1's statement with everything on it: rebate, SPIFF, a clawback with its origin, an adjustment, a hold, a tax."""
    selling.open_channel(tenant)
    lines = [selling.line(tenant, f"n{n}", "200.50") for n in range(60)]
    selling.sell_many(tenant, lines)
    with tenant.scope():
        volume = Accrual.objects.get(version__scheme__code="volume", partner__code="p1", rep=None)
        fast = Accrual.objects.get(version__scheme__code="fast", rep__code="p1-r")
        before = make_statement(
            tenant,
            [
                {
                    "kind": LineKind.ADJUSTMENT,
                    "amount": Decimal("11.10"),
                    "label": "Start",
                    **_adjusted(tenant, "A-0"),
                }
            ],
            period=clock_of(tenant.operator).running["quarter"].previous().code,
            paid=True,
        )
        hold = Hold.objects.create(
            partner=tenant.partners["p1"],
            reason=HoldReason.UNUSUAL_VOLUME,
            text="Send the contract.",
            until=selling.today(tenant),
        )
        origin = StatementLine.objects.get(statement=before)
        return make_statement(
            tenant,
            [
                frozen(volume),
                frozen(fast, state=LineState.ON_HOLD, hold=hold, release_on=selling.today(tenant)),
                {
                    "kind": LineKind.CLAWBACK,
                    "amount": Decimal("-1.10"),
                    "corrects": origin,
                    "reason": CorrectionReason.RETURN,
                    "reference": "RMA-5",
                    "label": "Start",
                },
                {"kind": LineKind.ADJUSTMENT, "amount": Decimal("25.00"), **_adjusted(tenant, "INV-9")},
                {
                    "kind": LineKind.HOLD,
                    "amount": -fast.amount,
                    "hold": hold,
                    "scheme": fast.version.scheme,
                    "release_on": selling.today(tenant),
                },
                {"kind": LineKind.WITHHOLDING, "amount": Decimal("-26.45"), "label": "10 %"},
            ],
        )


def _adjusted(tenant: Tenant, reference: str) -> dict[str, Any]:
    """An adjustment and the fields of its line."""
    made = Adjustment.objects.create(
        partner=tenant.partners["p1"],
        amount=Decimal(25),
        reason=CorrectionReason.GOODWILL,
        reference=reference,
        state="settled",
    )
    return {"adjustment": made, "reason": made.reason, "reference": reference, "text": "As agreed."}
