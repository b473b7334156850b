"""A checked tree to closures. Each closure takes the slots of one run and a log for what it decided.

The log gets one tuple per decision, its node first; `formula.trace` turns them into steps when somebody asks. So there
is one way of calculating, with or without explanation.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from operator import eq, ge, gt, le, lt, ne
from typing import Any, cast

from formula import nodes
from formula.checker import Checked
from formula.errors import FormulaRuntimeError
from formula.nodes import Node
from formula.rounding import CONTEXT, ONE, ZERO, round_to_unit
from formula.types import COUNT, DATE

Slots = list[Any]
Event = tuple[Any, ...]
Log = Callable[[Event], None]
Run = Callable[[Slots, Log], Any]

_ARITHMETIC = {"+": CONTEXT.add, "-": CONTEXT.subtract, "*": CONTEXT.multiply}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


class Compiler:
    """`slots` maps ("value" | "target" | "previous" | "context" | "let", name) to a place in the list of a run."""

    def __init__(self, checked: Checked) -> None:
        self.types = checked.types
        self.lets = checked.lets
        self.context = checked.context
        keys = sorted(checked.requests) + [("context", name) for name in sorted(checked.context)]
        self.slots = {key: place for place, key in enumerate(keys)}
        for name in sorted(checked.lets):
            self.slots["let", name] = len(self.slots)

    def compile(self, node: Node) -> Run:
        match node:
            case nodes.Number(value=value) | nodes.Text(value=value) | nodes.Boolean(value=value):
                return _constant(value)
            case nodes.Date(value=value):
                return _constant(value)
            case nodes.Name(name=name):
                return _slot(self.slots[self._key(name)])
            case nodes.Unary():
                return self.unary(node)
            case nodes.Binary():
                return self.binary(node)
            case nodes.Call():
                return self.call(node)
        raise TypeError(f"not an expression: {node}")

    def _key(self, name: str) -> tuple[str, str]:
        if name in self.lets:
            return "let", name
        return ("context" if name in self.context else "value"), name

    def unary(self, node: nodes.Unary) -> Run:
        operand = self.compile(node.operand)
        if node.operator == "not":
            return lambda slots, log: not operand(slots, log)
        minus = CONTEXT.minus
        return lambda slots, log: minus(operand(slots, log))

    def binary(self, node: nodes.Binary) -> Run:
        left, right = self.compile(node.left), self.compile(node.right)
        if node.operator == "and":
            return lambda slots, log: left(slots, log) and right(slots, log)
        if node.operator == "or":
            return lambda slots, log: left(slots, log) or right(slots, log)
        if node.operator in _COMPARE:
            return _comparison(node, left, right)
        if self.types[node.left] == DATE:
            return _dates(node, left, right, self.types[node] == COUNT)
        if node.operator == "/":
            return _division(node, left, right)
        calculate = _ARITHMETIC[node.operator]

        def arithmetic(slots: Slots, log: Log) -> Decimal:
            a, b = left(slots, log), right(slots, log)
            result = calculate(a, b)
            log((node, result, a, b))
            return result

        return arithmetic

    def call(self, node: nodes.Call) -> Run:
        return _CALLS[node.name](self, node)

    # tables

    def _table(self, node: nodes.Call) -> tuple[Run, tuple[nodes.Row, ...], list[Run]]:
        table = cast(nodes.Table, node.arguments[1])
        return self.compile(node.arguments[0]), table.rows, [self.compile(row.value) for row in table.rows]

    def band(self, node: nodes.Call) -> Run:
        subject, rows, values = self._table(node)
        limits = [threshold(row) for row in rows[1:]]

        def band(slots: Slots, log: Log) -> Any:
            x = subject(slots, log)
            row = bisect_right(limits, x)
            result = values[row](slots, log)
            log((node, result, x, row))
            return result

        return band

    def marginal(self, node: nodes.Call) -> Run:
        subject, rows, rates = self._table(node)
        limits = [threshold(row) for row in rows[1:]]
        starts = [ZERO, *limits]
        widths = [CONTEXT.subtract(upper, lower) for lower, upper in pairwise(starts)]
        multiply, add, subtract = CONTEXT.multiply, CONTEXT.add, CONTEXT.subtract

        def marginal(slots: Slots, log: Log) -> Decimal:
            x = subject(slots, log)
            row = bisect_right(limits, x)
            used = [rate(slots, log) for rate in rates[: row + 1]]
            result = multiply(subtract(x, starts[row]), used[row])
            for width, rate in zip(widths[:row], used, strict=False):
                result = add(result, multiply(width, rate))
            log((node, result, x, row, used))
            return result

        return marginal

    def by(self, node: nodes.Call) -> Run:
        subject, rows, values = self._table(node)
        place = {row.key.value: index for index, row in enumerate(rows) if isinstance(row.key, nodes.Text)}
        otherwise = len(rows) - 1 if rows[-1].key is None else None

        def by(slots: Slots, log: Log) -> Any:
            x = subject(slots, log)
            row = place.get(x, otherwise)
            if row is None:
                raise FormulaRuntimeError("no_row", {"value": x}, node.start, node.end)
            result = values[row](slots, log)
            log((node, result, x, row))
            return result

        return by

    # KPIs

    def _kpi(self, node: nodes.Call, kind: str) -> int:
        return self.slots[kind, cast(nodes.Name, node.arguments[0]).name]

    def target(self, node: nodes.Call) -> Run:
        return _optional(node, self._kpi(node, "target"))

    def previous(self, node: nodes.Call) -> Run:
        return _optional(node, self._kpi(node, "previous"))

    def attainment(self, node: nodes.Call) -> Run:
        value, target, divide = self._kpi(node, "value"), self._kpi(node, "target"), CONTEXT.divide

        def attainment(slots: Slots, log: Log) -> Decimal:
            result = divide(slots[value], slots[target]) if slots[target] else ZERO
            log((node, result, slots[value], slots[target]))
            return result

        return attainment

    def growth(self, node: nodes.Call) -> Run:
        value, previous = self._kpi(node, "value"), self._kpi(node, "previous")
        divide, subtract = CONTEXT.divide, CONTEXT.subtract

        def growth(slots: Slots, log: Log) -> Decimal:
            before = slots[previous]
            known = before is not None and before > ZERO
            result = subtract(divide(slots[value], before), ONE) if known else ZERO
            log((node, result, slots[value], before))
            return result

        return growth

    # choices and limits

    def choice(self, node: nodes.Call) -> Run:
        condition, then, otherwise = map(self.compile, node.arguments)

        def choose(slots: Slots, log: Log) -> Any:
            holds = condition(slots, log)
            result = then(slots, log) if holds else otherwise(slots, log)
            log((node, result, holds))
            return result

        return choose

    def _extreme(self, node: nodes.Call, pick: Callable[[list[Any]], Any]) -> Run:
        arguments = [self.compile(argument) for argument in node.arguments]

        def extreme(slots: Slots, log: Log) -> Any:
            values = [argument(slots, log) for argument in arguments]
            result = pick(values)
            log((node, result, values))
            return result

        return extreme

    def least(self, node: nodes.Call) -> Run:
        return self._extreme(node, min)

    def greatest(self, node: nodes.Call) -> Run:
        return self._extreme(node, max)

    def clamp(self, node: nodes.Call) -> Run:
        return self._extreme(node, lambda values: min(max(values[0], values[1]), values[2]))

    def round_to(self, node: nodes.Call) -> Run:
        value, unit = self.compile(node.arguments[0]), self.compile(node.arguments[1])
        chosen = node.arguments[2] if len(node.arguments) > 2 else None
        rule = chosen.value if isinstance(chosen, nodes.Text) else "half_even"

        def round_to(slots: Slots, log: Log) -> Decimal:
            x, step = value(slots, log), unit(slots, log)
            if step <= ZERO:
                raise FormulaRuntimeError("unit_positive", {}, node.arguments[1].start, node.arguments[1].end)
            result = round_to_unit(x, step, rule)
            log((node, result, x, step, rule))
            return result

        return round_to

    def absolute(self, node: nodes.Call) -> Run:
        operand, absolute = self.compile(node.arguments[0]), CONTEXT.abs
        return lambda slots, log: absolute(operand(slots, log))


_CALLS: dict[str, Callable[[Compiler, nodes.Call], Run]] = {
    "band": Compiler.band,
    "marginal": Compiler.marginal,
    "by": Compiler.by,
    "target": Compiler.target,
    "previous": Compiler.previous,
    "attainment": Compiler.attainment,
    "growth": Compiler.growth,
    "if": Compiler.choice,
    "min": Compiler.least,
    "max": Compiler.greatest,
    "clamp": Compiler.clamp,
    "round_to": Compiler.round_to,
    "abs": Compiler.absolute,
}


def threshold(row: nodes.Row) -> Decimal:
    """Where a band starts; the checker has made sure that it is a literal."""
    sign, key = ONE, row.key
    while isinstance(key, nodes.Unary):
        sign, key = -sign, key.operand
    return sign * key.value if isinstance(key, nodes.Number) else Decimal("-Infinity")


def _constant(value: Any) -> Run:
    return lambda slots, log: value


def _slot(place: int) -> Run:
    return lambda slots, log: slots[place]


def _optional(node: nodes.Call, place: int) -> Run:
    def read(slots: Slots, log: Log) -> Decimal:
        found: Decimal | None = slots[place]
        result = ZERO if found is None else found
        log((node, result, found))
        return result

    return read


def _comparison(node: nodes.Binary, left: Run, right: Run) -> Run:
    compare = _COMPARE[node.operator]

    def comparison(slots: Slots, log: Log) -> bool:
        a, b = left(slots, log), right(slots, log)
        result = compare(a, b)
        log((node, result, a, b))
        return result

    return comparison


def _division(node: nodes.Binary, left: Run, right: Run) -> Run:
    divide = CONTEXT.divide

    def division(slots: Slots, log: Log) -> Decimal:
        a, b = left(slots, log), right(slots, log)
        if not b:
            raise FormulaRuntimeError("division_by_zero", {}, node.right.start, node.right.end)
        result = divide(a, b)
        log((node, result, a, b))
        return result

    return division


def _dates(node: nodes.Binary, left: Run, right: Run, days: bool) -> Run:
    def shifted(slots: Slots, log: Log) -> Any:
        a, b = left(slots, log), right(slots, log)
        if days:
            return Decimal((a - b).days)
        try:
            return a + timedelta(days=int(b) if node.operator == "+" else -int(b))
        except OverflowError:
            raise FormulaRuntimeError("overflow", {}, node.start, node.end) from None

    return shifted
