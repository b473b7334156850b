"""What a run decided, expanded from its log only when somebody looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

from formula import nodes
from formula.closures import Event
from formula.compiler import threshold
from formula.nodes import Node
from formula.rounding import CONTEXT, ZERO
from formula.types import Type
from formula.values import Inputs, Value
from formula.writer import canonical

if TYPE_CHECKING:
    from formula.program import Program
    from formula.thresholds import NextThreshold

_OPERATIONS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}


@dataclass(frozen=True, slots=True)
class Slice:
    """One slice of `marginal`: `amount` of x lies in row `row` and earns `result`. None is an open end."""

    row: int
    lower: Decimal | None
    upper: Decimal | None
    amount: Decimal
    rate: Decimal
    result: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One decision or calculation, in the order in which it was made.

    `kind` is the function's name, or add, subtract, multiply, divide, compare. `operands` are the values that went in
    (x first; value and target, or value and previous, for attainment and growth; None is missing), `types` their types.
    `row` counts from 0, `lower` and `upper` are the limits of a band (None: open). `binding` is the argument that
    decided in min, max, clamp and if; marginal's `types` are those of x and of its rate. `earlier` is set on x * band(x, ...) above the first band: what the rise of the
    rate pays on everything below the band. `note` is no_target or no_previous.
    """

    kind: str
    start: int
    end: int
    text: str
    type: Type
    result: Value
    operands: tuple[Value | None, ...] = ()
    types: tuple[Type, ...] = ()
    row: int | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    slices: tuple[Slice, ...] = ()
    binding: int | None = None
    earlier: Decimal | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A component, or a `let` (kind "let", its label is the name), with the steps that led to its result."""

    kind: str
    label: str
    start: int
    end: int
    text: str
    type: Type
    result: Value
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Used:
    """One input; `kind` is value, target, previous or context; `value` is None where none was given."""

    kind: str
    name: str
    type: Type
    value: Value | None


class Trace:
    """The result of one run. How it came about is worked out on first use: a program gives the same again."""

    __slots__ = ("__dict__", "_amounts", "inputs", "program", "result")

    def __init__(self, program: Program, inputs: Inputs, result: Any, amounts: list[Any]) -> None:
        self.program = program
        self.inputs = inputs
        self.result = result
        self._amounts = amounts

    @property
    def components(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.kind == "component")

    @property
    def amounts(self) -> dict[str, Any]:
        """Each component's amount by its label (its source text where it has none)."""
        items = [item for item in self.program.script.items if isinstance(item, nodes.Component)]
        found: dict[str, Any] = {}
        for number, (item, amount) in enumerate(zip(items, self._amounts, strict=True), 1):
            label = item.label or self._text(item)
            found[f"{label} ({number})" if label in found else label] = amount
        return found

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        parts: list[Part] = []
        steps: list[Step] = []
        for event in self.program.evaluate(self.inputs)[1]:
            node = event[0]
            if isinstance(node, nodes.Component | nodes.Let):
                parts.append(self._part(node, event[1], steps))
                steps = []
            else:
                steps.append(self._step(event, steps))
        return tuple(parts)

    @cached_property
    def used(self) -> tuple[Used, ...]:
        given = self.inputs
        sources = {"value": given.values, "target": given.targets, "previous": given.previous}
        names = self.program.schema.names
        asked = sorted(self.program.requests) + [("context", name) for name in sorted(self.program.context)]
        return tuple(
            Used(kind, name, names[name].type, sources.get(kind, given.context).get(name))
            for kind, name in asked
        )

    @cached_property
    def next_thresholds(self) -> tuple[NextThreshold, ...]:
        return self.program.next_threshold(self.inputs)

    def as_json(self) -> dict[str, Any]:
        """Plain data for JSON: decimals, types and dates as strings."""
        return {
            "digest": self.program.digest,
            "type": str(self.program.type),
            "result": plain(self.result),
            "inputs": plain(self.used),
            "parts": plain(self.parts),
            "next_thresholds": plain(self.next_thresholds),
        }

    def _text(self, node: Node) -> str:
        return self.program.source[node.start : node.end]

    def _part(self, node: nodes.Component | nodes.Let, result: Value, steps: Iterable[Step]) -> Part:
        kind, label = ("let", node.name) if isinstance(node, nodes.Let) else ("component", node.label)
        type_ = self.program.types[node.value]
        return Part(kind, label, node.start, node.end, self._text(node.value), type_, result, tuple(steps))

    def _step(self, event: Event, before: list[Step]) -> Step:
        node, result, *details = event
        kind = node.name if isinstance(node, nodes.Call) else _OPERATIONS.get(node.operator, "compare")
        more = _DETAILS.get(kind, _operands)(self, node, details)
        if kind == "multiply":
            more["earlier"] = self._earlier(node, before)
        return Step(kind, node.start, node.end, self._text(node), self.program.types[node], result, **more)

    def _earlier(self, node: nodes.Binary, before: list[Step]) -> Decimal | None:
        """For x * band(x, ...): what lies below the band, paid at the difference to the rate of the band before."""
        for call, x in ((node.left, node.right), (node.right, node.left)):
            if not (isinstance(call, nodes.Call) and call.name == "band"):
                continue
            step = next((step for step in before if (step.start, step.end) == (call.start, call.end)), None)
            if step is None or not step.row or canonical(call.arguments[0]) != canonical(x):
                continue
            rows = cast(nodes.Table, call.arguments[1]).rows
            rate_before = nodes.literal_value(rows[step.row - 1].value)
            if rate_before is not None and step.lower is not None:
                rise = CONTEXT.subtract(cast(Decimal, step.result), rate_before)
                return CONTEXT.multiply(step.lower, rise)
        return None

    def _types(self, *arguments: Node) -> tuple[Type, ...]:
        return tuple(self.program.types[argument] for argument in arguments)


def _operands(trace: Trace, node: Node, details: list[Any]) -> dict[str, Any]:
    return {"operands": tuple(details), "types": trace._types(*nodes.children(node))}


def limits(table: Node, row: int) -> tuple[Decimal | None, Decimal | None]:
    """Where a band starts and ends; None where it is open: the first band downwards, the last one upwards."""
    rows = cast(nodes.Table, table).rows
    lower = threshold(rows[row]) if row else None
    return lower, threshold(rows[row + 1]) if row + 1 < len(rows) else None


def _band(trace: Trace, node: nodes.Call, details: list[Any]) -> dict[str, Any]:
    x, row = details
    lower, upper = limits(node.arguments[1], row)
    return {
        "operands": (x,),
        "types": trace._types(node.arguments[0]),
        "row": row,
        "lower": lower,
        "upper": upper,
    }


def _marginal(trace: Trace, node: nodes.Call, details: list[Any]) -> dict[str, Any]:
    x, row, rates = details
    starts = [ZERO, *(threshold(each) for each in cast(nodes.Table, node.arguments[1]).rows[1 : row + 1]), x]
    slices = tuple(
        Slice(place, *limits(node.arguments[1], place), amount, rate, CONTEXT.multiply(amount, rate))
        for place, ((start, end), rate) in enumerate(zip(pairwise(starts), rates, strict=False))
        for amount in [CONTEXT.subtract(end, start)]
    )
    rows = cast(nodes.Table, node.arguments[1]).rows
    types = trace._types(node.arguments[0], rows[row].value)
    return _band(trace, node, [x, row]) | {"slices": slices, "types": types}


def _by(trace: Trace, node: nodes.Call, details: list[Any]) -> dict[str, Any]:
    x, row = details
    return {"operands": (x,), "types": trace._types(node.arguments[0]), "row": row}


def _kpi(trace: Trace, node: nodes.Call, details: list[Any]) -> dict[str, Any]:
    against = details[-1]
    missing = against is None if node.name in {"target", "previous"} else not against or against < ZERO
    if node.name == "attainment":
        missing = not against
    note = ("no_target" if node.name in {"attainment", "target"} else "no_previous") if missing else None
    types = trace._types(node.arguments[0]) * len(details)
    return {"operands": tuple(details), "types": types, "note": note}


def _if(trace: Trace, node: nodes.Call, details: list[Any]) -> dict[str, Any]:
    return {
        "operands": tuple(details),
        "types": trace._types(node.arguments[0]),
        "binding": 1 if details[0] else 2,
    }


def _extreme(trace: Trace, node: nodes.Call, details: list[Any]) -> dict[str, Any]:
    (values,) = details
    result = {"min": min, "max": max}.get(node.name, lambda v: min(max(v[0], v[1]), v[2]))(values)
    return {
        "operands": tuple(values),
        "types": trace._types(*node.arguments),
        "binding": values.index(result),
    }


def _round_to(trace: Trace, node: nodes.Call, details: list[Any]) -> dict[str, Any]:
    types = trace._types(*node.arguments[:2])
    return {"operands": tuple(details), "types": (*types, Type("text"))}


_DETAILS: dict[str, Any] = {
    "band": _band,
    "marginal": _marginal,
    "by": _by,
    "if": _if,
    "min": _extreme,
    "max": _extreme,
    "clamp": _extreme,
    "round_to": _round_to,
    **dict.fromkeys(("attainment", "growth", "target", "previous"), _kpi),
}


def plain(value: Any) -> Any:
    """Dataclasses, decimals, types and dates to what JSON knows; decimals never in exponent notation."""
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if value is None or isinstance(value, bool | int | str):
        return value
    if hasattr(value, "__dataclass_fields__") and not isinstance(value, Type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    return str(value)
