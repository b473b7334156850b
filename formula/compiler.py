"""A checked tree to closures. Each closure takes the slots of one run and a log for what it decided.

The log, if there is one, gets one tuple per decision, its node first; `formula.trace` turns them into steps. So there is
one way of calculating, with or without explanation. Literals and inputs are read from their slot directly instead of
through a closure: calls are most of the time of a run.
"""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast

from formula import nodes
from formula.checker import Checked
from formula.errors import FormulaRuntimeError
from formula.nodes import Node, literal_value
from formula.rounding import CONTEXT, ONE, ZERO, round_to_unit
from formula.types import DATE

Slots = list[Any]
Event = tuple[Any, ...]
Log = Callable[[Event], None] | None
Run = Callable[[Slots, Log], Any]
Part = Run | int  # a closure, or the slot that holds the value
Calculate = Callable[[Any, Any], Any]

_OPERATORS: dict[str, Calculate] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MOST_DAYS = Decimal(4_000_000)


class Compiler:
    """`slots` maps ("value" | "target" | "previous" | "context" | "let", name) to a place in the list of a run.

    `template` is that list before the inputs are filled in: literals, and 0 for KPI values.
    """

    def __init__(self, checked: Checked) -> None:
        self.types = checked.types
        self.lets = checked.lets
        self.context = checked.context
        keys = [*sorted(checked.requests), *(("context", name) for name in sorted(checked.context))]
        keys += [("let", name) for name in sorted(checked.lets)]
        self.slots = {key: place for place, key in enumerate(keys)}
        self.template: Slots = [ZERO if kind == "value" else None for kind, _ in keys]

    def compile(self, node: Node) -> Run:
        """A closure for any expression."""
        part = self.part(node)
        return _read(part) if isinstance(part, int) else part

    def part(self, node: Node) -> Part:
        match node:
            case nodes.Number() | nodes.Text() | nodes.Boolean() | nodes.Date():
                self.template.append(node.value)
                return len(self.template) - 1
            case nodes.Name(name=name):
                kind = "let" if name in self.lets else "context" if name in self.context else "value"
                return self.slots[kind, name]
            case nodes.Unary():
                return self.unary(node)
            case nodes.Binary():
                return self.binary(node)
            case nodes.Call():
                return _CALLS[node.name](self, node)
        raise TypeError(f"not an expression: {node}")

    def unary(self, node: nodes.Unary) -> Run:
        operand = self.compile(node.operand)
        if node.operator == "not":
            return lambda slots, log: not operand(slots, log)
        return lambda slots, log: -operand(slots, log)

    def binary(self, node: nodes.Binary) -> Run:
        if node.operator in {"and", "or"}:
            left, right = self.compile(node.left), self.compile(node.right)
            if node.operator == "and":
                return lambda slots, log: left(slots, log) and right(slots, log)
            return lambda slots, log: left(slots, log) or right(slots, log)
        if self.types[node.left] == DATE and node.operator in {"+", "-"}:
            calculate: Calculate = _dates(node)
        elif node.operator == "/":
            calculate = _division(node)
        else:
            calculate = _OPERATORS[node.operator]
        return _binary(node, calculate, self.part(node.left), self.part(node.right))

    # tables

    def band(self, node: nodes.Call) -> Run:
        rows = _rows(node)
        limits = [threshold(row) for row in rows[1:]]
        literals = [literal_value(row.value) for row in rows]
        subject = self.part(node.arguments[0])
        if None in literals:
            return _band_of_parts(node, _reader(subject), limits, [self.compile(row.value) for row in rows])
        return _band_of_literals(node, subject, limits, literals)

    def marginal(self, node: nodes.Call) -> Run:
        rows = _rows(node)
        limits = [threshold(row) for row in rows[1:]]
        literals = [literal_value(row.value) for row in rows]
        subject = self.compile(node.arguments[0])
        known = [rate for rate in literals if rate is not None]
        if len(known) == len(rows):
            return _marginal_of_literals(node, subject, limits, known)
        return _marginal_of_parts(node, subject, limits, [self.compile(row.value) for row in rows])

    def by(self, node: nodes.Call) -> Run:
        rows = _rows(node)
        subject, values = self.compile(node.arguments[0]), [self.compile(row.value) for row in rows]
        place = {row.key.value: index for index, row in enumerate(rows) if isinstance(row.key, nodes.Text)}
        otherwise = len(rows) - 1 if rows[-1].key is None else None
        return _by(node, subject, values, place, otherwise)

    # KPIs

    def _kpi(self, node: nodes.Call, kind: str) -> int:
        return self.slots[kind, cast(nodes.Name, node.arguments[0]).name]

    def target(self, node: nodes.Call) -> Run:
        return _optional(node, self._kpi(node, "target"))

    def previous(self, node: nodes.Call) -> Run:
        return _optional(node, self._kpi(node, "previous"))

    def attainment(self, node: nodes.Call) -> Run:
        value, target = self._kpi(node, "value"), self._kpi(node, "target")

        def attainment(slots: Slots, log: Log) -> Decimal:
            measured, agreed = slots[value], slots[target]
            result: Decimal = measured / agreed if agreed else ZERO
            if log is not None:
                log((node, result, measured, agreed))
            return result

        return attainment

    def growth(self, node: nodes.Call) -> Run:
        value, previous = self._kpi(node, "value"), self._kpi(node, "previous")

        def growth(slots: Slots, log: Log) -> Decimal:
            measured, before = slots[value], slots[previous]
            result: Decimal = measured / before - ONE if before is not None and before > ZERO else ZERO
            if log is not None:
                log((node, result, measured, before))
            return result

        return growth

    # choices and limits

    def choice(self, node: nodes.Call) -> Run:
        condition, then, otherwise = map(self.compile, node.arguments)

        def choose(slots: Slots, log: Log) -> Any:
            holds = condition(slots, log)
            result = then(slots, log) if holds else otherwise(slots, log)
            if log is not None:
                log((node, result, holds))
            return result

        return choose

    def _extreme(self, node: nodes.Call, pick: Callable[[list[Any]], Any]) -> Run:
        arguments = [self.compile(argument) for argument in node.arguments]

        def extreme(slots: Slots, log: Log) -> Any:
            values = [argument(slots, log) for argument in arguments]
            result = pick(values)
            if log is not None:
                log((node, result, values))
            return result

        return extreme

    def least(self, node: nodes.Call) -> Run:
        return self._of_two(node, operator.le) if len(node.arguments) == 2 else self._extreme(node, min)

    def greatest(self, node: nodes.Call) -> Run:
        return self._of_two(node, operator.ge) if len(node.arguments) == 2 else self._extreme(node, max)

    def _of_two(self, node: nodes.Call, first_wins: Calculate) -> Run:
        left, right = map(self.compile, node.arguments)

        def of_two(slots: Slots, log: Log) -> Any:
            a, b = left(slots, log), right(slots, log)
            result = a if first_wins(a, b) else b
            if log is not None:
                log((node, result, (a, b)))
            return result

        return of_two

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
            if log is not None:
                log((node, result, x, step, rule))
            return result

        return round_to

    def absolute(self, node: nodes.Call) -> Run:
        operand = self.compile(node.arguments[0])
        return lambda slots, log: abs(operand(slots, log))


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
    """Where a band starts; the checker has made sure that it is a literal or `-inf`."""
    value = literal_value(row.key) if row.key is not None else None
    return Decimal("-Infinity") if value is None else value


def _rows(node: nodes.Call) -> tuple[nodes.Row, ...]:
    return cast(nodes.Table, node.arguments[1]).rows


def _read(place: int) -> Run:
    return lambda slots, log: slots[place]


def _reader(part: Part) -> Run:
    return _read(part) if isinstance(part, int) else part


def _binary(node: Node, calculate: Calculate, left: Part, right: Part) -> Run:
    """One closure for each way of getting at the two operands."""
    if isinstance(left, int) and isinstance(right, int):
        first, second = left, right

        def of_slots(slots: Slots, log: Log) -> Any:
            a, b = slots[first], slots[second]
            result = calculate(a, b)
            if log is not None:
                log((node, result, a, b))
            return result

        return of_slots
    if isinstance(left, int):
        return _slot_first(node, calculate, left, cast(Run, right))
    if isinstance(right, int):
        return _slot_second(node, calculate, left, right)
    one, other = left, right

    def of_parts(slots: Slots, log: Log) -> Any:
        a, b = one(slots, log), other(slots, log)
        result = calculate(a, b)
        if log is not None:
            log((node, result, a, b))
        return result

    return of_parts


def _slot_first(node: Node, calculate: Calculate, left: int, right: Run) -> Run:
    def slot_first(slots: Slots, log: Log) -> Any:
        a, b = slots[left], right(slots, log)
        result = calculate(a, b)
        if log is not None:
            log((node, result, a, b))
        return result

    return slot_first


def _slot_second(node: Node, calculate: Calculate, left: Run, right: int) -> Run:
    def slot_second(slots: Slots, log: Log) -> Any:
        a, b = left(slots, log), slots[right]
        result = calculate(a, b)
        if log is not None:
            log((node, result, a, b))
        return result

    return slot_second


def _band_of_literals(node: Node, subject: Part, limits: list[Decimal], values: list[Any]) -> Run:
    if isinstance(subject, int):
        place = subject

        def band_of_slot(slots: Slots, log: Log) -> Any:
            x = slots[place]
            row = bisect_right(limits, x)
            result = values[row]
            if log is not None:
                log((node, result, x, row))
            return result

        return band_of_slot
    part = subject

    def band(slots: Slots, log: Log) -> Any:
        x = part(slots, log)
        row = bisect_right(limits, x)
        result = values[row]
        if log is not None:
            log((node, result, x, row))
        return result

    return band


def _band_of_parts(node: Node, subject: Run, limits: list[Decimal], values: list[Run]) -> Run:
    def band(slots: Slots, log: Log) -> Any:
        x = subject(slots, log)
        row = bisect_right(limits, x)
        result = values[row](slots, log)
        if log is not None:
            log((node, result, x, row))
        return result

    return band


def _marginal_of_literals(node: Node, subject: Run, limits: list[Decimal], rates: list[Decimal]) -> Run:
    """What the full slices below each row earn is known beforehand."""
    starts, below = [ZERO, *limits], [ZERO]
    for (lower, upper), rate in zip(pairwise(starts), rates, strict=False):
        below.append(CONTEXT.add(below[-1], CONTEXT.multiply(CONTEXT.subtract(upper, lower), rate)))

    def marginal(slots: Slots, log: Log) -> Any:
        x = subject(slots, log)
        row = bisect_right(limits, x)
        result = (x - starts[row]) * rates[row] + below[row]
        if log is not None:
            log((node, result, x, row, rates))
        return result

    return marginal


def _marginal_of_parts(node: Node, subject: Run, limits: list[Decimal], rates: list[Run]) -> Run:
    starts = [ZERO, *limits]
    widths = [CONTEXT.subtract(upper, lower) for lower, upper in pairwise(starts)]

    def marginal(slots: Slots, log: Log) -> Any:
        x = subject(slots, log)
        row = bisect_right(limits, x)
        used = [rate(slots, log) for rate in rates[: row + 1]]
        result = (x - starts[row]) * used[row]
        for width, rate in zip(widths[:row], used, strict=False):
            result += width * rate
        if log is not None:
            log((node, result, x, row, used))
        return result

    return marginal


def _by(
    node: nodes.Call, subject: Run, values: list[Run], place: dict[str, int], otherwise: int | None
) -> Run:
    def by(slots: Slots, log: Log) -> Any:
        x = subject(slots, log)
        row = place.get(x, otherwise)
        if row is None:
            raise FormulaRuntimeError("no_row", {"value": x}, node.start, node.end)
        result = values[row](slots, log)
        if log is not None:
            log((node, result, x, row))
        return result

    return by


def _optional(node: nodes.Call, place: int) -> Run:
    def read(slots: Slots, log: Log) -> Decimal:
        found: Decimal | None = slots[place]
        result = ZERO if found is None else found
        if log is not None:
            log((node, result, found))
        return result

    return read


def _division(node: nodes.Binary) -> Calculate:
    def division(a: Decimal, b: Decimal) -> Decimal:
        if not b:
            raise FormulaRuntimeError("division_by_zero", {}, node.right.start, node.right.end)
        return a / b

    return division


def _dates(node: nodes.Binary) -> Calculate:
    """Date minus date is a number of days; date plus or minus days is a date."""
    sign = 1 if node.operator == "+" else -1

    def shifted(a: Any, b: Any) -> Any:
        if not isinstance(b, Decimal):
            return Decimal((a - b).days)
        try:
            return a + timedelta(days=sign * int(min(max(b, -_MOST_DAYS), _MOST_DAYS)))
        except OverflowError:
            raise FormulaRuntimeError("overflow", {}, node.start, node.end) from None

    return shifted
