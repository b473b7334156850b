"""The discount level and the fund rate of tiers: at quotes beside schemes, in formulas, and taken back as they were."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from incentives.accrual import evaluate_credits
from incentives.discounts import Price, resolve_discounts
from incentives.models import Accrual, AccrualLine
from programs.models import Benefit, Enrolment, Tier
from tests.incentives.test_accruals import credit
from tests.incentives.test_discounts import discount, price, product
from tests.incentives.test_kinds import at, published, taken_back
from tests.kit.world import Tenant
from tests.programs.kit import join, programme
from tests.programs.test_benefits import give
from workflow.settings import change_setting

TODAY = timezone.now().date()


def silver(tenant: Tenant, level: str = "5") -> None:
    """p1 is silver, which gives this discount level."""
    programme(tenant)
    give(tenant, "silver", "discount_level", level)
    join(tenant, "p1")


def lines(found: Price) -> dict[str, Decimal]:
    return {str(each.scheme): each.amount for each in found.applied}


def test_the_level_is_taken_off_first_and_counts_for_what_is_net(inside: Tenant) -> None:
    silver(inside)
    discount(inside, "more", "amount * 10%", 1)
    discount(inside, "rest", "amount * 20%", 2, "net")
    found = price(inside, product(), quantity=2)
    # 2,000: 5 % and 10 % of it, then 20 % of the 1,700 that are left.
    assert lines(found) == {"Discount level": 100, "MORE": 200, "REST": 340}
    assert [found.partner_price, found.net] == [2000, 1360]
    assert [each.rate for each in found.applied] == [Decimal("0.05"), Decimal("0.1"), Decimal("0.17")]
    assert found.applied[0].reason == "Silver: 5%"
    with translation.override("fa"):
        assert price(inside, product(code="b")).applied[0].reason == "Silver: ۵٪"
    assert lines(price(inside, product(code="c"), partner="p2")) == {"MORE": 100, "REST": 180}


@pytest.mark.parametrize(("rate", "expected"), [("3", {"Discount level": 50}), ("8", {"BEST": 80})])
def test_where_the_operator_says_so_only_the_larger_counts(
    inside: Tenant, rate: str, expected: dict[str, int]
) -> None:
    silver(inside)
    item = product()
    discount(inside, "best", f"amount * {rate}%", 1, "best_of")
    assert sum(lines(price(inside, item)).values()) == 50 + Decimal(rate) * 10
    change_setting(inside.system, "schemes.level_best_of", True)
    found = price(inside, item)
    assert lines(found) == expected
    assert [each.reason for each in found.refused] == [f"“{next(iter(expected))}” gives more."]


def test_an_exclusive_discount_stands_alone(inside: Tenant) -> None:
    silver(inside)
    discount(inside, "only", "amount * 2%", 1, "exclusive")
    found = price(inside, product())
    assert lines(found) == {"ONLY": 20}
    assert [(str(each.scheme), each.reason) for each in found.refused] == [
        ("Discount level", "“ONLY” excludes all others.")
    ]


def test_a_scheme_that_asks_for_the_level_pays_it_once(inside: Tenant) -> None:
    silver(inside)
    discount(inside, "double", "if(quantity >= 10, amount * discount_level * 2, 0)", 1)
    item = product()
    found = price(inside, item, quantity=10)
    assert lines(found) == {"DOUBLE": 1000}
    assert found.refused[0].reason == "“DOUBLE” already counts it."
    assert lines(price(inside, item)) == {"Discount level": 50}, "it gives nothing here, so the tier does"
    assert lines(price(inside, item, partner="p2", quantity=10)) == {}


def test_a_former_tier_says_how_long(inside: Tenant) -> None:
    programme(inside)
    give(inside, "gold", "discount_level", "12.5")
    join(inside, "p1")
    last = timezone.now().astimezone(inside.operator.zone).date() + timedelta(days=3)
    Enrolment.objects.update(former=Tier.objects.get(code="gold"), former_until=last)
    (found,) = price(inside, product()).applied
    assert found.amount == 125
    assert found.reason.startswith("Gold: 12.5%, until ")


def test_a_seller_is_told_the_own_level(alpha: Tenant) -> None:
    with alpha.scope():
        silver(alpha)
        item = product()
    with alpha.scope("partner_seller@p1"):
        found = resolve_discounts(alpha.actors["partner_seller@p1"], alpha.partners["p1"], item)
    assert lines(found) == {"Discount level": 50}


def test_what_a_sale_earned_by_level_is_taken_back_by_the_same(inside: Tenant) -> None:
    silver(inside)
    published(inside, "s", "spiff", "amount * discount_level")
    sale = credit(inside, "a", "1000", **at(TODAY))
    evaluate_credits(inside.system, [sale.pk])
    assert [line.exact for line in AccrualLine.objects.all()] == [50]
    Benefit.objects.update(value=10)
    back = taken_back(inside, "r", "a", "1000", **at(TODAY))
    evaluate_credits(inside.system, [back.pk])
    assert sum(line.exact for line in AccrualLine.objects.all()) == 0
    again = credit(inside, "b", "1000", **at(TODAY))
    other = credit(inside, "c", "1000", partner=inside.partners["p2"], **at(TODAY))
    evaluate_credits(inside.system, [again.pk, other.pk])
    assert Accrual.objects.get(partner__code="p1").exact == 100
    assert Accrual.objects.get(partner__code="p2").exact == 0


def test_a_fund_grows_by_the_rate_of_the_tier(inside: Tenant) -> None:
    programme(inside)
    give(inside, "silver", "mdf_rate", "1.5")
    join(inside, "p1")
    published(inside, "fund", "mdf", "amount * mdf_rate")
    sales = [
        credit(inside, code, "2000", partner=inside.partners[code], **at(TODAY)) for code in ("p1", "p2")
    ]
    evaluate_credits(inside.system, [each.pk for each in sales])
    assert {row.partner.code: row.amount for row in Accrual.objects.all()} == {"p1": 30, "p2": 0}
