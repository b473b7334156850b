"""The closures of operators and tables: what `formula.compiler` puts together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast

from formula import nodes
from formula.errors import FormulaRuntimeError
from formula.nodes import Node
from formula.rounding import CONTEXT, ZERO

Slots = list[Any]
Event = tuple[Any, ...]
Log = Callable[[Event], None] | None
Run = Callable[[Slots, Log], Any]
Part = Run | int  # a closure, or the slot that holds the value
Calculate = Callable[[Any, Any], Any]
_MOST_DAYS = Decimal(4_000_000)


def read(place: int) -> Run:
    return lambda slots, log: slots[place]


def reader(part: Part) -> Run:
    return read(part) if isinstance(part, int) else part


def binary(node: Node, calculate: Calculate, left: Part, right: Part) -> Run:
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
        return slot_first(node, calculate, left, cast(Run, right))
    if isinstance(right, int):
        return slot_second(node, calculate, left, right)
    one, other = left, right

    def of_parts(slots: Slots, log: Log) -> Any:
        a, b = one(slots, log), other(slots, log)
        result = calculate(a, b)
        if log is not None:
            log((node, result, a, b))
        return result

    return of_parts


def slot_first(node: Node, calculate: Calculate, left: int, right: Run) -> Run:
    def slot_first(slots: Slots, log: Log) -> Any:
        a, b = slots[left], right(slots, log)
        result = calculate(a, b)
        if log is not None:
            log((node, result, a, b))
        return result

    return slot_first


def slot_second(node: Node, calculate: Calculate, left: Run, right: int) -> Run:
    def slot_second(slots: Slots, log: Log) -> Any:
        a, b = left(slots, log), slots[right]
        result = calculate(a, b)
        if log is not None:
            log((node, result, a, b))
        return result

    return slot_second


def band_of_literals(node: Node, subject: Part, limits: list[Decimal], values: list[Any]) -> Run:
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


def band_of_parts(node: Node, subject: Run, limits: list[Decimal], values: list[Run]) -> Run:
    def band(slots: Slots, log: Log) -> Any:
        x = subject(slots, log)
        row = bisect_right(limits, x)
        result = values[row](slots, log)
        if log is not None:
            log((node, result, x, row))
        return result

    return band


def marginal_of_literals(node: Node, subject: Run, limits: list[Decimal], rates: list[Decimal]) -> Run:
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


def marginal_of_parts(node: Node, subject: Run, limits: list[Decimal], rates: list[Run]) -> Run:
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


def by(
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


def optional(node: nodes.Call, place: int) -> Run:
    def read(slots: Slots, log: Log) -> Decimal:
        found: Decimal | None = slots[place]
        result = ZERO if found is None else found
        if log is not None:
            log((node, result, found))
        return result

    return read


def division(node: nodes.Binary) -> Calculate:
    def division(a: Decimal, b: Decimal) -> Decimal:
        if not b:
            raise FormulaRuntimeError("division_by_zero", {}, node.right.start, node.right.end)
        return a / b

    return division


def dates(node: nodes.Binary) -> Calculate:
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
