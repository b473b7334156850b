"""Whom a lead goes to when several partners may have it. Pure and exact: the same candidates and seed give the same choice.

weight = tier priority x past conversion x responsiveness x fairness, the highest counts. Since every lead makes the next one
less likely (fairness is 1 / (1 + recent leads)), many leads spread in proportion to the rest of the weight. Who has no history
yet is taken for average in conversion and for prompt.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True)
class Candidate:
    """A partner that may have the lead, with all that its weight is made of.

    ``priority``: what its tier gives, in per cent on top; ``converted`` of ``closed`` leads became deals; ``answered`` and
    ``missed`` offers; ``recent``: leads offered lately.
    """

    partner: int
    priority: int = 0
    converted: int = 0
    closed: int = 0
    answered: int = 0
    missed: int = 0
    recent: int = 0

    @property
    def weight(self) -> Fraction:
        tier = Fraction(100 + self.priority, 100)
        return tier * self.conversion * self.responsiveness * self.fairness

    @property
    def conversion(self) -> Fraction:
        return Fraction(self.converted + 1, self.closed + 2)

    @property
    def responsiveness(self) -> Fraction:
        return Fraction(self.answered + 1, self.answered + self.missed + 1)

    @property
    def fairness(self) -> Fraction:
        return Fraction(1, 1 + self.recent)

    def as_dict(self) -> dict[str, Any]:
        """As the decision is kept, with the weight written for people."""
        return {**asdict(self), "weight": f"{float(self.weight):.6f}"}


def candidate_of(kept: Mapping[str, Any]) -> Candidate:
    """A candidate of a decision that was kept."""
    return Candidate(**{name: value for name, value in kept.items() if name != "weight"})


def choose(candidates: Iterable[Candidate], seed: str) -> Candidate | None:
    """The candidate of the highest weight; of equal ones the draw that ``seed`` stands for."""
    ordered = sorted(candidates, key=lambda each: each.partner)
    if not ordered:
        return None
    highest = max(each.weight for each in ordered)
    equal = [each for each in ordered if each.weight == highest]
    # Not random.choice: what it draws may change with the version of Python, and decisions are kept for years.
    return equal[int.from_bytes(sha256(seed.encode()).digest()) % len(equal)]


def with_one_more(candidate: Candidate) -> Candidate:
    """As it stands after it was offered another lead."""
    return replace(candidate, recent=candidate.recent + 1)
