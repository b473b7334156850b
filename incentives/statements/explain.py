"""Why a settled amount is what it is: replayed from the line's frozen copy, whatever the accrual has become since."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils import timezone

from common.money import exponent, unit
from formula import Trace
from incentives.accrual.affected import read_period
from incentives.accrual.counted import counted_lines
from incentives.explain import Cut, Source, cuts_of
from incentives.models import AccrualLine, SchemeVersion, StatementLine
from incentives.programs import kpi_period, program_of
from incentives.states import LineKind
from performance.enums import Beneficiary
from performance.models import Kpi
from tenancy.actors import Actor

#: Lines whose amount a scheme's rules give.
CALCULATED = frozenset({LineKind.EARNED.value, LineKind.LATE.value, LineKind.CLAWBACK.value})


@dataclass(frozen=True, slots=True)
class Settled:
    """``exact`` is what the rules give when they run again now; ``cuts`` (stacking, cap, budget) and the one rounding lead to
    ``payable``; ``before`` is what earlier statements had settled of it, so that ``payable - before`` is the line's amount.

    ``trace`` is ``None`` where each transaction earned by itself (their sum is ``exact`` then), and where the conditions were
    not met or the formula had no value: that earned nothing.
    """

    line: StatementLine
    version: SchemeVersion
    trace: Trace | None
    exact: Decimal
    before: Decimal

    @property
    def per_transaction(self) -> bool:
        return self.version.scheme.scope == "transaction"

    @property
    def cuts(self) -> tuple[Cut, ...]:
        return cuts_of(self.line.cuts)

    @property
    def payable(self) -> Decimal:
        amount: Decimal = self.line.amount + self.before
        return amount

    @property
    def rounding(self) -> Decimal:
        """What the one rounding added after all cuts."""
        return self.payable - (self.exact - sum((cut.amount for cut in self.cuts), Decimal(0)))

    @property
    def holds(self) -> bool:
        """The frozen figures give the frozen result again, and nothing but a rounding lies between that and the amount."""
        same_formula = self.trace is None or self.trace.program.digest == self.version.digest
        smallest = unit(exponent(self.line.statement.currency))
        return same_formula and self.exact == self.line.exact + self.before and abs(self.rounding) < smallest


def explain_settled(actor: Actor, line: StatementLine) -> Settled | None:
    """Replay a line; ``None`` for one that no scheme calculated (adjustments, holds, taxes)."""
    version = line.version
    if version is None or line.kind not in CALCULATED:
        return None
    trace, exact = None, Decimal(0)
    if version.scheme.scope == "transaction":
        exact = transactions_of(line).order_by().aggregate(total=Sum("exact"))["total"] or Decimal(0)
    elif line.components and not any("error" in part for part in line.components):
        program = program_of(version, version.scheme, actor.operator.currency)
        trace = program.trace(program.read_inputs(line.inputs))
        exact = trace.result
    return Settled(line, version, trace, exact, _before(line))


def _before(line: StatementLine) -> Decimal:
    """What lines of earlier statements settled of the same accrual."""
    if line.kind == LineKind.EARNED:
        return Decimal(0)
    earlier = StatementLine.objects.filter(
        version_id=line.version_id,
        period=line.period,
        partner_id=line.partner_id,
        rep_id=line.rep_id,
        kind__in=CALCULATED,
        pk__lt=line.pk,
    )
    return earlier.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def transactions_of(line: StatementLine) -> QuerySet[AccrualLine]:
    """The transactions that a line of a transaction scheme counted, newest first."""
    found: QuerySet[AccrualLine] = AccrualLine.objects.filter(
        version_id=line.version_id, period=line.period, partner_id=line.partner_id, rep_id=line.rep_id
    )
    as_of = line.statement.as_of
    if as_of:
        found = found.filter(credit__received_at__lte=as_of)
    if line.version and line.version.payments:
        day = (as_of or timezone.now()).astimezone(line.statement.operator.zone).date()
        found = found.filter(pk__in=counted_lines([line.version], day).values("pk"))
    return found.select_related("credit__product").order_by("-credit__occurred_at", "-pk")


def sources_of_line(actor: Actor, line: StatementLine) -> Sequence[Source]:
    """The measurements that the frozen formula read, by KPI code."""
    if line.version is None or line.version.scheme.scope == "transaction":
        return []
    names = [name for name, info in line.version.names.items() if info[1] == "kpi"]
    period = read_period(actor.operator, line.period)
    return [
        Source(
            kpi,
            kpi_period(kpi, period).code,
            line.partner_id,
            line.rep_id if kpi.beneficiary == Beneficiary.REP else None,
        )
        for kpi in Kpi.objects.filter(code__in=names).order_by("code")
    ]
