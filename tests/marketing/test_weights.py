"""Whom a lead goes to, against an independent reckoning: the highest weight, draws that stay, and how many leads spread."""

import json
from collections import Counter
from decimal import Decimal, localcontext
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from marketing.leads.weights import Candidate, candidate_of, choose, with_one_more

counts = st.integers(0, 40)
candidates = st.lists(
    st.builds(
        Candidate,
        partner=st.integers(1, 10_000),
        priority=st.sampled_from([0, 20, 50, 100]),
        converted=st.integers(0, 10),
        closed=st.integers(10, 40),
        answered=counts,
        missed=counts,
        recent=counts,
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda each: each.partner,
)


def reckoned(each: Candidate) -> Decimal:
    """The weight as workflows.md has it, in long decimals instead of fractions."""
    with localcontext() as context:
        context.prec = 60
        tier = 1 + Decimal(each.priority) / 100
        conversion = Decimal(each.converted + 1) / (each.closed + 2)
        response = Decimal(each.answered + 1) / (each.answered + each.missed + 1)
        return (tier * conversion * response / (each.recent + 1)).quantize(Decimal(10) ** -40)


@given(candidates, st.text(max_size=20))
def test_nobody_weighs_more_than_the_chosen_one(field: list[Candidate], seed: str) -> None:
    chosen = choose(field, seed)
    assert chosen is not None
    assert reckoned(chosen) == max(map(reckoned, field))


@given(candidates, st.text(max_size=20), st.randoms())
def test_a_kept_decision_gives_the_same_choice(field: list[Candidate], seed: str, rng: Any) -> None:
    """As JSON and back, in any order."""
    kept = json.loads(json.dumps([each.as_dict() for each in field]))
    rng.shuffle(kept)
    assert choose(map(candidate_of, kept), seed) == choose(field, seed)


def test_equal_ones_are_drawn_and_each_may_win() -> None:
    field = [Candidate(pk) for pk in (3, 1, 2)]
    drawn = Counter(choose(field, f"seed {number}") for number in range(600))
    assert {each.partner for each in drawn if each} == {1, 2, 3}
    assert min(drawn.values()) > 150


def test_nobody_to_choose() -> None:
    assert choose([], "x") is None


@given(candidates, st.integers(1, 60))
def test_who_has_a_lead_more_weighs_less(field: list[Candidate], _number: int) -> None:
    for each in field:
        assert with_one_more(each).weight < each.weight


def test_a_thousand_leads_spread_by_weight() -> None:
    """Against the method of highest averages written down in another way: seats by the sorted list of quotients."""
    field = [
        Candidate(1, priority=100, converted=9, closed=18),
        Candidate(2, priority=50, converted=9, closed=18),
        Candidate(3, priority=0, converted=9, closed=18),
        Candidate(4, priority=0, converted=1, closed=18, answered=3, missed=4),
        Candidate(5, priority=20, converted=18, closed=18, answered=9, missed=1),
    ]
    base = {each.partner: each.weight for each in field}
    quotients = sorted(
        ((weight / number, partner) for partner, weight in base.items() for number in range(1, 1001)),
        reverse=True,
    )
    expected = Counter(partner for _quotient, partner in quotients[:1000])
    got: Counter[int] = Counter()
    now = {each.partner: each for each in field}
    for number in range(1000):
        chosen = choose(now.values(), f"lead {number}")
        assert chosen is not None
        got[chosen.partner] += 1
        now[chosen.partner] = with_one_more(chosen)
    # Where the last places are equal the draw decides.
    assert all(abs(got[partner] - expected[partner]) <= 1 for partner in base)
    whole = sum(base.values())
    for partner, weight in base.items():
        assert abs(got[partner] - 1000 * weight / whole) <= len(field)
