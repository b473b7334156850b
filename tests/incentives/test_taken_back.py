"""What takes a sale back is judged as the sale was, whatever has changed since: together they are nothing."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Customer, Territory
from incentives.accrual import evaluate_credits
from incentives.models import Accrual, AccrualLine
from incentives.services import VersionData, amend_scheme, end_scheme, publish_version
from partners.models import Partner
from performance.models import Credit
from programs.enrolling import leave
from programs.models import Enrolment
from tests.incentives.test_accruals import credit
from tests.incentives.test_kinds import at, published, taken_back, total
from tests.kit.world import Tenant
from tests.programs.kit import join, programme

TODAY = timezone.now().date()
YESTERDAY, LATER = TODAY - timedelta(days=1), TODAY + timedelta(days=100)


def count(tenant: Tenant, *credits: Credit) -> None:
    evaluate_credits(tenant.system, [each.pk for each in credits])


def sums() -> list[Decimal]:
    """What each line earned: of the sale first."""
    return [line.exact for line in AccrualLine.objects.order_by("credit__pk", "part")]


def with_programme(tenant: Tenant) -> None:
    programme(tenant, "silver")
    join(tenant, "p1")


def with_tier(tenant: Tenant) -> None:
    Partner.objects.filter(code="p1").update(tier="gold")


def with_place(tenant: Tenant) -> None:
    place = Territory.objects.create(code="north", name="North", path=[])
    Territory.objects.filter(pk=place.pk).update(path=[place.pk])
    Partner.objects.filter(code="p1").update(
        territory_id=place.pk, roles=["reseller", "consultant"], layers=["cloud"]
    )


def out_of_programme(tenant: Tenant) -> None:
    leave(tenant.system, enrolment_id=Enrolment.objects.get().pk)


def elsewhere(tenant: Tenant) -> None:
    Partner.objects.filter(code="p1").update(territory_id=None, roles=["consultant"], layers=[], tier="")


def better_rate(tenant: Tenant) -> None:
    data = VersionData("amount * 20%", TODAY + timedelta(days=1))
    publish_version(tenant.system, version_id=amend_scheme(tenant.system, scheme_code="s", version=data).pk)


def over(tenant: Tenant) -> None:
    end_scheme(tenant.system, scheme_code="s", last_day=TODAY)


Step = Callable[[Tenant], None]
NOTHING: Step = lambda tenant: None  # noqa: E731


@pytest.mark.parametrize(
    ("eligibility", "before", "since"),
    [
        ({}, NOTHING, better_rate),
        ({}, NOTHING, over),
        ({"programmes": ["partners"]}, with_programme, out_of_programme),
        ({"tiers": ["gold"]}, with_tier, elsewhere),
        ({"territories": ["north"]}, with_place, elsewhere),
        ({"roles": ["reseller"]}, with_place, elsewhere),
        ({"layers": ["cloud"]}, with_place, elsewhere),
        ({"kinds": ["sale"]}, NOTHING, NOTHING),
        ({"new_customer": ["yes"]}, NOTHING, NOTHING),
    ],
)
@pytest.mark.parametrize("payments", [[], [[0, 50], [30, 50]]])
def test_nothing_is_left(
    inside: Tenant, eligibility: dict[str, Any], before: Step, since: Step, payments: list[Any]
) -> None:
    before(inside)
    published(inside, "s", "referral", "amount * 10%", eligibility=eligibility, payments=payments)
    fresh = Customer.objects.create(code="new", name="New", since=YESTERDAY)
    sale = credit(inside, "a", "1000", customer=fresh, **at(YESTERDAY))
    count(inside, sale)
    assert sum(sums()) == 100
    since(inside)
    count(inside, taken_back(inside, "r", "a", "1000", customer=fresh, **at(LATER)))
    assert sum(sums()) == 0
    assert len(set(AccrualLine.objects.values_list("version_id", flat=True))) == 1


def test_what_was_never_paid_costs_nothing(inside: Tenant) -> None:
    published(inside, "s", "referral", "amount * 10%", starts=TODAY, eligibility={"tiers": ["gold"]})
    old = credit(inside, "old", "1000", **at(YESTERDAY))
    poor = credit(inside, "poor", "1000", **at(TODAY))
    count(inside, old, poor)
    with_tier(inside)
    count(
        inside,
        *(taken_back(inside, f"r{each.pk}", each.external_id, "1000", **at(LATER)) for each in (old, poor)),
    )
    assert sums() == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_whatever_is_counted_first(inside: Tenant, order: tuple[int, ...]) -> None:
    """A sale, its return, and the return of a part: in any order, and all at once."""
    published(inside, "s", "referral", "amount * 10%", eligibility={"kinds": ["sale"]})
    rows = [
        credit(inside, "a", "1000", **at(YESTERDAY)),
        taken_back(inside, "r", "a", "400", sign=0, **at(TODAY)),
        taken_back(inside, "q", "a", "600", sign=0, **at(TODAY)),
    ]
    for place in order:
        count(inside, rows[place])
    assert sums() == [100, -40, -60]
    count(inside, *rows)
    assert sums() == [100, -40, -60]


def test_a_return_that_is_taken_back_pays_again(inside: Tenant) -> None:
    published(inside, "s", "spiff", 'if(kind = "sale", amount * 10%, USD 0)', eligibility={"kinds": ["sale"]})
    sale = credit(inside, "a", "1000", **at(YESTERDAY))
    back = taken_back(inside, "r", "a", "1000", **at(TODAY))
    again = credit(inside, "rr", "1000", kind="correction", reverses="r", **at(TODAY))
    for order in permutations([sale, back, again]):
        count(inside, *order)
    assert sums() == [100, -100, 100]
    other = credit(inside, "x", "500", **at(date(2013, 2, 3)))
    count(inside, other)
    revised = credit(
        inside, "x", "-500", revision=2, position=-1, sign=-1, quantity=-1, **at(date(2013, 2, 3))
    )
    anew = credit(inside, "x", "300", revision=2, **at(date(2013, 2, 3)))
    count(inside, revised, anew)
    assert total("s") == 130


def test_stacked_lines_are_taken_back_as_they_were(inside: Tenant) -> None:
    start = TODAY + timedelta(days=1)
    for code, rate, place in (("low", "5%", 1), ("high", "8%", 2)):
        terms = {"stack_group": "g", "stack_policy": "best_of", "stack_priority": place}
        published(inside, code, "referral", f"amount * {rate}", starts=start, **terms)
    sale = credit(inside, "a", "1000", **at(start))
    count(inside, sale)
    assert [total("low"), total("high")] == [0, 80]
    # Since then another scheme would beat both.
    terms = {"stack_group": "g", "stack_policy": "best_of", "stack_priority": 3}
    published(inside, "top", "referral", "amount * 50%", starts=start + timedelta(days=1), **terms)
    count(inside, taken_back(inside, "r", "a", "1000", **at(LATER)))
    assert [row.amount for row in Accrual.objects.order_by("pk") if row.amount] == [80, -80]
    assert AccrualLine.objects.filter(version__scheme__code="top").count() == 0
