"""What-if: the same evaluator over changed numbers, for those who may see the accrual."""

from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Family, Product
from common.errors import InputError, NotFound
from incentives.accrual import evaluate_credits, evaluate_periods
from incentives.models import Accrual
from incentives.selectors import get_accrual
from incentives.standing import clock_of
from incentives.whatif import (
    Sale,
    knobs_of,
    position_of,
    position_under,
    products_that_fit,
    steps_of,
    with_more,
    with_sale,
)
from partners.models import Rep
from tests.incentives.test_accruals import credit, kpi, measured, published
from tests.kit.world import Tenant

BAND = "all: sales * band(sales, [0 -> 1%, 10k -> 2%])\norders: orders * USD 3"


def earned(tenant: Tenant, formula: str = BAND, **version: Any) -> Accrual:
    sales, orders = kpi(), kpi("orders", measure="count")
    published(tenant, formula, **version)
    changes = [measured(tenant, sales, "9000"), measured(tenant, orders, "4")]
    evaluate_periods(tenant.system, changes)
    found: Accrual = Accrual.objects.select_related("version__scheme", "partner").get(
        partner__code="p1", period="2013-Q1"
    )
    return found


@pytest.mark.parametrize(
    ("more", "amount"),
    [
        ({}, "102"),
        ({"sales": "999.99"}, "112.00"),
        ({"sales": "1000"}, "212"),
        ({"sales": "1000", "orders": "2"}, "218"),
        ({"sales": "-9000", "orders": "-4"}, "0"),
    ],
)
def test_more_of_a_kpi(inside: Tenant, more: dict[str, str], amount: str) -> None:
    position = position_of(inside.system, earned(inside))
    result = with_more(inside.system, position, {name: Decimal(text) for name, text in more.items()})
    assert (result.before, result.amount) == (Decimal(102), Decimal(amount))
    assert result.gain == Decimal(amount) - 102
    assert Accrual.objects.get(partner__code="p1", period="2013-Q1").amount == Decimal(102)


def test_the_next_threshold_moves_with_it(inside: Tenant) -> None:
    position = position_of(inside.system, earned(inside))
    (ahead,) = with_more(inside.system, position, {"sales": Decimal(400)}).ahead
    assert (ahead.name, ahead.distance) == ("sales", Decimal(600))
    assert with_more(inside.system, position, {"sales": Decimal(1000)}).ahead == ()


def test_the_cap_holds(inside: Tenant) -> None:
    position = position_of(inside.system, earned(inside, cap=Decimal(150)))
    result = with_more(inside.system, position, {"sales": Decimal(5000)})
    assert (result.amount, result.capped) == (Decimal(150), True)


@pytest.mark.parametrize(
    ("name", "value"), [("cloud", "1"), ("sales", "-9000.01"), ("orders", "0.5"), ("sales", "1e30")]
)
def test_what_cannot_be_is_refused(inside: Tenant, name: str, value: str) -> None:
    position = position_of(inside.system, earned(inside))
    with pytest.raises(InputError) as refused:
        with_more(inside.system, position, {name: Decimal(value)})
    assert refused.value.field == name


def test_steps_hold_the_threshold(inside: Tenant) -> None:
    position = position_of(inside.system, earned(inside))
    assert [knob.name for knob in knobs_of(position)] == ["orders", "sales"]
    steps = {(step.name, step.more): step.gain for step in steps_of(inside.system, position)}
    assert steps["sales", Decimal(1000)] == Decimal(110)
    assert steps["sales", Decimal(450)] == Decimal("4.5")
    assert steps["orders", Decimal(1)] == Decimal(3)


def test_who_is_not_eligible_gets_nothing(inside: Tenant) -> None:
    position = position_of(inside.system, earned(inside, eligibility={"tiers": ["gold"]}))
    result = with_more(inside.system, position, {"sales": Decimal(10**6)})
    assert (result.before, result.amount) == (Decimal(0), Decimal(0))


def spiff(tenant: Tenant) -> Accrual:
    family = Family.objects.create(code="sec", name="Security", layer="security")
    other = Family.objects.create(code="cl", name="Cloud", layer="cloud")
    Product.objects.create(code="fw", name="Firewall", family=family)
    Product.objects.create(code="vm", name="Machine", family=other)
    rep = Rep.objects.create(
        code="r1",
        name="Rep",
        partner=tenant.partners["p1"],
        membership_id=tenant.actors["partner_seller@p1"].membership_id,
    )
    scheme = {"code": "fast", "name": "Fast", "kind": "spiff", "payee": "rep", "period": "month"}
    formula = "all: if(quantity >= 2, amount * 3%, amount * 1.005%)"
    published(tenant, formula, scheme, eligibility={"product_layers": ["security"]}, cap=Decimal(100))
    sold = credit(tenant, "a", "100.33", rep=rep, product=Product.objects.get(code="fw"))
    evaluate_credits(tenant.system, [sold.pk])
    found: Accrual = Accrual.objects.select_related("version__scheme").get()
    return found


@pytest.mark.parametrize(
    ("sale", "amount", "counts"),
    [
        (Sale("fw", Decimal("50.10")), "1.51", True),
        (Sale("fw", Decimal(1000), Decimal(2)), "31.01", True),
        (Sale("fw", Decimal(100_000)), "100", True),
        (Sale("vm", Decimal(1000)), "1.01", False),
    ],
)
def test_one_more_sale(inside: Tenant, sale: Sale, amount: str, counts: bool) -> None:
    position = position_of(inside.system, spiff(inside))
    result = with_sale(inside.system, position, sale)
    assert (result.before, result.amount) == (Decimal("1.01"), Decimal(amount))
    assert result.counts is counts
    assert [product.code for product in products_that_fit(inside.system, position)] == ["fw"]


@pytest.mark.parametrize(
    ("sale", "field"),
    [
        (Sale("none", Decimal(1)), "product"),
        (Sale("fw", Decimal(0)), "amount"),
        (Sale("fw", Decimal(1), Decimal(-1)), "quantity"),
    ],
)
def test_a_sale_that_cannot_be(inside: Tenant, sale: Sale, field: str) -> None:
    position = position_of(inside.system, spiff(inside))
    with pytest.raises(InputError) as refused:
        with_sale(inside.system, position, sale)
    assert refused.value.field == field


def test_only_who_may_see_the_accrual_may_ask(alpha: Tenant) -> None:
    with alpha.scope():
        accrual = earned(alpha)
    for name in ("partner_owner@p1", "pam", "programme_manager"):
        with alpha.scope(name):
            actor = alpha.actors[name]
            position = position_of(actor, get_accrual(actor, accrual.pk))
            assert with_more(actor, position, {"sales": Decimal(1000)}).amount == Decimal(212)
    with alpha.scope("partner_owner@p2"), pytest.raises(NotFound):
        get_accrual(alpha.actors["partner_owner@p2"], accrual.pk)
    with alpha.scope("partner_seller@p1"), pytest.raises(NotFound):
        get_accrual(alpha.actors["partner_seller@p1"], accrual.pk)


def test_a_company_looks_at_rules_that_begin_later(alpha: Tenant) -> None:
    with alpha.scope():
        sales = kpi()
        version = published(alpha, "all: sales * 2%")
        running = clock_of(alpha.operator).running["quarter"].code
        measured(alpha, sales, "500", running)
    with alpha.scope("partner_owner@p1"):
        actor = alpha.actors["partner_owner@p1"]
        result = with_more(actor, position_under(actor, version), {"sales": Decimal(100)})
    assert (result.before, result.amount) == (Decimal(10), Decimal(12))
