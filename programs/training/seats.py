"""One person counts in a limited number of requirements: who counts where.

It is chosen so that the requirements, in their order, are served as well as they can be: for each in turn a way is found
to give it one more person, moving others about where that helps, and never taking one away from a requirement that stands
before it. All of them are met whenever any way of counting would meet them all.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

#: However a certification is named: by its id, its code, or ``None`` for any.
Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class _Seats:
    """Who sits where: requirement index -> people, person -> requirement indexes."""

    wanted: Sequence[int]
    fitting: Sequence[frozenset[int]]
    limit: int
    seated: list[set[int]] = field(default_factory=list)
    places: dict[int, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.seated = [set() for _ in self.wanted]

    def seat(self, index: int) -> bool:
        """One more person for requirement ``index``; others may be moved, none of them to nowhere."""
        return self._reach(index, set())

    def _reach(self, index: int, tried: set[int]) -> bool:
        """``tried``: people whose seats were looked at already."""
        for person in sorted(self.fitting[index] - self.seated[index]):
            if person in tried:
                continue
            tried.add(person)
            if len(self.places.get(person, ())) < self.limit:
                self._sit(person, index)
                return True
            for other in sorted(self.places[person]):
                if other == index:
                    continue
                self._stand(person, other)
                self._sit(person, index)
                if self._reach(other, tried):
                    return True
                self._stand(person, index)
                self._sit(person, other)
        return False

    def _sit(self, person: int, index: int) -> None:
        self.seated[index].add(person)
        self.places.setdefault(person, set()).add(index)

    def _stand(self, person: int, index: int) -> None:
        self.seated[index].discard(person)
        self.places[person].discard(index)


def counted(held: Mapping[Key, Collection[int]], asked: Sequence[tuple[Key, int]], limit: int) -> list[int]:
    """How many people count for each of ``asked`` (certification, number needed), given who holds what.

    A requirement that is met shows everybody who holds the certificate.
    """
    fitting = [frozenset(held.get(certification, ())) for certification, _ in asked]
    if len(asked) <= limit:
        return [len(who) for who in fitting]
    seats = _Seats([number for _, number in asked], fitting, limit)
    for index, (_certification, number) in enumerate(asked):
        while len(seats.seated[index]) < number and seats.seat(index):
            continue
    full = [len(seats.seated[index]) >= number for index, (_, number) in enumerate(asked)]
    return [len(fitting[i]) if full[i] else len(seats.seated[i]) for i in range(len(asked))]
