"""Money keeps its currency and every unit."""

import random
from collections import Counter
from decimal import Decimal, Inexact

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from common.money import (
    RULES,
    MixedCurrencies,
    Money,
    exponent,
    from_minor,
    plain,
    quantize,
    split,
    split_by_key,
    to_minor,
    unit,
)


@pytest.mark.parametrize(
    ("currency", "places"),
    [
        ("IRR", 0),
        ("AED", 2),
        ("USD", 2),
        ("KWD", 3),
        ("BHD", 3),
        ("OMR", 3),
        ("IQD", 3),
        ("JPY", 0),
        ("XAF", 0),
    ],
)
def test_exponents(currency: str, places: int) -> None:
    assert exponent(currency) == places
    assert unit(places) == Decimal(1).scaleb(-places)


@pytest.mark.parametrize("currency", ["", "usd", "ZZZ", "US", "\u200eUSD"])
def test_unknown_currencies(currency: str) -> None:
    with pytest.raises(InputError) as caught:
        Money(Decimal(1), currency)
    assert caught.value.code == "unknown_currency"


def test_a_hundred_thousand_random_splits() -> None:
    """Exact sum, each part less than one unit off its share, the same parts in any order."""
    draw = random.Random(20130501)
    for round_number in range(100_000):
        places = (0, 2, 3)[round_number % 3]
        units = draw.randrange(-(10 ** draw.randrange(1, 17)), 10 ** draw.randrange(1, 17))
        weights = [draw.randrange(0, 10 ** draw.randrange(1, 7)) for _ in range(draw.randrange(1, 7))]
        weights[0] += 1
        amount = Decimal(units).scaleb(-places)
        parts = split(amount, weights, places)
        found = [int(part.scaleb(places)) for part in parts]
        total = sum(weights)
        assert sum(found) == units
        assert all(
            abs(part * total - units * weight) < total for part, weight in zip(found, weights, strict=True)
        )
        shuffled = weights[:]
        draw.shuffle(shuffled)
        again = split(amount, shuffled, places)
        assert Counter(zip(weights, parts, strict=True)) == Counter(zip(shuffled, again, strict=True))


@given(
    st.integers(-(10**18), 10**18),
    st.dictionaries(st.text(max_size=3), st.decimals(0, 1000, places=4), min_size=1, max_size=6),
    st.sampled_from([0, 2, 3]),
    st.randoms(),
)
def test_named_parts_do_not_depend_on_the_order(
    units: int, weights: dict[str, Decimal], places: int, draw: random.Random
) -> None:
    weights["always"] = Decimal(1)
    items = list(weights.items())
    draw.shuffle(items)
    amount = Decimal(units).scaleb(-places)
    parts = split_by_key(amount, weights, places)
    assert parts == split_by_key(amount, dict(items), places)
    assert sum(parts.values()) == amount
    assert list(parts) == list(weights)


def test_known_splits() -> None:
    assert split(Decimal(100), [1, 1, 1], 2) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert split(Decimal(-100), [1, 1, 1], 0) == [-34, -33, -33]
    assert split(Decimal("0.05"), [Decimal("0.7"), Decimal("0.3")], 2) == [Decimal("0.04"), Decimal("0.01")]
    assert split(Decimal(10), [0, 5], 0) == [0, 10]
    assert split_by_key(Decimal(1), {"b": 1, "a": 1}, 0) == {"b": 0, "a": 1}


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_can_not_share(weights: list[Decimal | int]) -> None:
    with pytest.raises(InputError) as caught:
        split(Decimal(1), weights, 0)
    assert caught.value.code == "invalid_weights"


def test_an_amount_finer_than_its_unit() -> None:
    for attempt in (lambda: split(Decimal("0.001"), [1], 2), lambda: to_minor(Decimal("0.5"), "IRR")):
        with pytest.raises(InputError) as caught:
            attempt()
        assert caught.value.code == "not_in_units"


@given(st.integers(-(10**20), 10**20), st.sampled_from(["IRR", "AED", "KWD"]))
def test_minor_units_come_back(units: int, currency: str) -> None:
    assert to_minor(from_minor(units, currency), currency) == units
    assert Money.of_minor(units, currency).minor == units


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("half_up", ("0.13", "-0.13", "0.12")), ("half_even", ("0.12", "-0.12", "0.12")),
        ("half_down", ("0.12", "-0.12", "0.12")), ("down", ("0.12", "-0.12", "0.12")),
        ("up", ("0.13", "-0.13", "0.13")), ("floor", ("0.12", "-0.13", "0.12")), ("ceiling", ("0.13", "-0.12", "0.13")),
    ],
)  # fmt: skip
def test_rounding_rules(rule: str, expected: tuple[str, str, str]) -> None:
    amounts = (Decimal("0.125"), Decimal("-0.125"), Decimal("0.124"))
    assert tuple(str(quantize(amount, "AED", rule)) for amount in amounts) == expected  # type: ignore[arg-type]
    assert rule in RULES


def test_rounding_keeps_big_amounts_exact() -> None:
    assert (
        quantize(Decimal("123456789012345678901234567890.5"), "IRR", "half_up")
        == 123456789012345678901234567891
    )


def test_arithmetic() -> None:
    one, two = Money(Decimal("1.10"), "AED"), Money(Decimal("2.25"), "AED")
    assert one + two == Money(Decimal("3.35"), "AED")
    assert two - one == Money(Decimal("1.15"), "AED")
    assert one * 3 == 3 * one == Money(Decimal("3.30"), "AED")
    assert -one < abs(-one) <= one < two > one >= one
    assert Money.total([one, two, one], "AED").amount == Decimal("4.45")
    assert not Money.zero("AED")
    assert str(-Money.zero("AED")) == "AED 0.00"
    assert (two * Decimal("0.333")).rounded("half_up") == Money(Decimal("0.75"), "AED")
    assert sum(part.amount for part in two.split([1, 1])) == two.amount


def test_amounts_past_ten_to_the_fifteenth() -> None:
    big = Money(Decimal("9007199254740993"), "IRR")
    assert (big + Money(Decimal(1), "IRR")).minor == 9007199254740994
    with pytest.raises(Inexact):
        Money(Decimal(10**59), "IRR") + Money(Decimal("0.01"), "IRR")


def test_currencies_never_mix() -> None:
    dirham, rial = Money(Decimal(1), "AED"), Money(Decimal(1), "IRR")
    assert dirham != rial
    for attempt in (
        lambda: dirham + rial,
        lambda: dirham - rial,
        lambda: dirham < rial,
        lambda: dirham >= rial,
        lambda: Money.total([dirham, rial], "AED"),
    ):
        with pytest.raises(MixedCurrencies):
            attempt()


def test_no_floats() -> None:
    for attempt in (
        lambda: Money(1.5, "AED"),  # type: ignore[arg-type]
        lambda: Money(Decimal(1), "AED") * 1.5,  # type: ignore[operator]
        lambda: Money(Decimal(1), "AED") * True,
        lambda: Money(Decimal(1), "AED") + 1,  # type: ignore[operator]
    ):
        with pytest.raises(TypeError):
            attempt()


@pytest.mark.parametrize(
    ("amount", "places", "text"),
    [
        ("1E+3", 0, "1000"), ("1.500", 0, "1.5"), ("1.5", 2, "1.50"), ("1.2345", 2, "1.2345"), ("-0.00", 2, "0.00"),
        ("1E-7", 0, "0.0000001"), ("-12", 3, "-12.000"),
    ],
)  # fmt: skip
def test_plain(amount: str, places: int, text: str) -> None:
    assert plain(Decimal(amount), places) == text


def test_json() -> None:
    assert Money(Decimal("12.3"), "USD").as_json() == {"amount": "12.30", "currency": "USD"}
