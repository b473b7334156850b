"""A ceiling: first come or shared, never more than there is, and back again when something is taken back."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incentives.budget import Claim, first_come, levels_passed, pro_rata


def claims(*wanted: str | int) -> list[Claim[int]]:
    return [Claim(at, (at,), Decimal(each)) for at, each in enumerate(wanted)]


def test_first_come_gets_all_the_last_one_the_rest() -> None:
    assert list(first_come(claims(40, 50, 30, 5), Decimal(100)).values()) == [40, 50, 10, 0]


def test_a_return_gives_back_what_its_sale_got() -> None:
    listed = [
        Claim(1, (1,), Decimal(80)),
        Claim(2, (2,), Decimal(40)),
        Claim(3, (3,), Decimal(40)),
        Claim(4, (4,), Decimal(-40), of=3),
        Claim(5, (5,), Decimal(-20), of=2),
        Claim(6, (6,), Decimal(30)),
    ]
    assert first_come(listed, Decimal(100)) == {1: 80, 2: 20, 3: 0, 4: 0, 5: -10, 6: 10}


def test_pro_rata_gives_everybody_the_same_share() -> None:
    assert list(pro_rata(claims(150, 50, 0), Decimal(100)).values()) == [75, 25, 0]
    assert list(pro_rata(claims(150, 50, -100), Decimal(100)).values()) == [150, 50, -100]
    assert list(pro_rata(claims(150, 150, -100), Decimal(100)).values()) == [100, 100, -100]


AMOUNTS = st.lists(st.decimals(0, 1000, places=4), min_size=1, max_size=12)


@given(AMOUNTS, st.decimals(0, 2000, places=2), st.integers(0, 10_000))
def test_never_more_than_there_is_in_any_order(
    wanted: Sequence[Decimal], ceiling: Decimal, seed: int
) -> None:
    listed = [Claim(at, (at,), each) for at, each in enumerate(wanted)]
    shuffled = list(listed)
    Random(seed).shuffle(shuffled)
    for split in (first_come, pro_rata):
        granted = split(listed, ceiling)
        assert granted == split(shuffled, ceiling)
        assert sum(granted.values()) <= ceiling
        assert all(0 <= granted[claim.key] <= claim.wanted for claim in listed)
    if sum(wanted) >= ceiling:
        assert sum(first_come(listed, ceiling).values()) == ceiling


@given(AMOUNTS, st.decimals(0, 500, places=2))
def test_taking_everything_back_leaves_nothing(wanted: Sequence[Decimal], ceiling: Decimal) -> None:
    listed = [Claim(at, (at,), each) for at, each in enumerate(wanted)]
    n = len(wanted)
    back = [Claim(n + at, (n + at,), -each, of=at) for at, each in enumerate(wanted) if each]
    assert sum(first_come([*listed, *back], ceiling).values()) == 0


@pytest.mark.parametrize(
    ("used", "level"), [("79.99", 0), ("80", 80), ("94.99", 80), ("95", 95), ("200", 95)]
)
def test_levels(used: str, level: int) -> None:
    assert levels_passed(Decimal(used), Decimal(100), [80, 95]) == level
