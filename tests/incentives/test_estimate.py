"""What a deal would earn equals what its transactions earn once they come."""

from datetime import date
from decimal import Decimal
from typing import Any

from catalog.models import Product
from incentives.accrual import evaluate_credits, evaluate_periods
from incentives.estimate import Line, estimate_rewards
from incentives.models import Accrual
from partners.models import Rep
from tests.incentives.test_accruals import credit, kpi, measured
from tests.incentives.test_discounts import product
from tests.incentives.test_kinds import published
from tests.kit.world import Tenant

DAY = date(2013, 2, 3)


def estimated(tenant: Tenant, *lines: Line, **more: Any) -> dict[str, Decimal]:
    found = estimate_rewards(tenant.system, tenant.partners["p1"], lines, on=DAY, **more)
    return {each.scheme.code: each.amount for each in found}


def line(item: Product, amount: str, **fields: Any) -> Line:
    return Line(item, Decimal(1), Decimal(amount), **fields)


def test_an_estimate_comes_true(inside: Tenant) -> None:
    sales = kpi(filters={"kinds": ["sale"], "layers": ["cloud"]})
    iot = kpi("iot", filters={"layers": ["iot"]})
    rep = Rep.objects.create(code="r", name="R", partner=inside.partners["p1"])
    published(inside, "vol", "rebate", "sales * band(sales, [0 -> 1%, 10k -> 2%])", period="quarter")
    published(inside, "iot", "rebate", "iot * 5%", period="quarter")
    published(inside, "fast", "spiff", "amount * 3%", payee="rep", cap=Decimal(100))
    changes = [measured(inside, sales, "8000"), measured(inside, iot, "100")]
    evaluate_periods(inside.system, changes)
    item = product()
    found = estimated(inside, line(item, "2500"), line(item, "1500"), rep=rep)
    assert found == {"vol": Decimal(160), "fast": Decimal(100)}
    evaluate_periods(inside.system, [measured(inside, sales, "12000")])
    ids = [
        credit(inside, ref, amount, rep=rep, product=item).pk
        for ref, amount in (("a", "2500"), ("b", "1500"))
    ]
    evaluate_credits(inside.system, ids)
    rows = Accrual.objects.filter(period="2013-Q1", version__scheme__code__in=["vol", "fast"])
    amounts = {row.version.scheme.code: row.amount for row in rows}
    assert amounts == {"vol": Decimal(80) + found["vol"], "fast": found["fast"]}


def test_a_new_customer_and_one_who_is_not(inside: Tenant) -> None:
    published(inside, "new", "referral", "USD 40", eligibility={"new_customer": ["yes"]})
    item = product()
    assert estimated(inside, line(item, "10", new_customer=True)) == {"new": Decimal(40)}
    assert estimated(inside, line(item, "10")) == {}


def test_a_partner_may_ask_for_itself(alpha: Tenant) -> None:
    with alpha.scope():
        published(alpha, "fee", "referral", "amount * 10%")
        item = product()
    with alpha.scope("partner_owner@p1"):
        actor = alpha.actors["partner_owner@p1"]
        found = estimate_rewards(actor, alpha.partners["p1"], [line(item, "1000")], on=DAY)
        assert [each.amount for each in found] == [100]
