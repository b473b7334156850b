"""Kinds beyond rebates and SPIFFs through the engine: stacking, ceilings, payments over time, points."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Customer
from incentives.accrual import evaluate_credits, evaluate_periods
from incentives.models import Accrual, AccrualLine, BudgetCut, BudgetUse, SchemeVersion
from incentives.services import (
    SchemeData,
    VersionData,
    amend_scheme,
    create_scheme,
    publish_version,
)
from performance.models import Credit
from tenancy.outbox import deliver
from tests.incentives.test_accruals import credit, kpi, measured
from tests.kit.world import Tenant
from workflow.models import Notification, Timer
from workflow.timers import fire_due

DAY = date(2013, 2, 3)


def published(tenant: Tenant, code: str, kind: str, formula: str, **more: Any) -> SchemeVersion:
    scheme = {name: more.pop(name) for name in ("payee", "period") if name in more}
    draft = create_scheme(
        tenant.system,
        scheme=SchemeData(code=code, name=code.title(), kind=kind, **scheme),
        version=VersionData(formula=formula, **{"starts": date(2013, 1, 1), **more}),
    )
    return publish_version(tenant.system, version_id=draft.pk)


def at(day: date, hour: int = 0) -> dict[str, Any]:
    return {"day": day, "occurred_at": datetime(day.year, day.month, day.day, hour, tzinfo=UTC)}


def total(code: str) -> Decimal:
    rows = Accrual.objects.filter(version__scheme__code=code)
    return sum((row.amount for row in rows), Decimal(0))


def taken_back(tenant: Tenant, ref: str, of: str, amount: str, **fields: Any) -> Credit:
    back = {"kind": "return", "reverses": of, "sign": -1, "quantity": -1}
    return credit(tenant, ref, f"-{amount}", **(back | fields))


# Stacking on transactions and in periods

FOUR = {1: ("10%", "additive"), 2: ("15%", "additive"), 3: ("20%", "net"), 4: ("25%", "net")}
ORDERS = [((1, 2, 3, 4), 610), ((4, 3, 2, 1), 650), ((3, 2, 1, 4), 625), ((2, 4, 1, 3), 630)]


def four(tenant: Tenant, order: tuple[int, ...], kind: str, name: str, seed: int) -> None:
    """Schemes d1 to d4 in one group, published in a shuffled order, before anything is counted."""
    places = {key: place for place, key in enumerate(order, 1)}
    keys = list(FOUR)
    Random(seed).shuffle(keys)
    versions = []
    for key in keys:
        rate, policy = FOUR[key]
        terms: dict[str, Any] = {
            "stack_group": "g",
            "stack_policy": policy,
            "stack_priority": places[key],
        }
        draft = create_scheme(
            tenant.system,
            scheme=SchemeData(code=f"d{key}", name=f"D{key}", kind=kind),
            version=VersionData(
                formula=f"{name} * {rate}", starts=tomorrow(), stack_counts=key != 2, **terms
            ),
        )
        versions.append(publish_version(tenant.system, version_id=draft.pk))


def tomorrow() -> date:
    return timezone.now().date() + timedelta(days=1)


@pytest.mark.parametrize(("order", "expected"), ORDERS)
def test_transactions_stack_by_priority(inside: Tenant, order: tuple[int, ...], expected: int) -> None:
    four(inside, order, "referral", "amount", seed=expected)
    first = credit(inside, "a", "1000", **at(tomorrow()))
    evaluate_credits(inside.system, [first.pk])
    assert Accrual.objects.count() == 4
    assert sum(row.amount for row in Accrual.objects.all()) == expected
    back = taken_back(inside, "r", "a", "1000", **at(tomorrow()))
    evaluate_credits(inside.system, [back.pk])
    assert [row.amount for row in Accrual.objects.all()] == [0, 0, 0, 0]


@pytest.mark.parametrize(("order", "expected"), ORDERS)
def test_rebates_stack_by_priority(inside: Tenant, order: tuple[int, ...], expected: int) -> None:
    sales = kpi()
    for key, place in {key: place for place, key in enumerate(order, 1)}.items():
        rate, policy = FOUR[key]
        published(
            inside,
            f"d{key}",
            "rebate",
            f"sales * {rate}",
            starts=timezone.now().date(),
            stack_group="g",
            stack_policy=policy,
            stack_priority=place,
            stack_counts=key != 2,
        )
    now = timezone.now().date()
    code = f"{now.year}-Q{(now.month - 1) // 3 + 1}"
    evaluate_periods(inside.system, [measured(inside, sales, "1000", code)])
    rows = Accrual.objects.filter(period=code)
    assert sum(row.amount for row in rows) == expected
    net = [row for row in rows if any(cut["reason"] == "net" for cut in row.cuts)]
    assert all(row.cuts[0]["by"] == "" for row in net)
    evaluate_periods(inside.system, [measured(inside, sales, "500", code)])
    assert sum(row.amount for row in Accrual.objects.filter(period=code)) == Decimal(expected) / 2


def test_a_beaten_scheme_says_by_whom(inside: Tenant) -> None:
    for code, rate, place in (("low", "5%", 1), ("high", "8%", 2)):
        terms = {"stack_group": "g", "stack_policy": "best_of", "stack_priority": place}
        published(inside, code, "referral", f"amount * {rate}", starts=tomorrow(), **terms)
    evaluate_credits(inside.system, [credit(inside, "a", "1000", **at(tomorrow())).pk])
    assert [total("low"), total("high")] == [0, 80]
    line = AccrualLine.objects.get(version__scheme__code="low")
    assert line.cuts == [{"step": "stacking", "reason": "beaten", "by": "high", "amount": "50"}]


# Ceilings


def budgeted(tenant: Tenant, policy: str, **more: Any) -> SchemeVersion:
    terms = {"budget": Decimal(100), "at_ceiling": policy, "warn_at": [80, 100]}
    return published(tenant, "s", "referral", "amount * 10%", **(terms | more))


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (1, 3, 0, 2)])
def test_first_come_by_what_happened_first_whatever_was_counted_first(
    inside: Tenant, order: tuple[int, ...]
) -> None:
    budgeted(inside, "stop")
    credits = [
        credit(inside, f"c{hour}", "400", partner=inside.partners[code], **at(DAY, hour))
        for hour, code in enumerate(("p1", "p2", "p1", "p2"))
    ]
    for at_place in order:
        evaluate_credits(inside.system, [credits[at_place].pk])
    amounts = {row.partner.code: row.amount for row in Accrual.objects.select_related("partner")}
    assert amounts == {"p1": Decimal(60), "p2": Decimal(40)}
    cuts = BudgetCut.objects.order_by("line__credit__occurred_at")
    assert [(cut.line.credit.external_id, cut.granted) for cut in cuts] == [
        ("c2", Decimal(20)),
        ("c3", Decimal(0)),
    ]
    row = Accrual.objects.get(partner__code="p2")
    assert [row.exact, row.wanted] == [80, 80]
    assert row.cuts == [{"step": "budget", "reason": "stop", "by": "", "amount": "40"}]
    use = BudgetUse.objects.get()
    assert [use.wanted, use.granted, use.warned] == [160, 100, 100]


def test_what_is_taken_back_frees_the_budget_for_later_ones(inside: Tenant) -> None:
    budgeted(inside, "stop")
    first = credit(inside, "a", "1000", **at(DAY, 1))
    late = credit(inside, "b", "300", partner=inside.partners["p2"], **at(DAY, 2))
    evaluate_credits(inside.system, [first.pk, late.pk])
    assert Accrual.objects.get(partner__code="p2").amount == 0
    back = taken_back(inside, "r", "a", "1000", **at(DAY, 3))
    later = credit(inside, "c", "200", partner=inside.partners["p2"], **at(DAY, 4))
    evaluate_credits(inside.system, [back.pk, later.pk])
    assert Accrual.objects.get(partner__code="p1").amount == 0
    assert Accrual.objects.get(partner__code="p2").amount == 20


def test_pro_rata_shares_among_all(inside: Tenant) -> None:
    sales = kpi()
    terms: dict[str, Any] = {"budget": Decimal("100.01"), "at_ceiling": "pro_rata"}
    published(inside, "s", "rebate", "sales * 10%", **terms)
    evaluate_periods(inside.system, [measured(inside, sales, "500")])
    assert total("s") == 50
    evaluate_periods(inside.system, [measured(inside, sales, "1500", partner="p2")])
    amounts = {row.partner.code: row.amount for row in Accrual.objects.filter(period="2013-Q1")}
    assert amounts == {"p1": Decimal("25.00"), "p2": Decimal("75.01")}
    evaluate_periods(inside.system, [measured(inside, sales, "0", partner="p2")])
    assert total("s") == 50


def test_rebates_come_first_by_their_first_transaction(inside: Tenant) -> None:
    sales = kpi()
    published(inside, "s", "rebate", "sales * 10%", budget=Decimal(100), at_ceiling="stop")
    credit(inside, "late", "1", **at(DAY + timedelta(days=9)))
    credit(inside, "early", "1", partner=inside.partners["p2"], **at(DAY))
    evaluate_periods(inside.system, [measured(inside, sales, "800")])
    evaluate_periods(inside.system, [measured(inside, sales, "900", partner="p2")])
    amounts = {row.partner.code: row.amount for row in Accrual.objects.filter(period="2013-Q1")}
    assert amounts == {"p1": Decimal(10), "p2": Decimal(90)}


# Payments over time


def test_a_referral_fee_is_paid_in_parts_and_the_return_takes_back_each(inside: Tenant) -> None:
    today = timezone.now().date()
    published(
        inside,
        "fee",
        "referral",
        "amount * 10%",
        period="month",
        payments=[[0, 50], [30, "25"], [400, "25"]],
        eligibility={"kinds": ["referral_won", "return"]},
    )
    won = credit(inside, "w", "1000", kind="referral_won", **at(today - timedelta(days=40)))
    evaluate_credits(inside.system, [won.pk])
    assert total("fee") == 75
    assert AccrualLine.objects.count() == 3
    waiting = Timer.objects.get(kind="incentives.release")
    assert waiting.due_at.date() == today + timedelta(days=360)
    fire_due(inside.system, now=waiting.due_at)
    assert total("fee") == 75
    back = taken_back(inside, "r", "w", "1000", **at(today - timedelta(days=20)))
    evaluate_credits(inside.system, [back.pk])
    assert total("fee") == 0
    assert sum(line.exact for line in AccrualLine.objects.filter(part=2)) == 0
    assert len(set(AccrualLine.objects.filter(part=2).values_list("period", "release_on"))) == 1


def survival(tenant: Tenant) -> None:
    published(
        tenant,
        "stay",
        "spiff",
        "USD 20",
        payments=[[90, 100]],
        while_customer=True,
        eligibility={"kinds": ["activation"]},
    )


def test_an_activation_pays_only_if_the_customer_is_still_there(inside: Tenant) -> None:
    survival(inside)
    people = [Customer.objects.create(code=code, name=code) for code in ("c1", "c2", "c3")]
    made = [
        credit(inside, f"a{each.pk}", "0", kind="activation", customer=each, **at(DAY)) for each in people
    ]
    left = credit(inside, "x", "0", kind="churn", customer=people[0], **at(DAY + timedelta(days=89)))
    later = credit(inside, "y", "0", kind="churn", customer=people[1], **at(DAY + timedelta(days=91)))
    for order in permutations([*(each.pk for each in made), left.pk, later.pk][1:4]):
        evaluate_credits(inside.system, [made[0].pk, *order, later.pk])
    assert total("stay") == 40
    assert Accrual.objects.get().period == "2013-Q2"


def test_a_late_word_of_a_lost_customer_takes_back(inside: Tenant) -> None:
    survival(inside)
    person = Customer.objects.create(code="c", name="c")
    evaluate_credits(
        inside.system, [credit(inside, "a", "0", kind="activation", customer=person, **at(DAY)).pk]
    )
    assert total("stay") == 20
    gone = credit(inside, "x", "0", kind="churn", customer=person, **at(DAY + timedelta(days=10)))
    evaluate_credits(inside.system, [gone.pk])
    assert total("stay") == 0


# Points


def test_points_are_whole_and_no_money(inside: Tenant) -> None:
    version = published(inside, "pts", "points", "sold: amount / USD 100 * 3", cap=Decimal(50))
    evaluate_credits(inside.system, [credit(inside, "a", "1050").pk])
    row = Accrual.objects.get()
    assert [row.exact, row.amount] == [Decimal("31.5"), 32]
    evaluate_credits(inside.system, [credit(inside, "b", "1000").pk])
    row.refresh_from_db()
    assert row.amount == 50
    assert row.cuts == [{"step": "cap", "reason": "cap", "by": "", "amount": "11.5"}]
    assert not version.scheme.in_money


def test_people_are_told_once_per_level(alpha: Tenant) -> None:
    with alpha.scope():
        budgeted(alpha, "approval")
        evaluate_credits(alpha.system, [credit(alpha, "a", "850", **at(DAY, 1)).pk])
        evaluate_credits(alpha.system, [credit(alpha, "b", "10", **at(DAY, 2)).pk])
        deliver(alpha.system)
    for name, told in (("channel_finance", 1), ("programme_manager", 1), ("pam", 0)):
        with alpha.scope(name):
            assert Notification.objects.filter(kind="incentives.budget").count() == told


def test_an_amendment_frees_the_budget_of_the_version_before(inside: Tenant) -> None:
    sales, now = kpi(), timezone.now().date()
    start = date(now.year, (now.month - 1) // 3 * 3 + 1, 1)
    old = published(inside, "s", "rebate", "sales * 10%", budget=Decimal(100), at_ceiling="stop")
    code = f"{now.year}-Q{(now.month - 1) // 3 + 1}"
    evaluate_periods(inside.system, [measured(inside, sales, "500", code)])
    assert BudgetUse.objects.get(version=old).wanted == 50
    data = VersionData(formula="sales * 20%", starts=start, budget=Decimal(70), at_ceiling="stop")
    draft = amend_scheme(inside.system, scheme_code="s", version=data)
    publish_version(inside.system, version_id=draft.pk)
    deliver(inside.system)
    assert BudgetUse.objects.get(version=old).wanted == 0
    assert Accrual.objects.get(period=code).amount == 70
