"""The next threshold of each band: how far it is, and what reaching it would pay, worked out by the paying program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from formula import nodes
from formula.closures import Event
from formula.errors import FormulaRuntimeError
from formula.nodes import Node
from formula.rounding import CONTEXT
from formula.trace import limits
from formula.types import COUNT, Type
from formula.values import Inputs

if TYPE_CHECKING:
    from formula.program import Program

_DECIMALS = 6
MAX_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class NextThreshold:
    """One threshold that is not reached yet.

    `kind` is band, marginal or condition (a comparison with >=). `name` is the KPI (or field of a transaction) that has
    to rise from `value` by `distance` to `needed`. `current` and `threshold` are in the unit of what the table looks at
    (`type`): 92 % and 100 % for an attainment. `rate_now` and `rate_then` are the rows' values, None for conditions.
    `gain` is the change of the whole result if the name were exactly at `needed` and nothing else changed.
    """

    kind: str
    component: str
    start: int
    end: int
    name: str
    type: Type
    current: Decimal
    threshold: Decimal
    value: Decimal
    needed: Decimal
    distance: Decimal
    rate_now: Decimal | None
    rate_then: Decimal | None
    gain: Decimal


@dataclass(frozen=True, slots=True)
class Linear:
    """constant + sum of factor * name, exactly."""

    constant: Fraction
    factors: Mapping[str, Fraction]

    def plus(self, other: Linear, sign: int = 1) -> Linear:
        names = self.factors.keys() | other.factors.keys()
        factors = {
            name: self.factors.get(name, 0) + sign * other.factors.get(name, Fraction()) for name in names
        }
        return Linear(self.constant + sign * other.constant, factors)

    def times(self, number: Fraction) -> Linear:
        return Linear(
            self.constant * number, {name: factor * number for name, factor in self.factors.items()}
        )


@dataclass(frozen=True, slots=True)
class _Open:
    """A threshold above the present value of `subject`."""

    node: Node
    subject: Node
    current: Decimal
    threshold: Decimal
    rate: Decimal | None
    component: str


def next_thresholds(program: Program, inputs: Inputs) -> tuple[NextThreshold, ...]:
    """In the order of the source. Raises FormulaRuntimeError when the present result cannot be calculated."""
    result, events = program.evaluate(inputs)
    if not isinstance(result, Decimal):
        return ()
    finder = _Finder(program, inputs, result)
    found = [each for place in _open(program, events) for each in finder.reach(place)]
    return tuple(sorted(found, key=lambda each: (each.start, each.name)))


def _open(program: Program, events: list[Event]) -> Iterator[_Open]:
    """Tables below their last row and `>=` conditions that do not hold, of all that the run came by."""
    waiting: list[tuple[Node, Node, Decimal, Decimal, Decimal | None]] = []
    for event in events:
        node = event[0]
        if isinstance(node, nodes.Component | nodes.Let):
            label = node.label if isinstance(node, nodes.Component) else node.name
            yield from (_Open(*each, label) for each in waiting)
            waiting = []
        elif isinstance(node, nodes.Call) and node.name in {"band", "marginal"}:
            _, upper = limits(node.arguments[1], event[3])
            if upper is not None:
                waiting.append((node, node.arguments[0], event[2], upper, _rate(event)))
        elif isinstance(node, nodes.Binary) and not event[1] and program.types[node.left].is_numeric:
            if node.operator == ">=":
                waiting.append((node, node.left, event[2], event[3], None))
            elif node.operator == "<=":
                waiting.append((node, node.right, event[3], event[2], None))


def _rate(event: Event) -> Decimal | None:
    rate = event[4][event[3]] if event[0].name == "marginal" else event[1]
    return rate if isinstance(rate, Decimal) else None


class _Finder:
    def __init__(self, program: Program, inputs: Inputs, result: Decimal) -> None:
        self.program = program
        self.inputs = inputs
        self.result = result
        self.lets = {item.name: item.value for item in program.script.items if isinstance(item, nodes.Let)}
        self.runs_left = MAX_STEPS // sum(1 for _ in nodes.walk(program.script))
        self.known: dict[tuple[str, Decimal], tuple[Decimal, list[Event]] | None] = {}

    def reach(self, place: _Open) -> Iterator[NextThreshold]:
        linear = self.linear(place.subject)
        missing = Fraction(place.threshold) - Fraction(place.current)
        for name, factor in sorted(linear.factors.items()) if linear else ():
            if factor <= 0:
                continue
            value = self.present(name)
            needed = self._decimal(Fraction(value) + missing / factor, self.program.schema.names[name].type)
            then = self.run_with(name, needed)
            if then is None:
                continue
            yield NextThreshold(
                place.node.name if isinstance(place.node, nodes.Call) else "condition",
                place.component,
                place.node.start,
                place.node.end,
                name,
                self.program.types[place.subject],
                place.current,
                place.threshold,
                value,
                needed,
                CONTEXT.subtract(needed, value),
                place.rate,
                next((_rate(e) for e in then[1] if e[0] is place.node), None)
                if place.rate is not None
                else None,
                CONTEXT.subtract(then[0], self.result),
            )

    def run_with(self, name: str, needed: Decimal) -> tuple[Decimal, list[Event]] | None:
        key = (name, needed)
        if key not in self.known:
            if not self.runs_left:
                return None
            self.runs_left -= 1
            self.known[key] = self._run(self.changed(name, needed))
        return self.known[key]

    def _run(self, inputs: Inputs) -> tuple[Decimal, list[Event]] | None:
        try:
            result, events = self.program.evaluate(inputs)
        except FormulaRuntimeError:
            return None
        return result, events

    def changed(self, name: str, value: Decimal) -> Inputs:
        if self.program.schema.names[name].kind == "kpi":
            return replace(self.inputs, values={**self.inputs.values, name: value})
        return replace(self.inputs, context={**self.inputs.context, name: value})

    def present(self, name: str) -> Decimal:
        kpi = self.program.schema.names[name].kind == "kpi"
        found = self.inputs.values.get(name) if kpi else self.inputs.context.get(name)
        return Decimal(cast(Decimal, found or 0))

    def _decimal(self, number: Fraction, type_: Type) -> Decimal:
        """Exact where six decimals suffice, else the next higher; counts are whole."""
        scale = 1 if type_ == COUNT else 10**_DECIMALS
        exact = CONTEXT.divide(Decimal(number.numerator), Decimal(number.denominator))
        if type_ != COUNT and Fraction(exact) == number:
            return exact
        return CONTEXT.divide(Decimal(-(-number * scale // 1)), Decimal(scale))

    # x of a table as a linear function of what the beneficiary can change

    def linear(self, node: Node) -> Linear | None:
        match node:
            case nodes.Number(value=value):
                return Linear(Fraction(value), {})
            case nodes.Name(name=name):
                return self.name(name)
            case nodes.Unary(operand=operand):
                inner = self.linear(operand)
                return inner and inner.times(Fraction(-1))
            case nodes.Binary():
                return self.binary(node)
            case nodes.Call(name="attainment" | "growth" | "target" | "previous"):
                return self.kpi(node)
        return None

    def name(self, name: str) -> Linear | None:
        if name in self.lets:
            return self.linear(self.lets[name])
        info = self.program.schema.names[name]
        if not info.type.is_numeric:
            return None
        if info.kind == "kpi" or self.program.schema.scope == "transaction":
            return Linear(Fraction(), {name: Fraction(1)})
        return Linear(Fraction(self.present(name)), {})

    def binary(self, node: nodes.Binary) -> Linear | None:
        left, right = self.linear(node.left), self.linear(node.right)
        if left is None or right is None:
            return None
        if node.operator in {"+", "-"}:
            return left.plus(right, 1 if node.operator == "+" else -1)
        if node.operator == "*" and not (left.factors and right.factors):
            return left.times(right.constant) if left.factors else right.times(left.constant)
        if node.operator == "/" and not right.factors and right.constant:
            return left.times(1 / right.constant)
        return None

    def kpi(self, node: nodes.Call) -> Linear | None:
        name = cast(nodes.Name, node.arguments[0]).name
        given: Any = self.inputs.targets if node.name in {"attainment", "target"} else self.inputs.previous
        against = Fraction(given.get(name) or 0)
        if node.name in {"target", "previous"}:
            return Linear(against, {})
        if against <= 0:
            return None
        return Linear(Fraction(-1 if node.name == "growth" else 0), {name: 1 / against})
