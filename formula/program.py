"""The compiled formula: what it needs, what it answers and how it explains the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, Overflow, getcontext, setcontext
from typing import Any

from formula import nodes
from formula.checker import Checked, check
from formula.closures import Event, Log, Run, Slots
from formula.compiler import Compiler
from formula.errors import FormulaRuntimeError
from formula.parser import parse
from formula.rounding import CONTEXT, ZERO
from formula.schema import Schema
from formula.thresholds import NextThreshold, next_thresholds
from formula.trace import Trace
from formula.types import Type
from formula.values import Inputs, Value, inputs_from_json
from formula.writer import canonical

LANGUAGE_VERSION = "1"


_GROUPS = {"value": 0, "target": 1, "previous": 2, "context": 3}
_PYTHON: dict[str, type[Any]] = {"text": str, "boolean": bool, "date": date}
_DEFAULTS: dict[str, Value | None] = {"text": "", "boolean": False, "date": None}


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
        self._numeric = checked.type.is_numeric
        self.digest = _digest(checked, schema)
        compiler = Compiler(checked)
        self.slots = compiler.slots
        self._fields = [
            self._field(kind, name, slot) for (kind, name), slot in self.slots.items() if kind != "let"
        ]
        self._items: list[tuple[int | None, Run, nodes.Node]] = [
            (
                compiler.slots["let", item.name] if isinstance(item, nodes.Let) else None,
                compiler.compile(item.value),
                item,
            )
            for item in checked.script.items
        ]
        self._template = compiler.template
        for slot, group, _, _, type_ in self._fields:
            if group == _GROUPS["context"]:
                self._template[slot] = _DEFAULTS.get(type_.kind, ZERO)

    def _field(self, kind: str, name: str, slot: int) -> tuple[int, int, str, type[Any], Type]:
        type_ = self.schema.names[name].type
        return slot, _GROUPS[kind], name, _PYTHON.get(type_.kind, Decimal), type_

    def run(self, inputs: Inputs) -> Any:
        """The exact result, unrounded: a Decimal for numeric types, else bool, str or date.

        Raises FormulaRuntimeError.
        """
        return self.execute(self.frame(inputs), None)[0]

    def evaluate(self, inputs: Inputs) -> tuple[Any, list[Event]]:
        """The result with everything that was decided on the way. Raises FormulaRuntimeError."""
        events: list[Event] = []
        return self.execute(self.frame(inputs), events.append)[0], events

    def trace(self, inputs: Inputs) -> Trace:
        """The result and each component's amount; how they came about is worked out when it is read.

        Raises FormulaRuntimeError.
        """
        result, amounts = self.execute(self.frame(inputs), None)
        return Trace(self, inputs, result, amounts)

    def next_threshold(self, inputs: Inputs) -> tuple[NextThreshold, ...]:
        """The next threshold of each band with its distance and what it would pay."""
        return next_thresholds(self, inputs)

    def read_inputs(self, data: Mapping[str, Mapping[str, Any]]) -> Inputs:
        """Inputs stored by `inputs_to_json`, for a replay. Raises ValueError."""
        return inputs_from_json(data, {name: info.type for name, info in self.schema.names.items()})

    def execute(self, slots: Slots, log: Log) -> tuple[Any, list[Any]]:
        """Result and amounts of the components.

        Decimal operators use the thread's current context, so ours is the current one meanwhile.
        """
        amounts: list[Any] = []
        node: nodes.Node = self.script
        callers = getcontext()
        setcontext(CONTEXT)
        try:
            for slot, calculate, node in self._items:
                result = calculate(slots, log)
                if slot is None:
                    amounts.append(result)
                else:
                    slots[slot] = result
                if log is not None:
                    log((node, result))
            return (sum(amounts, ZERO) if self._numeric else amounts[0]), amounts
        except Overflow:
            raise FormulaRuntimeError("overflow", {}, node.start, node.end) from None
        finally:
            setcontext(callers)

    def frame(self, inputs: Inputs) -> Slots:
        """The slots of one run. Floats, NaN and infinities are refused; integers are taken."""
        slots = self._template.copy()
        groups = (inputs.values, inputs.targets, inputs.previous, inputs.context)
        for slot, group, name, python, type_ in self._fields:
            value: Any = groups[group].get(name)
            if type(value) is python and (python is not Decimal or value.is_finite()):
                slots[slot] = value
            elif value is not None or python is date:
                slots[slot] = self._unusual(name, type_, value)
        return slots

    def _unusual(self, name: str, type_: Type, value: object) -> Decimal:
        if type(value) is int and type_.is_numeric:
            return Decimal(value)
        raise self._refused("missing_input" if value is None else "bad_input", name)

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
