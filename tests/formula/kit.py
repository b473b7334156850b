"""Schemas and inputs that the formula tests share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from formula import (
    COUNT,
    DATE,
    NUMBER,
    PERCENT,
    Inputs,
    NameInfo,
    Schema,
    compile_source,
    context_names,
    money,
)

IRR = money("IRR")
TIERS = ("silver", "gold", "platinum")
PERIOD = Schema(
    "period",
    {
        "sales": NameInfo(IRR),
        "renewals": NameInfo(IRR),
        "export": NameInfo(money("AED")),
        "activations": NameInfo(COUNT),
        "score": NameInfo(NUMBER),
        "share": NameInfo(PERCENT),
        "joined": NameInfo(DATE, "context"),
        "reviewed": NameInfo(DATE, "context"),
        **context_names({"tier": TIERS}),
    },
    "IRR",
)


def amounts(**values: str | int) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in values.items()}


def value_of(source: str, inputs: Inputs | None = None, schema: Schema = PERIOD, **values: str | int) -> Any:
    """The result of a source for KPI values."""
    return compile_source(source, schema).run(inputs or Inputs(values=amounts(**values)))
