"""Trees back to text: a canonical form for digests, and the source that a form writes for a rate table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from formula import nodes
from formula.nodes import Node
from formula.rounding import CONTEXT

MODES = ("marginal", "all_units", "rolling", "total")


def canonical(node: Node) -> str:
    """One text for all ways of writing the same tree: blanks, digits, brackets and comments do not matter."""
    match node:
        case nodes.Number(value=value, unit=unit, currency=currency):
            return f"({unit}{currency} {value.normalize(CONTEXT):f})"
        case nodes.Text(value=value):
            return _quoted(value)
        case nodes.Boolean(value=value):
            return "true" if value else "false"
        case nodes.Date(value=value):
            return value.isoformat()
        case nodes.Name(name=name):
            return f"`{name}`"
        case nodes.Infinity():
            return "-inf"
        case nodes.Unary(operator=operator, operand=operand):
            return f"({operator} {canonical(operand)})"
        case nodes.Binary(operator=operator, left=left, right=right):
            return f"({operator} {canonical(left)} {canonical(right)})"
        case nodes.Call(name=name):
            return _list(f"call {name}", node)
        case nodes.Table():
            return _list("table", node)
        case nodes.Row(key=key):
            return _list("row" if key is not None else "else", node)
        case nodes.Let(name=name):
            return _list(f"let `{name}`", node)
        case nodes.Component(label=label):
            return _list(f"component {_quoted(label)}", node)
    return _list("script", node)


def _list(head: str, node: Node) -> str:
    return f"({' '.join([head, *map(canonical, nodes.children(node))])})"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def table_source(
    mode: str, x: str, rows: Sequence[tuple[Decimal, Decimal]], currency: str, *, per_unit: bool = False
) -> str:
    """The formula for a rate table of a form, for each of the four threshold modes.

    `rows` are (threshold, rate), rate 0.1 for 10 %; the first threshold is 0. `x` is the source of a money amount.
    marginal: each slice at its rate. all_units: everything at the reached rate. rolling: the slices below at their own
    rates and everything at the reached one. total: everything at each reached rate. With `per_unit` x is a count and
    a rate is an amount of `currency` for each. Raises ValueError.
    """
    if mode not in MODES or not rows:
        raise ValueError(f"no such threshold mode, or no rows: {mode!r}")

    def written_rate(rate: Decimal) -> str:
        return f"{currency} {rate.normalize(CONTEXT):f}" if per_unit else _percent(rate)

    if mode in {"marginal", "all_units"}:
        table = _table([(start, written_rate(rate)) for start, rate in rows])
        return f"marginal({x}, {table})" if mode == "marginal" else f"{x} * band({x}, {table})"
    below = Decimal(0)
    written: list[tuple[Decimal, str]] = []
    for index, (start, rate) in enumerate(rows):
        if mode == "total":
            below += rate
            written.append((start, written_rate(below)))
            continue
        if index:
            before, rate_before = rows[index - 1]
            below += (start - before) * rate_before
        fixed = f"{currency} {below.normalize(CONTEXT):f} + " if below else ""
        written.append((start, f"{fixed}{x} * {written_rate(rate)}"))
    table = _table(written)
    return f"{x} * band({x}, {table})" if mode == "total" else f"band({x}, {table})"


def _table(rows: Sequence[tuple[Decimal, str]]) -> str:
    return "[" + ", ".join(f"{start.normalize(CONTEXT):f} -> {value}" for start, value in rows) + "]"


def _percent(rate: Decimal) -> str:
    return f"{rate.scaleb(2).normalize(CONTEXT):f}%"
