"""Which of several schemes pays how much: by priority alone, whatever the order in which they came."""

from decimal import Decimal
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incentives.enums import StackPolicy
from incentives.stacking import Entry, Stacked, stack

LINE = Decimal(1000)
#: Rate and policy of the four of the design: D2 is additive, D3 and D4 are net of what came before.
RATES = {1: ("0.10", "additive"), 2: ("0.15", "additive"), 3: ("0.20", "net"), 4: ("0.25", "net")}


def entry(key: int, priority: int, rate: str, policy: str, counts: bool = True) -> Entry[int]:
    return Entry(key, priority, policy, counts, lambda taken: (LINE - taken) * Decimal(rate))


def four(order: tuple[int, ...]) -> list[Entry[int]]:
    return [entry(key, at, *RATES[key], counts=key != 2) for at, key in enumerate(order, 1)]


def total(stacked: list[Stacked[int]]) -> Decimal:
    return sum((each.amount for each in stacked), Decimal(0))


@pytest.mark.parametrize(
    ("order", "expected"),
    [((1, 2, 3, 4), 610), ((4, 3, 2, 1), 650), ((3, 2, 1, 4), 625), ((2, 4, 1, 3), 630)],
)
def test_the_four_orders_of_the_design(order: tuple[int, ...], expected: int) -> None:
    entries = four(order)
    for shuffled in permutations(entries):
        assert total(stack(shuffled)) == expected


def test_each_line_says_what_was_taken_off_its_base() -> None:
    found = {each.key: each for each in stack(four((1, 2, 3, 4)))}
    third = found[3]
    assert [third.amount, third.alone, third.taken] == [180, 200, 100]
    assert third.reason == "net"
    assert [found[4].amount, found[4].taken] == [180, 280]
    assert found[2].reason == ""


def test_of_best_of_the_dearest_pays_and_the_first_of_equal_ones() -> None:
    entries = [
        entry(1, 1, "0.10", "best_of"),
        entry(2, 2, "0.30", "best_of"),
        entry(3, 3, "0.30", "best_of"),
        entry(4, 4, "0.10", "net"),
    ]
    found = {each.key: each for each in stack(entries)}
    assert [found[key].amount for key in (1, 2, 3, 4)] == [0, 300, 0, 70]
    assert (found[1].reason, found[1].by, found[3].by) == ("beaten", 2, 2)


def test_an_exclusive_one_stands_alone_unless_it_gives_nothing() -> None:
    entries = [entry(1, 1, "0.50", "additive"), entry(2, 2, "0.05", "exclusive")]
    found = {each.key: each for each in stack(entries)}
    assert (found[1].reason, found[1].by) == ("excluded", 2)
    assert [found[1].amount, found[2].amount] == [0, 50]
    entries[1] = entry(2, 2, "0", "exclusive")
    assert total(stack(entries)) == 500


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from(StackPolicy.values), st.booleans()),
        min_size=1,
        max_size=7,
    ),
    st.integers(0, 10_000),
)
def test_the_order_of_arrival_never_matters(rules: list[tuple[int, str, bool]], seed: int) -> None:
    entries = [
        entry(key, key, f"0.{rate:02d}", policy, counts) for key, (rate, policy, counts) in enumerate(rules)
    ]
    shuffled = list(entries)
    Random(seed).shuffle(shuffled)
    assert stack(entries) == stack(shuffled)
