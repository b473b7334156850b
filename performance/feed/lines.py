"""Lines on their way in: what a batch becomes, and the answer to whoever sent it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from common.errors import InputError

#: The columns of a staged row, in order; one row per credited partner of a line.
STAGED = (
    "line", "position", "source", "external_id", "digest", "kind", "occurred_at", "day", "collected_day",
    "product", "customer", "segment", "territory", "engagement_model", "quantity", "amount", "margin", "currency",
    "reverses", "attributes", "partner", "rep", "contribution", "share",
)  # fmt: skip
MAX_CREDITS = 20


@dataclass(frozen=True, slots=True)
class Rejection:
    """A line that cannot be taken as it was sent. ``index`` counts from 0 in its batch."""

    index: int
    error: InputError

    @property
    def code(self) -> str:
        return self.error.code

    @property
    def message(self) -> str:
        """The reason in the language that is active now, with the field to blame."""
        return f"{self.error.field}: {self.error.message}" if self.error.field else self.error.message


@dataclass(slots=True)
class Receipt:
    """What became of a batch; every line is in exactly one of the five."""

    accepted: int = 0
    duplicates: int = 0
    revised: int = 0
    unresolved: int = 0
    rejected: list[Rejection] = field(default_factory=list)

    def __iadd__(self, other: "Receipt") -> "Receipt":
        self.accepted += other.accepted
        self.duplicates += other.duplicates
        self.revised += other.revised
        self.unresolved += other.unresolved
        self.rejected += other.rejected
        return self


class StagedLine(NamedTuple):
    """A valid line. ``rows`` are its staged rows without the leading line number."""

    source: str
    external_id: str
    reverses: str
    digest: str
    rows: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.external_id

    @property
    def original(self) -> tuple[str, str] | None:
        """The key of the line that this one takes back."""
        return (self.source, self.reverses) if self.reverses else None


def rounds(lines: list[StagedLine]) -> Iterator[list[tuple[int, StagedLine]]]:
    """The lines in groups that can each be taken in one statement, with the same result as one by one.

    A statement sees what was there before it. So a line goes to a later round than an earlier version of itself, or than
    its original when that stands above it in the batch; and an original's new version never goes before a reversal
    that stands above it.
    """
    if len({line.key for line in lines}) == len(lines) and not any(line.reverses for line in lines):
        yield list(enumerate(lines))
        return
    written: dict[tuple[str, str], int] = {}
    read: dict[tuple[str, str], int] = {}
    found: list[list[tuple[int, StagedLine]]] = []
    for index, line in enumerate(lines):
        key, original = line.key, line.original
        level = max(written.get(key, -1) + 1, read.get(key, 0))
        if original is not None:
            level = max(level, written.get(original, -1) + 1)
            read[original] = max(level, read.get(original, 0))
        written[key] = level
        while len(found) <= level:
            found.append([])
        found[level].append((index, line))
    yield from found
