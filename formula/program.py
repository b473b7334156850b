"""The compiled formula: what it needs, what it answers and how it explains the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, Overflow
from typing import Any

from formula import nodes
from formula.checker import Checked, check
from formula.compiler import Compiler, Event, Log, Run, Slots
from formula.errors import FormulaRuntimeError
from formula.parser import parse
from formula.rounding import CONTEXT, ZERO
from formula.schema import Schema
from formula.types import Type
from formula.writer import canonical

LANGUAGE_VERSION = "1"
MAX_STEPS = 10_000
Value = Decimal | bool | str | date
_LARGEST = 30  # decimal exponent of an input


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one run sees: measured values, targets and previous values by KPI, and the context by name.

    A KPI without value counts as 0. A KPI without target has attainment 0 %, one without previous value growth 0 %.
    A context name without value is 0, "" or false; a date must be given.
    """

    values: Mapping[str, Decimal] = field(default_factory=dict)
    targets: Mapping[str, Decimal] = field(default_factory=dict)
    previous: Mapping[str, Decimal] = field(default_factory=dict)
    context: Mapping[str, Value] = field(default_factory=dict)


_DEFAULTS: dict[str, Value] = {"text": "", "boolean": False}


class Program:
    """Made by `compile_source`; immutable and free to share between threads.

    `names` are the KPIs it needs, `requests` says more exactly what of them: pairs of "value", "target" or "previous"
    and a KPI; `context` the context names. `digest` changes with the meaning only, not with blanks or digits.
    """

    def __init__(self, source: str, schema: Schema, checked: Checked) -> None:
        self.source = source
        self.schema = schema
        self.script = checked.script
        self.types = checked.types
        self.type = checked.type
        self.requests = checked.requests
        self.context = checked.context
        self.names = frozenset(name for _, name in checked.requests)
        self.digest = _digest(checked, schema)
        compiler = Compiler(checked)
        self.slots = compiler.slots
        self._fields = {kind: self._of(kind) for kind in ("value", "target", "previous")}
        self._context = [(slot, name, schema.names[name].type) for slot, name in self._of("context")]
        self._items: list[tuple[int | None, Run, nodes.Node]] = [
            (
                compiler.slots["let", item.name] if isinstance(item, nodes.Let) else None,
                compiler.compile(item.value),
                item,
            )
            for item in checked.script.items
        ]

    def _of(self, kind: str) -> list[tuple[int, str]]:
        return [(slot, name) for (its_kind, name), slot in self.slots.items() if its_kind == kind]

    def run(self, inputs: Inputs) -> Any:
        """The exact result, unrounded: a Decimal for numeric types, else bool, str or date.

        Raises FormulaRuntimeError.
        """
        return self.execute(self.frame(inputs), _forget)

    def evaluate(self, inputs: Inputs) -> tuple[Any, list[Event], Slots]:
        """The result with what was decided on the way, for `formula.trace`. Raises FormulaRuntimeError."""
        slots, events = self.frame(inputs), list[Event]()
        return self.execute(slots, events.append), events, slots

    def execute(self, slots: Slots, log: Log) -> Any:
        total: Any = None
        for slot, calculate, node in self._items:
            try:
                result = calculate(slots, log)
                if slot is not None:
                    slots[slot] = result
                else:
                    total = result if total is None else CONTEXT.add(total, result)
            except Overflow:
                raise FormulaRuntimeError("overflow", {}, node.start, node.end) from None
            log((node, result))
        return total

    def frame(self, inputs: Inputs) -> Slots:
        slots: Slots = [None] * len(self.slots)
        for slot, name in self._fields["value"]:
            value = inputs.values.get(name)
            slots[slot] = ZERO if value is None else self._number(name, value)
        for slot, name in self._fields["target"]:
            value = inputs.targets.get(name)
            slots[slot] = None if value is None else self._number(name, value)
        for slot, name in self._fields["previous"]:
            value = inputs.previous.get(name)
            slots[slot] = None if value is None else self._number(name, value)
        for slot, name, type_ in self._context:
            slots[slot] = self._context_value(name, type_, inputs.context.get(name))
        return slots

    def _number(self, name: str, value: object) -> Decimal:
        """Integers are taken as they are; floats, NaN, infinities and absurd exponents are refused."""
        if type(value) is int:
            value = Decimal(value)
        if type(value) is Decimal and value.is_finite() and -_LARGEST <= value.adjusted() <= _LARGEST:
            return value
        raise self._refused("bad_input", name)

    def _context_value(self, name: str, type_: Type, value: object) -> Value:
        if value is None:
            if type_.kind == "date":
                raise self._refused("missing_input", name)
            return _DEFAULTS.get(type_.kind, ZERO)
        if type_.is_numeric:
            return self._number(name, value)
        expected = {"text": str, "boolean": bool, "date": date}[type_.kind]
        if type(value) is not expected:
            raise self._refused("bad_input", name)
        return value  # type: ignore[return-value]

    def _refused(self, code: str, name: str) -> FormulaRuntimeError:
        place = next(n for n, _ in nodes.walk(self.script) if isinstance(n, nodes.Name) and n.name == name)
        return FormulaRuntimeError(
            code, {"name": name, "type": self.schema.names[name].type}, place.start, place.end
        )


def compile_source(source: str, schema: Schema, *, expect: Type | None = None) -> Program:
    """Check and compile a source. `expect` is the type that the result must have.

    Raises FormulaErrors with every error found, each with its place in the source.
    """
    return Program(source, schema, check(parse(source), schema, expect))


def _forget(event: Event) -> None:
    """A log for runs that nobody will ask about."""


def _digest(checked: Checked, schema: Schema) -> str:
    """Only names in use count: a KPI added to the operator later leaves the digests of old formulas alone."""
    used = sorted({name for _, name in checked.requests} | checked.context)
    parts = [
        LANGUAGE_VERSION,
        schema.scope,
        schema.currency,
        str(checked.type),
        *(f"{name} {schema.names[name].kind} {schema.names[name].type}" for name in used),
        canonical(checked.script),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
