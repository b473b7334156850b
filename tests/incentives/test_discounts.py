"""Discounts at the quote: for whom, for what, in which order, and why not."""

from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from catalog.models import Family, Product
from common.errors import InputError
from incentives.discounts import Price, resolve_discounts
from incentives.models import SchemeVersion
from incentives.services import SchemeData, VersionData, create_scheme, publish_version
from tests.kit.world import Tenant

DAY = date(2013, 5, 1)


def discount(
    tenant: Tenant, code: str, formula: str, priority: int, policy: str = "additive", **version: Any
) -> SchemeVersion:
    draft = create_scheme(
        tenant.system,
        scheme=SchemeData(code=code, name=code.upper(), kind="discount"),
        version=VersionData(
            formula=formula,
            starts=date(2013, 1, 1),
            stack_priority=priority,
            stack_policy=policy,
            **version,
        ),
    )
    return publish_version(tenant.system, version_id=draft.pk)


def product(**fields: Any) -> Product:
    family, _ = Family.objects.get_or_create(code="cloud", defaults={"name": "Cloud", "layer": "cloud"})
    values = {"name": "Server", "family": family, "list_price": Decimal(1250), "partner_price": Decimal(1000)}
    found: Product = Product.objects.create(code=fields.pop("code", "vm"), **(values | fields))
    return found


def price(tenant: Tenant, which: Product, partner: str = "p1", **more: Any) -> Price:
    return resolve_discounts(tenant.system, tenant.partners[partner], which, on=DAY, **more)


FOUR = {1: ("10%", "additive"), 2: ("15%", "additive"), 3: ("20%", "net"), 4: ("25%", "net")}


@pytest.mark.parametrize(
    ("order", "expected"),
    [((1, 2, 3, 4), 610), ((4, 3, 2, 1), 650), ((3, 2, 1, 4), 625), ((2, 4, 1, 3), 630)],
)
def test_the_four_orders_whatever_was_published_first(
    inside: Tenant, order: tuple[int, ...], expected: int
) -> None:
    places = {key: at for at, key in enumerate(order, 1)}
    for key in next(permutations(FOUR)):
        rate, policy = FOUR[key]
        discount(inside, f"d{key}", f"amount * {rate}", places[key], policy, stack_counts=key != 2)
    found = price(inside, product())
    assert [found.list_price, found.partner_price, found.discount] == [1250, 1000, expected]
    assert found.net == 1000 - expected
    assert [each.scheme.code for each in found.applied] == [f"d{key}" for key in order]


def test_who_gets_it_and_why_not(inside: Tenant) -> None:
    inside.partners["p1"].tier = "gold"
    inside.partners["p1"].save()
    discount(inside, "gold", "amount * 10%", 1, eligibility={"tiers": ["gold"]})
    discount(inside, "iot", "amount * 10%", 2, eligibility={"product_layers": ["iot"]})
    discount(inside, "key", "amount * 10%", 3, eligibility={"segments": ["key"]})
    discount(inside, "newone", "quantity * USD 5", 4, eligibility={"new_customer": ["yes"]})
    found = price(inside, product(), quantity=3, segment="key", new_customer=True)
    assert {each.scheme.code: each.amount for each in found.applied} == {
        "gold": 300,
        "key": 300,
        "newone": 15,
    }
    assert [each.rate for each in found.applied] == [Decimal("0.1"), Decimal("0.1"), Decimal("0.005")]
    assert found.applied[0].reason == "tier: gold"
    assert [(each.scheme.code, each.reason) for each in found.refused] == [
        ("iot", "Only for technology layer of the product: IoT.")
    ]
    other = price(inside, Product.objects.get(), partner="p2")
    assert {each.scheme.code: each.reason for each in other.refused}["gold"] == "Only for tier: gold."
    assert other.net == 1000


def test_best_of_exclusive_cap_and_never_below_nothing(inside: Tenant) -> None:
    item = product()
    discount(inside, "a", "amount * 10%", 1, "best_of")
    discount(inside, "b", "amount * 20%", 2, "best_of", cap=Decimal(150))
    found = price(inside, item)
    assert {each.scheme.code: each.amount for each in found.applied} == {"b": 150}
    assert found.refused[0].reason == "“B” gives more."
    discount(inside, "c", "amount * 5%", 3, "exclusive", eligibility={"engagement_models": ["sell_to"]})
    only = price(inside, item, engagement_model="sell_to")
    assert [each.scheme.code for each in only.applied] == ["c"]
    assert {each.reason for each in only.refused} == {"“C” excludes all others."}
    discount(inside, "d", "USD 5000", 4)
    assert price(inside, item).net == 0


def test_a_partner_reads_no_discount_of_others(alpha: Tenant) -> None:
    with alpha.scope():
        discount(alpha, "p2only", "amount * 30%", 1, eligibility={"partners": ["p2"]})
        discount(alpha, "all", "amount * 10%", 2)
        item = product()
    with alpha.scope("partner_seller@p1"):
        actor = alpha.actors["partner_seller@p1"]
        found = resolve_discounts(actor, alpha.partners["p1"], item, on=DAY)
        assert [each.scheme.code for each in found.applied] == ["all"]
        assert found.refused == ()


def test_a_priority_belongs_to_one(inside: Tenant) -> None:
    discount(inside, "a", "amount * 10%", 1)
    with pytest.raises(InputError, match="has this priority"):
        discount(inside, "b", "amount * 10%", 1)


@pytest.mark.parametrize(
    ("version", "field"),
    [
        ({"budget": Decimal(5)}, "budget"),
        ({"payments": [[0, 100]]}, "payments"),
        ({"warn_at": [120], "stack_priority": 3}, "warn_at"),
        ({"at_ceiling": "stop"}, "budget"),
        ({"valid_days": 3}, "valid_days"),
    ],
)
def test_terms_that_do_not_fit_a_discount(inside: Tenant, version: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        discount(inside, "x", "amount * 1%", version.pop("stack_priority", 1), **version)
    assert caught.value.field == field


def test_without_a_price_there_is_none(inside: Tenant) -> None:
    with pytest.raises(InputError, match="no price"):
        price(inside, product(list_price=None, partner_price=None))
