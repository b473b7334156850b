"""The rules of a simulation as they are stored, and compiled again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from incentives.accrual.limits import text
from incentives.accrual.versions import Rules
from incentives.enums import Payee, SchemeKind
from incentives.models import Scheme, SchemeVersion, Simulation
from incentives.programs import compile_formula, names_to_json, program_of, schema_for
from tenancy.models import Operator


@dataclass(frozen=True, slots=True)
class Trial:
    """Rules that somebody wants to try: those of a draft, or what a form says so far."""

    formula: str
    kind: str = SchemeKind.REBATE
    payee: str = Payee.PARTNER
    period: str = "quarter"
    eligibility: Mapping[str, list[str]] = field(default_factory=dict)
    budget: Decimal | None = None
    cap: Decimal | None = None
    rounding: str = "half_even"


def trial_of(version: SchemeVersion) -> Trial:
    """The rules of a stored version."""
    scheme = version.scheme
    return Trial(
        formula=version.formula,
        kind=scheme.kind,
        payee=scheme.payee,
        period=scheme.period,
        eligibility=version.eligibility,
        budget=version.budget,
        cap=version.cap,
        rounding=version.rounding,
    )


def stored(operator: Operator, trial: Trial) -> tuple[dict[str, Any], str]:
    """The shape of ``Simulation.rules`` and the formula's digest; raises ``FormulaInvalid``."""
    scheme = Scheme(code="trial", kind=trial.kind, payee=trial.payee, period=trial.period)
    schema = schema_for(operator, scheme.scope, period=trial.period, payee=trial.payee)
    program = compile_formula(operator, trial.formula, schema)
    rules = {
        "formula": trial.formula,
        "names": names_to_json(program),
        "kind": trial.kind,
        "payee": trial.payee,
        "period": trial.period,
        "eligibility": dict(trial.eligibility),
        "budget": None if trial.budget is None else text(trial.budget),
        "cap": None if trial.cap is None else text(trial.cap),
        "rounding": trial.rounding,
    }
    return rules, program.digest


def budget_of(job: Simulation) -> Decimal | None:
    return None if job.rules["budget"] is None else Decimal(job.rules["budget"])


def rules_of(operator: Operator, job: Simulation) -> Rules:
    """The stored rules as the evaluator takes them; nothing of it is in the database."""
    said = job.rules
    scheme = Scheme(code="trial", kind=said["kind"], payee=said["payee"], period=said["period"])
    version = SchemeVersion(
        scheme=scheme,
        formula=said["formula"],
        names=said["names"],
        eligibility=said["eligibility"],
        cap=None if said["cap"] is None else Decimal(said["cap"]),
        rounding=said["rounding"],
    )
    return Rules(scheme, version, program_of(version, scheme, operator.currency))


def baseline_of(operator: Operator, job: Simulation) -> Rules | None:
    """The published rules that the result is compared with."""
    version = job.baseline
    if version is None:
        return None
    return Rules(version.scheme, version, program_of(version, version.scheme, operator.currency))
