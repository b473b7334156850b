"""Publishing evaluates what is already there: only what may matter is read, and nothing that matters is left out."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from catalog.models import Customer, Family
from incentives.accrual import asthen, evaluate_credits, seen
from incentives.models import AccrualLine
from partners.models import Rep
from performance.models import Credit
from tenancy.outbox import deliver
from tests.incentives.test_accruals import credit
from tests.incentives.test_discounts import product
from tests.incentives.test_kinds import at, published, taken_back
from tests.kit.world import Tenant

SHAPES: dict[str, dict[str, Any]] = {
    "everything": {},
    "kinds": {"kinds": ["renewal"]},
    "products": {"products": ["vm"]},
    "families": {"families": ["voice"]},
    "layers": {"product_layers": ["cloud"]},
    "models": {"engagement_models": ["referral"]},
    "contributions": {"contributions": ["refer"]},
    "own events": {"kinds": ["deal_won"]},
    "two": {"kinds": ["sale"], "product_layers": ["core"]},
}


@pytest.fixture
def sold(inside: Tenant) -> Tenant:
    """Sales of every kind, some taken back, one revised, and a customer that leaves."""
    vm = product()
    voice = Family.objects.create(code="voice", name="Voice", layer="core")
    line = product(code="line", family=voice)
    customer = Customer.objects.create(code="c", name="C", since=date(2013, 2, 1))
    rep = Rep.objects.create(code="r", name="R", partner=inside.partners["p1"])
    for ref, fields in {
        "a": {"product": vm},
        "b": {"product": line, "rep": rep},
        "c": {"kind": "renewal", "product": vm, "rep": rep},
        "d": {"engagement_model": "referral"},
        "e": {"contribution": "refer", "customer": customer},
        "f": {"source": "sharik", "kind": "deal_won"},
        "g": {"customer": customer, "product": line},
        "old": {"product": vm, **at(date(2012, 5, 1))},
    }.items():
        credit(inside, ref, "1000", **fields)
    for ref in ("a", "b", "c", "d"):
        taken_back(inside, f"{ref}-back", ref, "1000", **at(date(2013, 3, 1)))
    credit(inside, "leaves", "0", kind="churn", customer=customer, **at(date(2013, 4, 1)))
    return inside


def lines() -> list[tuple[Any, ...]]:
    return sorted(AccrualLine.objects.values_list("credit__external_id", "exact", "period", "part"))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("payee", ["partner", "rep"])
def test_nothing_that_may_earn_is_left_out(
    sold: Tenant, monkeypatch: pytest.MonkeyPatch, shape: str, payee: str
) -> None:
    monkeypatch.setattr(seen, "FEW", 3)  # so that both ways of reading are gone
    published(sold, "some", "spiff", "amount * 10%", payee=payee, eligibility=SHAPES[shape])
    deliver(sold.system)
    found = lines()
    assert evaluate_credits(sold.system, list(Credit.objects.values_list("pk", flat=True))) >= len(found)
    assert lines() == found
    assert all(ref != "old" for ref, *_ in found)
    assert found or payee == "rep"


_MANY = """
insert into incentives_accrualline
  (operator_id, version_id, credit_id, partner_id, period, exact, part, cuts, components, inputs)
select operator_id, version_id, credit_id, partner_id, period, 0, n, cuts, components, inputs
from incentives_accrualline, generate_series(100, 3100) n where id = %s
"""


def test_what_was_earned_is_looked_up_by_its_credit(sold: Tenant) -> None:
    """In a transaction that has just made many lines, the planner takes those of a version for a few and would read all."""
    published(sold, "some", "spiff", "amount * 10%")
    deliver(sold.system)
    line = AccrualLine.objects.order_by("pk")[0]
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [line.pk])
        cursor.execute("explain " + asthen._LINES, [[line.version_id], [line.credit_id]])
        plan = [row[0] for row in cursor.fetchall()]
    found = [row for row in plan if "credit_id = " in row]
    assert found and all("Cond:" in row for row in found), plan
