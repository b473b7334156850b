"""Schemes that meet on the same base: who pays how much beside whom. Pure; the priority alone decides the order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from incentives.enums import StackPolicy

K = TypeVar("K")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Entry(Generic[K]):
    """One scheme on one base. ``earns(taken)`` is what it gives where ``taken`` was taken off its base before.

    ``priority`` is unique among those that meet, the lowest first. ``counts``: what it gives is taken off the base of
    later ones that are net of previous.
    """

    key: K
    priority: int
    policy: str
    counts: bool
    earns: Callable[[Decimal], Decimal]


@dataclass(frozen=True, slots=True)
class Stacked(Generic[K]):
    """What became of an entry: ``amount`` beside the others, ``alone`` without them, ``taken`` off its base.

    ``reason``: empty, ``net`` (the base was less), ``beaten`` or ``excluded``; the last two by the entry ``by``.
    """

    key: K
    amount: Decimal
    alone: Decimal
    taken: Decimal = ZERO
    reason: str = ""
    by: K | None = None


def stack(entries: Iterable[Entry[K]]) -> list[Stacked[K]]:
    """What each entry gives, in the order of priorities.

    An exclusive one that gives anything stands alone (the first of several). Of those that are best-of only the
    dearest pays (of equal ones the first).
    """
    ordered = sorted(entries, key=lambda entry: entry.priority)
    alone = [entry.earns(ZERO) for entry in ordered]
    exclusive = _first(ordered, alone, StackPolicy.EXCLUSIVE)
    best = _best(ordered, alone)
    taken, found = ZERO, list[Stacked[K]]()
    for at, entry in enumerate(ordered):
        if exclusive is not None and at != exclusive:
            found.append(Stacked(entry.key, ZERO, alone[at], ZERO, "excluded", ordered[exclusive].key))
            continue
        if entry.policy == StackPolicy.BEST_OF and best is not None and at != best:
            found.append(Stacked(entry.key, ZERO, alone[at], ZERO, "beaten", ordered[best].key))
            continue
        net = entry.policy == StackPolicy.NET and taken != ZERO
        amount = entry.earns(taken) if net else alone[at]
        found.append(Stacked(entry.key, amount, alone[at], taken if net else ZERO, "net" if net else ""))
        taken += amount if entry.counts else ZERO
    return found


def _first(ordered: list[Entry[K]], alone: list[Decimal], policy: str) -> int | None:
    at = (i for i, entry in enumerate(ordered) if entry.policy == policy and alone[i] > ZERO)
    return next(at, None)


def _best(ordered: list[Entry[K]], alone: list[Decimal]) -> int | None:
    members = [i for i, entry in enumerate(ordered) if entry.policy == StackPolicy.BEST_OF]
    return max(members, key=lambda i: (alone[i], -i), default=None)
