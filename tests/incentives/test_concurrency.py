"""Budgets and points under many hands at once: never more than there is, and the same as one after the other."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from common.errors import Conflict
from incentives.accrual import evaluate_credits
from incentives.models import Accrual, BudgetCut, Redemption
from incentives.rewards import ask_for_reward, create_reward
from tests.incentives.test_accruals import credit
from tests.incentives.test_kinds import at, published
from tests.kit.world import Tenant, make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
HANDS = 4


@pytest.fixture
def tenant(transactional_db: Any) -> Iterator[Tenant]:
    yield make_tenant("alpha")


def at_once(tasks: list[Callable[[], None]]) -> list[Exception]:
    """Run all of them together, each on a connection of its own; what they raised."""
    start, errors = threading.Barrier(len(tasks)), list[Exception]()

    def one(task: Callable[[], None]) -> None:
        try:
            start.wait(30)
            task()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return errors


def test_a_budget_is_given_out_as_if_one_had_counted_alone(tenant: Tenant) -> None:
    with tenant.scope():
        published(tenant, "s", "referral", "amount * 10%", budget=Decimal(100), at_ceiling="stop")
        published(tenant, "t", "referral", "amount * 20%", budget=Decimal(90), at_ceiling="pro_rata")
        credits = [
            credit(
                tenant,
                f"c{hour:02d}",
                "100",
                partner=tenant.partners[("p1", "p2")[hour % 2]],
                **at(date(2013, 2, 3), hour),
            )
            for hour in range(20)
        ]
        ids = [each.pk for each in credits]

    def some(hand: int) -> Callable[[], None]:
        def work() -> None:
            for pk in ids[hand::HANDS]:
                with tenant.scope():
                    evaluate_credits(tenant.system, [pk])

        return work

    assert at_once([some(hand) for hand in range(HANDS)]) == []
    with tenant.scope():
        amounts = {
            (row.version.scheme.code, row.partner.code): row.amount
            for row in Accrual.objects.select_related("version__scheme", "partner")
        }
        cut = BudgetCut.objects.filter(version__scheme__code="s").values_list(
            "line__credit__external_id", flat=True
        )
        assert sorted(cut) == [f"c{hour:02d}" for hour in range(10, 20)]
    assert amounts == {("s", "p1"): 50, ("s", "p2"): 50, ("t", "p1"): 45, ("t", "p2"): 45}


def test_points_are_spent_once(tenant: Tenant) -> None:
    with tenant.scope():
        published(tenant, "pts", "points", "amount / USD 10")
        evaluate_credits(tenant.system, [credit(tenant, "a", "1000").pk])
        create_reward(tenant.system, code="mug", name="Mug", points=60)

    def ask() -> None:
        with tenant.scope("partner_owner@p1"):
            ask_for_reward(tenant.actors["partner_owner@p1"], code="mug")

    errors = at_once([ask] * HANDS)
    assert [type(error) for error in errors] == [Conflict] * (HANDS - 1)
    with tenant.scope():
        assert Redemption.objects.count() == 1
