"""From a formula's trace to what is stored: components, cap, the one rounding, thresholds ahead."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from formula import FormulaRuntimeError, Inputs, Program, inputs_to_json
from incentives.accrual.limits import Cuts, capped, rounded, text
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
    wanted: Decimal = Decimal(0)
    cuts: Cuts = field(default_factory=list)


def evaluate(program: Program, version: SchemeVersion, inputs: Inputs, currency: str) -> Outcome:
    """Run the formula for one beneficiary. A formula that cannot be calculated earns 0 and says why as a component."""
    try:
        trace = program.trace(inputs)
    except FormulaRuntimeError as error:
        failed = [{"label": "", "amount": "0", "error": error.code}]
        return Outcome(Decimal(0), Decimal(0), failed, inputs_to_json(inputs), [])
    components = [{"label": label, "amount": text(amount)} for label, amount in trace.amounts.items()]
    exact = trace.result
    ahead = [] if at_cap(version, exact) else thresholds(program, inputs)
    return limited(Outcome(exact, exact, components, inputs_to_json(inputs), ahead), version, [], currency)


def limited(outcome: Outcome, version: SchemeVersion, cuts: Cuts, currency: str) -> Outcome:
    """The outcome after stacking (told in ``cuts``), cap and rounding; the budget may still take from it."""
    wanted, cuts = capped(version, outcome.exact, cuts)
    return replace(outcome, wanted=wanted, cuts=cuts, amount=rounded(version, wanted, currency))


def ineligible(inputs: Inputs) -> Outcome:
    """Nothing, because the beneficiary does not belong to those that may earn."""
    return Outcome(Decimal(0), Decimal(0), [], inputs_to_json(inputs), [], eligible=False)


def payable(version: SchemeVersion, exact: Decimal, currency: str) -> Decimal:
    """The exact result after the beneficiary's cap, rounded once: money by the currency, points to whole ones."""
    return rounded(version, min(exact, version.cap) if version.cap is not None else exact, currency)


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
