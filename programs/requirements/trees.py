"""Requirements as plain values: the tree of each tier, and the threshold that counts for a partner. No database."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from programs.enums import GROUPS, Asks


@dataclass(frozen=True, slots=True)
class Threshold:
    """A row of the role × layer matrix; an empty text asks nothing."""

    role: str
    layer: str
    value: Decimal

    @property
    def rank(self) -> int:
        """How specific the row is: role and layer, role, layer, neither."""
        return 2 * bool(self.role) + bool(self.layer)

    def fits(self, roles: Collection[str], layers: Collection[str]) -> bool:
        return (not self.role or self.role in roles) and (not self.layer or self.layer in layers)


@dataclass(frozen=True, slots=True)
class Leaf:
    """Asks for a number of something. ``thresholds`` holds the general one too."""

    id: int
    asks: str
    thresholds: tuple[Threshold, ...]
    kpi_id: int | None = None
    window: str = ""
    months: int | None = None
    certification_id: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """All of its parts, or one of them. A group without parts asks nothing."""

    id: int
    asks: str
    parts: tuple["Node", ...]


Node = Leaf | Group


@dataclass(frozen=True, slots=True)
class TierTree:
    """A tier with what it asks; ``demands`` where there is at least one leaf."""

    id: int
    rank: int
    root: Group

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        return tuple(leaves_of(self.root))

    @property
    def demands(self) -> bool:
        return bool(self.leaves)


def leaves_of(node: Node) -> Iterator[Leaf]:
    """From the top down, in the order of position."""
    if isinstance(node, Leaf):
        yield node
        return
    for part in node.parts:
        yield from leaves_of(part)


def is_met(node: Node, met: Callable[[Leaf], bool]) -> bool:
    """Whether a node is met when ``met`` says so of its leaves."""
    if isinstance(node, Leaf):
        return met(node)
    answers = (is_met(part, met) for part in node.parts)
    if node.asks == Asks.ALL or not node.parts:
        return all(answers)
    return any(answers)


def needed(leaf: Leaf, roles: Collection[str], layers: Collection[str]) -> Decimal:
    """The threshold for a partner: of the fitting rows the most specific, of equally specific ones the lowest."""
    fitting = [row for row in leaf.thresholds if row.fits(roles, layers)]
    return min(fitting, key=lambda row: (-row.rank, row.value)).value if fitting else Decimal(0)


@dataclass(frozen=True, slots=True)
class Row:
    """A stored node, as ``build`` wants it: in the order of position."""

    node: Leaf | Group
    parent_id: int | None


def build(tier_id: int, rank: int, rows: Sequence[Row]) -> TierTree:
    """The tree of a tier; the nodes without a parent must all be met."""
    below: dict[int | None, list[Row]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    return TierTree(tier_id, rank, Group(0, Asks.ALL, _parts(below, None)))


def _parts(below: Mapping[int | None, Sequence[Row]], parent_id: int | None) -> tuple[Node, ...]:
    return tuple(
        Group(row.node.id, row.node.asks, _parts(below, row.node.id)) if row.node.asks in GROUPS else row.node
        for row in below.get(parent_id, ())
    )
