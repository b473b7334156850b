"""The closed tree of a formula. Nodes compare by identity; `start` and `end` are offsets in the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Number(Node):
    """`unit` is number, percent (value already divided by 100) or money."""

    value: Decimal
    unit: str = "number"
    currency: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Text(Node):
    value: str


@dataclass(frozen=True, slots=True, eq=False)
class Boolean(Node):
    value: bool


@dataclass(frozen=True, slots=True, eq=False)
class Date(Node):
    value: date


@dataclass(frozen=True, slots=True, eq=False)
class Infinity(Node):
    """`-inf`, the start of a first band."""


@dataclass(frozen=True, slots=True, eq=False)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Unary(Node):
    """`operator` is `-` or `not`."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class Binary(Node):
    """`operator` is one of `+ - * / = != < <= > >= and or`."""

    operator: str
    left: Node
    right: Node
    operator_start: int


@dataclass(frozen=True, slots=True, eq=False)
class Row(Node):
    """One row of a table; `key` is None for else."""

    key: Node | None
    value: Node


@dataclass(frozen=True, slots=True, eq=False)
class Table(Node):
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """`name_end` is where the function's name ends."""

    name: str
    arguments: tuple[Node, ...]
    name_end: int


@dataclass(frozen=True, slots=True, eq=False)
class Let(Node):
    name: str
    value: Node


@dataclass(frozen=True, slots=True, eq=False)
class Component(Node):
    """`label` is empty when the component has none."""

    label: str
    value: Node


@dataclass(frozen=True, slots=True, eq=False)
class Script(Node):
    items: tuple[Let | Component, ...]


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Row(key=key, value=value):
            return (value,) if key is None else (key, value)
        case Table(rows=rows):
            return rows
        case Call(arguments=arguments):
            return arguments
        case Let(value=value) | Component(value=value):
            return (value,)
        case Script(items=items):
            return items
    return ()


def walk(node: Node) -> Iterator[tuple[Node, int]]:
    """Each node with its depth, parents first. Iterative: it also measures trees too deep to recurse into."""
    waiting = [(node, 0)]
    while waiting:
        current, depth = waiting.pop()
        yield current, depth
        waiting.extend((child, depth + 1) for child in reversed(children(current)))


def bare_number(node: Node) -> Decimal | None:
    """The value of a literal without unit (`500m`, `-3`), which may take the type of its surroundings."""
    if isinstance(node, Unary) and node.operator == "-":
        inner = bare_number(node.operand)
        return None if inner is None else -inner
    return node.value if isinstance(node, Number) and node.unit == "number" else None


def literal_value(node: Node) -> Decimal | None:
    """The value of a number, percentage or amount written in the source."""
    if isinstance(node, Unary) and node.operator == "-":
        inner = literal_value(node.operand)
        return None if inner is None else -inner
    return node.value if isinstance(node, Number) else None
