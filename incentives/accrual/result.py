"""From a formula's trace to what is stored: components, cap, the one rounding, thresholds ahead."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from common.money import exponent
from formula import FormulaRuntimeError, Inputs, Program, inputs_to_json, round_money
from incentives.models import SchemeVersion


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one evaluation says; the shapes of ``incentives.models.Accrual``."""

    exact: Decimal
    amount: Decimal
    components: list[dict[str, Any]]
    inputs: dict[str, Any]
    next: list[dict[str, Any]]
    eligible: bool = True


def evaluate(program: Program, version: SchemeVersion, inputs: Inputs, currency: str) -> Outcome:
    """Run the formula for one beneficiary. A formula that cannot be calculated earns 0 and says why as a component."""
    try:
        trace = program.trace(inputs)
    except FormulaRuntimeError as error:
        failed = [{"label": "", "amount": "0", "error": error.code}]
        return Outcome(Decimal(0), Decimal(0), failed, inputs_to_json(inputs), [])
    components = [{"label": label, "amount": text(amount)} for label, amount in trace.amounts.items()]
    exact = trace.result
    amount = payable(version, exact, currency)
    ahead = [] if at_cap(version, exact) else thresholds(program, inputs)
    return Outcome(exact, amount, components, inputs_to_json(inputs), ahead)


def ineligible(inputs: Inputs) -> Outcome:
    """Nothing, because the beneficiary does not belong to those that may earn."""
    return Outcome(Decimal(0), Decimal(0), [], inputs_to_json(inputs), [], eligible=False)


def payable(version: SchemeVersion, exact: Decimal, currency: str) -> Decimal:
    """The exact result after the beneficiary's cap, rounded once by the currency's exponent."""
    capped = min(exact, version.cap) if version.cap is not None else exact
    return round_money(capped, exponent(currency), version.rounding)


def at_cap(version: SchemeVersion, exact: Decimal) -> bool:
    return version.cap is not None and exact >= version.cap


def thresholds(program: Program, inputs: Inputs) -> list[dict[str, Any]]:
    """The thresholds ahead that would pay more, as stored."""
    return [
        {
            "kind": ahead.kind,
            "component": ahead.component,
            "name": ahead.name,
            "type": str(ahead.type),
            "current": text(ahead.current),
            "threshold": text(ahead.threshold),
            "value": text(ahead.value),
            "needed": text(ahead.needed),
            "distance": text(ahead.distance),
            "rate_now": None if ahead.rate_now is None else text(ahead.rate_now),
            "rate_then": None if ahead.rate_then is None else text(ahead.rate_then),
            "gain": text(ahead.gain),
        }
        for ahead in program.next_threshold(inputs)
        if ahead.gain > 0
    ]


def text(value: object) -> str:
    """A decimal without exponent and without trailing zeros."""
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return str(value)
