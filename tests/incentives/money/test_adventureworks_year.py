"""A whole year of real transactions, settled quarter by quarter with late lines and returns in between.

Every statement equals plain Python, the ledger sums to zero and the year closes with statements = payments.
"""

import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import call_command

from incentives.ledger import balances, check_ledger
from incentives.models import BankAccount, Payment, SettlementRun, Statement, StatementLine
from partners.models import Partner
from tests.incentives.money.kit import approve, back, feed, kpi, pay, publish, settle
from tests.kit.adventureworks import LINES, master_data, needs_data, rows
from tests.kit.world import Tenant

pytestmark = [needs_data, pytest.mark.django_db]
YEAR, CENT = "2012", Decimal("0.01")
BANDS = [
    (Decimal(0), Decimal("0.01")),
    (Decimal(20_000), Decimal("0.02")),
    (Decimal(60_000), Decimal("0.035")),
]
FORMULAS = {
    "slices": "marginal(sales, [0 -> 1%, 20k -> 2%, 60k -> 3.5%])",
    "reached": "sales * band(sales, [0 -> 1%, 20k -> 2%, 60k -> 3.5%])",
    "fee": "amount * 0.333%",
    "spiff": "if(amount >= 1k, amount * 1.25%, USD 0)",
}
#: (scheme, quarter, partner, rep)
Slot = tuple[str, str, str, str]


@dataclass(frozen=True)
class Sale:
    """A line as the oracle sees it; ``turned`` is -1 for what takes another one back."""

    ref: str
    day: str
    partner: str
    rep: str
    amount: Decimal
    turned: int = 1

    @property
    def quarter(self) -> str:
        return f"{self.day[:4]}-Q{(int(self.day[5:7]) + 2) // 3}"


def slices(sales: Decimal) -> Decimal:
    earned = Decimal(0)
    for number, (lower, rate) in enumerate(BANDS):
        upper = BANDS[number + 1][0] if number + 1 < len(BANDS) else sales
        if sales > lower:
            earned += (min(sales, upper) - lower) * rate
    return earned if sales >= 0 else sales * BANDS[0][1]


def reached(sales: Decimal) -> Decimal:
    return sales * max([rate for lower, rate in BANDS if sales >= lower], default=BANDS[0][1])


def spiff(sale: Sale) -> Decimal:
    return sale.amount * Decimal("0.0125") if sale.amount * sale.turned >= 1000 else Decimal(0)


@dataclass
class Oracle:
    """What every statement has to say, from the lines that were sent so far."""

    sent: list[Sale] = field(default_factory=list)
    settled: dict[Slot, Decimal] = field(default_factory=dict)
    quarters: list[str] = field(default_factory=list)
    closing: dict[str, Decimal] = field(default_factory=dict)

    def owed(self) -> dict[Slot, Decimal]:
        sales: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        found: dict[Slot, Decimal] = defaultdict(Decimal)
        for sale in self.sent:
            sales[sale.quarter, sale.partner] += sale.amount
            found["fee", sale.quarter, sale.partner, ""] += sale.amount * Decimal("0.00333")
            found["spiff", sale.quarter, sale.partner, sale.rep] += spiff(sale)
        rebates: dict[str, Callable[[Decimal], Decimal]] = {"slices": slices, "reached": reached}
        for (quarter, partner), total in sales.items():
            for code, rebate in rebates.items():
                found[code, quarter, partner, ""] = rebate(total)
        return {slot: exact.quantize(CENT, ROUND_HALF_EVEN) for slot, exact in found.items()}

    def settle(self, quarter: str) -> tuple[dict[str, Decimal], dict[tuple[str, str, str, str], Decimal]]:
        """Net by partner, and the amount of each line by (partner, scheme, quarter, rep)."""
        self.quarters.append(quarter)
        lines: dict[tuple[str, str, str, str], Decimal] = {}
        nets = {partner: balance for partner, balance in self.closing.items() if balance}
        for slot, amount in self.owed().items():
            code, when, partner, rep = slot
            if when not in self.quarters or amount == self.settled.get(slot, 0):
                continue
            difference = amount - self.settled.get(slot, Decimal(0))
            lines[partner, code, when, rep] = difference
            nets[partner] = nets.get(partner, Decimal(0)) + difference
            self.settled[slot] = amount
        for partner, net in nets.items():
            self.closing[partner] = net if net <= 0 else Decimal(0)
        return nets, lines


def sales() -> Iterator[Sale]:
    for row in rows(LINES.name):
        if row["OrderDate"].startswith(YEAR):
            ref = f"{row['SalesOrderNumber']}-{row['SalesOrderLineNumber']}"
            day = row["OrderDate"][:10]
            yield Sale(ref, day, row["ResellerKey"], row["EmployeeKey"], Decimal(row["SalesAmount"]))


def as_line(sale: Sale) -> dict[str, Any]:
    return {
        "source": "erp",
        "external_id": sale.ref,
        "kind": "sale",
        "occurred_at": sale.day,
        "partner": sale.partner,
        "rep": sale.rep,
        "quantity": "1",
        "amount": str(sale.amount),
        "currency": "USD",
    }


def send(tenant: Tenant, oracle: Oracle, batch: list[Sale]) -> None:
    for start in range(0, len(batch), 10_000):
        feed(tenant, [as_line(sale) for sale in batch[start : start + 10_000]])
    oracle.sent += batch


def take_back(tenant: Tenant, oracle: Oracle, day: str, chosen: list[Sale], mark: str) -> None:
    returns = [Sale(f"{sale.ref}-{mark}", day, sale.partner, sale.rep, -sale.amount, -1) for sale in chosen]
    feed(tenant, [back(each.ref, sale.ref, day) for each, sale in zip(returns, chosen, strict=True)])
    oracle.sent += returns


def compare(oracle: Oracle, run: SettlementRun) -> None:
    nets, lines = oracle.settle(run.period)
    statements = Statement.objects.filter(run=run).select_related("partner")
    assert {each.partner.code: each.net for each in statements} == nets
    found: dict[tuple[str, str, str, str], Decimal] = {}
    moved = StatementLine.objects.filter(statement__run=run, accrual__isnull=False)
    for each in moved.select_related("partner", "scheme", "rep"):
        rep = each.rep.code if each.rep else ""
        assert each.scheme is not None
        found[each.partner.code, each.scheme.code, each.period, rep] = each.amount
        assert (each.kind == "clawback") == (each.amount < 0)
        assert each.kind != "earned" or each.period == run.period
    assert found == lines
    assert run.total == sum(nets.values())


LAST_DAYS = ("2012-03-31", "2012-06-30", "2012-09-30", "2012-12-31")


def test_a_year_of_adventure_works(alpha: Tenant, tmp_path: Path) -> None:
    for kind, path in master_data(tmp_path):
        call_command("import", kind, path, operator=alpha.operator.slug, stdout=io.StringIO())
    with alpha.scope():
        kpi()
        for code, formula in FORMULAS.items():
            options = {"fee": {"kind": "referral"}, "spiff": {"kind": "spiff", "payee": "rep"}}.get(code, {})
            publish(alpha, code, f"{code}: {formula}", group="channel", **options)
        BankAccount.objects.bulk_create(
            BankAccount(partner=each, holder=each.code, iban=each.code, state="active")
            for each in Partner.objects.all()
        )
    oracle, rng = Oracle(), Random(2012)
    every: dict[str, list[Sale]] = defaultdict(list)
    for sale in sales():
        every[sale.quarter].append(sale)
    for number, last in enumerate(LAST_DAYS, 1):
        quarter = f"{YEAR}-Q{number}"
        late = rng.sample(every[quarter], 60)
        send(alpha, oracle, [sale for sale in every[quarter] if sale not in late])
        settle_and_pay(alpha, oracle, quarter)
        # After the quarter is paid: late lines of it, returns in it, and returns of it in the next one.
        send(alpha, oracle, late)
        early = [sale for sale in every[quarter] if sale not in late and sale.day < f"{last[:8]}15"]
        chosen = rng.sample(early, 80)
        take_back(alpha, oracle, last, chosen[:50], "r")
        if number < 4:
            take_back(alpha, oracle, f"{YEAR}-{3 * number + 1:02}-25", chosen[50:], "n")
    # What came after the last quarter stands in the next year's first statement.
    settle_and_pay(alpha, oracle, "2013-Q1")
    close_the_year(alpha)


def settle_and_pay(tenant: Tenant, oracle: Oracle, quarter: str) -> None:
    run = approve(tenant, settle(tenant, "channel", quarter))
    with tenant.scope():
        compare(oracle, run)
        assert check_ledger(tenant.system).problems == []
        pay(tenant.system, list(Payment.objects.filter(state="payable").select_related("statement")))
        assert check_ledger(tenant.system).problems == []
        assert sum(balances(tenant.system).values()) == 0


def close_the_year(tenant: Tenant) -> None:
    with tenant.scope():
        lines = StatementLine.objects.exclude(kind="opening").values_list("amount", flat=True)
        newest = Statement.objects.order_by("partner_id", "-pk").distinct("partner_id")
        open_ = sum(each.closing for each in newest)
        paid = sum(Payment.objects.values_list("amount", flat=True))
        assert sum(lines) == Decimal(paid) / 100 + open_
        assert open_ <= 0
        assert StatementLine.objects.filter(kind="clawback").exclude(reason="return").count() == 0
        assert SettlementRun.objects.exclude(state="closed").count() == 0
        kinds = set(StatementLine.objects.values_list("kind", flat=True))
        assert {"earned", "late", "clawback", "opening"} <= kinds
