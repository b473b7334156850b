"""Why an accrual is what it is: replayed from the stored version and inputs, down to its transactions."""

from dataclasses import dataclass
from decimal import Decimal

from formula import Inputs, Trace
from incentives.accrual.affected import read_period
from incentives.accrual.result import payable
from incentives.models import Accrual, AccrualLine, Scheme, SchemeVersion
from incentives.programs import kpi_period, program_of
from performance.enums import Beneficiary
from performance.models import Kpi
from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class Explanation:
    """An accrual with the trace of its formula.

    ``exact`` is what the stored inputs give when the formula runs again now; ``holds`` tells whether it equals what
    was stored. ``cut`` is what the cap took away (0 without one), ``rounding`` what the one rounding added.
    """

    accrual: Accrual
    scheme: Scheme
    version: SchemeVersion
    trace: Trace
    exact: Decimal
    cut: Decimal
    rounding: Decimal

    @property
    def holds(self) -> bool:
        return self.exact == self.accrual.exact and self.trace.program.digest == self.accrual.digest


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
    return Explanation(
        accrual, scheme, version, trace, exact, *_after(version, exact, actor.operator.currency)
    )


def explain_line(actor: Actor, line: AccrualLine) -> Trace:
    """Replay one transaction's part of a transaction scheme."""
    program = program_of(line.version, line.version.scheme, actor.operator.currency)
    return program.trace(program.read_inputs(line.inputs))


def _after(version: SchemeVersion, exact: Decimal, currency: str) -> tuple[Decimal, Decimal]:
    capped = exact if version.cap is None else min(exact, version.cap)
    return exact - capped, payable(version, exact, currency) - capped


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
