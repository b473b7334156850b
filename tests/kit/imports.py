"""What importers report of a file, kept for a look."""

from dataclasses import dataclass, field

from performance.imports.master import Part


@dataclass
class Reported:
    """A ``report``: the parts, and the number of the line that each ended with."""

    parts: list[Part] = field(default_factory=list)
    lasts: list[int] = field(default_factory=list)

    def __call__(self, part: Part, last: int) -> None:
        self.parts.append(part)
        self.lasts.append(last)
