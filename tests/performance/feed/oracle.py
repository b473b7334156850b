"""The feed once more, in plain Python and one line after the other: what the set-wise SQL must agree with."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

D = Decimal
Content = dict[str, Any]
#: One credit that counts now: (reference, partner, sign, amount, quantity)
Row = tuple[str, str, int, Decimal, Decimal]


@dataclass
class Feed:
    """``current``: the credits of each line's newest revision. ``waiting``: newest versions that miss something."""

    partners: set[str]
    current: dict[str, list[Row]] = field(default_factory=dict)
    content: dict[str, Content] = field(default_factory=dict)
    whole: dict[str, Decimal] = field(default_factory=dict)
    shares: dict[str, list[Decimal]] = field(default_factory=dict)
    waiting: dict[str, Content] = field(default_factory=dict)

    def send(self, line: Content) -> str:
        ref = line["external_id"]
        newest = self.waiting.get(ref, self.content.get(ref))
        if newest == line:
            return "duplicate"
        if self.content.get(ref) == line:
            del self.waiting[ref]
            return "duplicate"
        return self._take(line)

    def _take(self, line: Content) -> str:
        ref = line["external_id"]
        rows = self._credits(line)
        if rows is None:
            self.waiting[ref] = line
            return "unresolved"
        self.waiting.pop(ref, None)
        state = "revised" if ref in self.content else "accepted"
        self.current[ref], self.content[ref] = rows, line
        for other in [name for name, kept in self.waiting.items() if kept.get("reverses") == ref]:
            if other in self.waiting:
                self._take(self.waiting[other])
        return state

    def learn(self, partner: str) -> None:
        self.partners.add(partner)
        for line in list(self.waiting.values()):
            if partner in named(line) and self.waiting.get(line["external_id"]) == line:
                self._take(line)

    def _credits(self, line: Content) -> list[Row] | None:
        if "reverses" in line:
            return self._taken_back(line)
        if not named(line) <= self.partners:
            return None
        credits = line.get("credits") or [{"partner": line["partner"], "share": "1"}]
        amount, ref = D(line["amount"]), line["external_id"]
        self.whole[ref], self.shares[ref] = amount, [D(credit["share"]) for credit in credits]
        quantity = D(line.get("quantity", "1"))
        return [(ref, c["partner"], 1, amount * D(c["share"]), quantity * D(c["share"])) for c in credits]

    def _taken_back(self, line: Content) -> list[Row] | None:
        ref, original = line["external_id"], line["reverses"]
        if original not in self.current:
            return None
        old, whole = self.current[original], self.whole[original]
        self.shares[ref] = self.shares[original]
        own = D(line["amount"]) if "amount" in line else None
        if own is None or abs(own) == abs(whole):
            self.whole[ref] = -whole
            return [(ref, partner, -sign, -amount, -quantity) for _, partner, sign, amount, quantity in old]
        part = -abs(own) if whole >= 0 else abs(own)
        self.whole[ref] = part
        return [
            (ref, row[1], 0, part * share, D(0)) for row, share in zip(old, self.shares[ref], strict=True)
        ]

    def totals(self) -> dict[str, tuple[int, Decimal, Decimal]]:
        """Per partner: count, amount, quantity."""
        out: dict[str, tuple[int, Decimal, Decimal]] = {}
        for rows in self.current.values():
            for _, partner, sign, amount, quantity in rows:
                before = out.get(partner, (0, D(0), D(0)))
                out[partner] = (before[0] + sign, before[1] + amount, before[2] + quantity)
        return out


def named(line: Content) -> set[str]:
    """The partners that a line names."""
    if "reverses" in line:
        return set()
    return {credit["partner"] for credit in line.get("credits", [])} or {line["partner"]}
