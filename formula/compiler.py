"""A checked tree to closures. Each closure takes the slots of one run and a log for what it decided.

The log, if there is one, gets one tuple per decision, its node first; `formula.trace` turns them into steps. So there is
one way of calculating, with or without explanation. Literals and inputs are read from their slot directly instead of
through a closure: calls are most of the time of a run.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

from formula import nodes
from formula.checker import Checked
from formula.closures import (
    Calculate,
    Log,
    Part,
    Run,
    Slots,
    band_of_literals,
    band_of_parts,
    binary,
    by,
    dates,
    division,
    marginal_of_literals,
    marginal_of_parts,
    optional,
    read,
    reader,
)
from formula.errors import FormulaRuntimeError
from formula.nodes import Node, literal_value
from formula.rounding import ONE, ZERO, round_to_unit
from formula.types import DATE

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
        return read(part) if isinstance(part, int) else part

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
            calculate: Calculate = dates(node)
        elif node.operator == "/":
            calculate = division(node)
        else:
            calculate = _OPERATORS[node.operator]
        return binary(node, calculate, self.part(node.left), self.part(node.right))

    # tables

    def band(self, node: nodes.Call) -> Run:
        rows = _rows(node)
        limits = [threshold(row) for row in rows[1:]]
        literals = [literal_value(row.value) for row in rows]
        subject = self.part(node.arguments[0])
        if None in literals:
            return band_of_parts(node, reader(subject), limits, [self.compile(row.value) for row in rows])
        return band_of_literals(node, subject, limits, literals)

    def marginal(self, node: nodes.Call) -> Run:
        rows = _rows(node)
        limits = [threshold(row) for row in rows[1:]]
        literals = [literal_value(row.value) for row in rows]
        subject = self.compile(node.arguments[0])
        known = [rate for rate in literals if rate is not None]
        if len(known) == len(rows):
            return marginal_of_literals(node, subject, limits, known)
        return marginal_of_parts(node, subject, limits, [self.compile(row.value) for row in rows])

    def by(self, node: nodes.Call) -> Run:
        rows = _rows(node)
        subject, values = self.compile(node.arguments[0]), [self.compile(row.value) for row in rows]
        place = {row.key.value: index for index, row in enumerate(rows) if isinstance(row.key, nodes.Text)}
        otherwise = len(rows) - 1 if rows[-1].key is None else None
        return by(node, subject, values, place, otherwise)

    # KPIs

    def _kpi(self, node: nodes.Call, kind: str) -> int:
        return self.slots[kind, cast(nodes.Name, node.arguments[0]).name]

    def target(self, node: nodes.Call) -> Run:
        return optional(node, self._kpi(node, "target"))

    def previous(self, node: nodes.Call) -> Run:
        return optional(node, self._kpi(node, "previous"))

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
