"""Why an accrual is what it is: replayed from the stored version and inputs, down to its transactions."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from formula import Inputs, Trace
from incentives.accrual.affected import read_period
from incentives.accrual.readings import profiles
from incentives.conditions import missing_of
from incentives.models import Accrual, AccrualLine, Scheme, SchemeVersion
from incentives.programs import kpi_period, program_of
from performance.enums import Beneficiary
from performance.models import Kpi
from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class Explanation:
    """An accrual with the trace of its formula.

    ``exact`` is what the stored inputs give when the formula runs again now; ``holds`` tells whether it equals what
    was stored. ``cuts`` are the steps between: stacking, cap, budget; ``cut`` is what the cap alone took away (0 without
    one), ``rounding`` what the one rounding added.
    """

    accrual: Accrual
    scheme: Scheme
    version: SchemeVersion
    trace: Trace
    exact: Decimal
    cuts: "tuple[Cut, ...]"

    @property
    def cut(self) -> Decimal:
        return sum((cut.amount for cut in self.cuts if cut.step == "cap"), Decimal(0))

    @property
    def rounding(self) -> Decimal:
        return rounding_of(self.accrual, self.cuts) if self.accrual.eligible else Decimal(0)

    @property
    def holds(self) -> bool:
        return self.exact == self.accrual.exact and self.trace.program.digest == self.accrual.digest


@dataclass(frozen=True, slots=True)
class Cut:
    """One step between the formula and the amount: ``step`` is stacking, cap or budget; ``amount`` is what it took.

    ``reason``: ``beaten`` or ``excluded`` (by the scheme ``by``), ``net`` (``taken`` was off the base before; alone it
    would have been ``alone``), ``cap``, or the policy at the budget's ceiling.
    """

    step: str
    reason: str
    by: str
    amount: Decimal
    taken: Decimal = Decimal(0)
    alone: Decimal = Decimal(0)


def cuts_of(stored: Any) -> tuple[Cut, ...]:
    """The stored ``cuts`` of an accrual or a line."""
    return tuple(
        Cut(
            each["step"],
            each["reason"],
            each.get("by", ""),
            Decimal(each["amount"]),
            Decimal(each.get("taken", "0")),
            Decimal(each.get("alone", "0")),
        )
        for each in stored or ()
    )


def rounding_of(accrual: Accrual, cuts: Iterable[Cut]) -> Decimal:
    """What the one rounding at the end added to the exact amount after all cuts."""
    return accrual.amount - (accrual.exact - sum((cut.amount for cut in cuts), Decimal(0)))


@dataclass(frozen=True, slots=True)
class Source:
    """One KPI that went in: where its transactions are."""

    kpi: Kpi
    period: str
    partner_id: int
    rep_id: int | None


def explain_accrual(actor: Actor, accrual: Accrual) -> Explanation:
    """Replay a period scheme's accrual."""
    version, scheme = accrual.version, accrual.version.scheme
    program = program_of(version, scheme, actor.operator.currency)
    trace = program.trace(program.read_inputs(accrual.inputs))
    exact = trace.result if accrual.eligible else Decimal(0)
    return Explanation(accrual, scheme, version, trace, exact, cuts_of(accrual.cuts))


def explain_line(actor: Actor, line: AccrualLine) -> Trace:
    """Replay one transaction's part of a transaction scheme."""
    program = program_of(line.version, line.version.scheme, actor.operator.currency)
    return program.trace(program.read_inputs(line.inputs))


def missing_conditions(accrual: Accrual) -> list[str]:
    """What keeps the beneficiary from earning, sentence by sentence; empty for who may earn, and for settled periods."""
    if accrual.eligible or accrual.frozen is not None:
        return []
    return missing_of(accrual.version.eligibility, profiles([accrual.partner_id])[accrual.partner_id])


def sources_of(actor: Actor, accrual: Accrual) -> list[Source]:
    """The measurements of the period that the formula read, by KPI code."""
    names = [name for name, info in accrual.version.names.items() if info[1] == "kpi"]
    period = read_period(actor.operator, accrual.period)
    return [
        Source(
            kpi,
            kpi_period(kpi, period).code,
            accrual.partner_id,
            accrual.rep_id if kpi.beneficiary == Beneficiary.REP else None,
        )
        for kpi in Kpi.objects.filter(code__in=names).order_by("code")
    ]


def stored_inputs(actor: Actor, accrual: Accrual) -> Inputs:
    """The inputs of an accrual as the formula reads them."""
    program = program_of(accrual.version, accrual.version.scheme, actor.operator.currency)
    return program.read_inputs(accrual.inputs)
