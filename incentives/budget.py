"""A ceiling over what a version owes: who still gets how much. Pure; what came in first counts, not what was counted first."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Context, Decimal
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
ZERO = Decimal(0)
_PLACES = Decimal(1).scaleb(-12)
_WIDE = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Claim(Generic[K]):
    """Something that wants ``wanted`` of the budget at its place in ``order`` (moment, then id).

    What takes an earlier claim back has a negative ``wanted`` and names it as ``of``.
    """

    key: K
    order: tuple[Any, ...]
    wanted: Decimal
    of: K | None = None


def first_come(claims: Iterable[Claim[K]], ceiling: Decimal) -> dict[K, Decimal]:
    """What each claim gets: all it wants while there is budget, the last one the rest, later ones nothing.

    A claim that takes back gives back as much of the budget as the other got of it, which later claims may use.
    """
    left, granted, by_key = ceiling, dict[K, Decimal](), dict[K, Claim[K]]()
    for claim in sorted(claims, key=lambda claim: claim.order):
        by_key[claim.key] = claim
        amount = min(claim.wanted, max(left, ZERO)) if claim.wanted >= ZERO else _back(claim, by_key, granted)
        granted[claim.key] = amount
        left -= amount
    return granted


def _back(claim: Claim[K], by_key: Mapping[K, Claim[K]], granted: Mapping[K, Decimal]) -> Decimal:
    origin = by_key.get(claim.of) if claim.of is not None else None
    if origin is None or origin.wanted <= ZERO or granted[origin.key] == origin.wanted:
        return claim.wanted
    part = _WIDE.divide(_WIDE.multiply(claim.wanted, granted[origin.key]), origin.wanted)
    return part.quantize(_PLACES, ROUND_DOWN)


def pro_rata(claims: Iterable[Claim[K]], ceiling: Decimal) -> dict[K, Decimal]:
    """What each claim gets when all get the same share of what they want; what takes back does so in full."""
    listed = list(claims)
    wanted = sum((claim.wanted for claim in listed), ZERO)
    if wanted <= ceiling:
        return {claim.key: claim.wanted for claim in listed}
    positive = sum((claim.wanted for claim in listed if claim.wanted > ZERO), ZERO)
    room = max(ceiling - (wanted - positive), ZERO)

    def share(amount: Decimal) -> Decimal:
        exact = _WIDE.divide(_WIDE.multiply(amount, room), positive)
        return exact.quantize(_PLACES, ROUND_DOWN)

    return {claim.key: share(claim.wanted) if claim.wanted > ZERO else claim.wanted for claim in listed}


def levels_passed(used: Decimal, ceiling: Decimal, levels: Iterable[int]) -> int:
    """The highest warning level (in percent of the ceiling) that is reached; 0 for none."""
    return max((level for level in levels if used * 100 >= ceiling * level), default=0)
