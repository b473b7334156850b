"""What a program is run with, and its form in JSON for replays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from formula.types import Type

Value = Decimal | bool | str | date


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


def inputs_to_json(inputs: Inputs) -> dict[str, dict[str, Any]]:
    """Decimals and dates as strings; booleans and texts as they are."""
    groups = {"values": inputs.values, "targets": inputs.targets, "previous": inputs.previous}
    found: dict[str, dict[str, Any]] = {
        group: {name: str(value) for name, value in sorted(values.items())}
        for group, values in groups.items()
    }
    found["context"] = {
        name: value if isinstance(value, bool | str) else str(value)
        for name, value in sorted(inputs.context.items())
    }
    return found


def inputs_from_json(data: Mapping[str, Mapping[str, Any]], context: Mapping[str, Type]) -> Inputs:
    """The inverse; `context` gives the types of the context names. Raises ValueError."""
    numbers = {
        group: {name: _decimal(value) for name, value in data.get(group, {}).items()}
        for group in ("values", "targets", "previous")
    }
    return Inputs(
        **numbers,
        context={name: _value(value, context[name]) for name, value in data.get("context", {}).items()},
    )


def _decimal(text: object) -> Decimal:
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        raise ValueError(f"not a number: {text!r}") from None
    if not value.is_finite():
        raise ValueError(f"not a number: {text!r}")
    return value


def _value(value: Any, type_: Type) -> Value:
    if type_.is_numeric:
        return _decimal(value)
    if type_.kind == "date":
        return date.fromisoformat(value)
    if not isinstance(value, bool if type_.kind == "boolean" else str):
        raise ValueError(f"not {type_.kind}: {value!r}")
    return value
