"""One chunk of partners in one period under two sets of rules: read for all at once, evaluated as accruals are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, QuerySet

from common.periods import Period
from formula import FormulaRuntimeError
from incentives.accrual.eligibility import is_eligible
from incentives.accrual.readings import profiles, read
from incentives.accrual.result import payable
from incentives.accrual.store import Slot
from incentives.accrual.transactions import fits, line_inputs, sign_of, with_codes
from incentives.accrual.versions import Rules
from incentives.enums import Payee
from incentives.programs import kpi_period
from partners.models import Rep
from performance.enums import Beneficiary
from performance.models import Credit, Kpi, Measurement
from tenancy.models import Operator

#: Partner id and rep id.
Who = tuple[int, int | None]


@dataclass(slots=True)
class Result:
    """What one beneficiary earns under one set of rules; ``exact`` is before cap and rounding."""

    exact: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    cut: Decimal = Decimal(0)
    failed: bool = False


@dataclass(slots=True)
class Chunk:
    """Both results by beneficiary; who may not earn under a set of rules is not in it."""

    rules: dict[Who, Result] = field(default_factory=dict)
    baseline: dict[Who, Result] = field(default_factory=dict)


def partners_with_numbers(both: Sequence[Rules], period: Period) -> QuerySet[Measurement] | QuerySet[Credit]:
    """Rows whose ``partner_id`` has anything to evaluate in ``period``."""
    if both[0].scheme.scope == "transaction":
        return Credit.objects.filter(day__gte=period.start, day__lt=period.end)
    return Measurement.objects.filter(_measured(both, period))


def _measured(both: Sequence[Rules], period: Period) -> Q:
    found = Q(pk__in=[])
    for kpi in Kpi.objects.filter(code__in={name for rules in both for name in rules.program.names}):
        at = kpi_period(kpi, period)
        found |= Q(kpi=kpi, period__in=[at.code, at.previous().code])
    return found


def evaluate_chunk(
    operator: Operator, rules: Rules, baseline: Rules | None, period: Period, partner_ids: Sequence[int]
) -> Chunk:
    """Both results of these partners (or of their reps). A handful of queries, whatever the number of partners."""
    if not partner_ids:
        return Chunk()
    both = [rules] if baseline is None else [rules, baseline]
    if rules.scheme.scope == "transaction":
        found = _of_transactions(operator, both, period, partner_ids)
    else:
        found = [_of_periods(operator, each, period, partner_ids) for each in both]
    return Chunk(found[0], found[1] if baseline is not None else {})


def _of_periods(
    operator: Operator, rules: Rules, period: Period, partner_ids: Sequence[int]
) -> dict[Who, Result]:
    found: dict[Who, Result] = {}
    slots = [Slot(0, period.code, *who) for who in _who(rules, period, partner_ids)]
    readings = read(operator, dict.fromkeys(slots, rules))
    for slot in slots:
        profile = readings.profiles[slot.partner_id]
        if not is_eligible(rules.version.eligibility, profile):
            continue
        try:
            exact = rules.program.run(readings.inputs(slot, rules))
        except FormulaRuntimeError:
            found[slot.partner_id, slot.rep_id] = Result(failed=True)
        else:
            found[slot.partner_id, slot.rep_id] = paid(rules, exact, operator.currency)
    return found


def paid(rules: Rules, exact: Decimal, currency: str) -> Result:
    """The exact result after cap and rounding."""
    cap = rules.version.cap
    cut = max(exact - cap, Decimal(0)) if cap is not None else Decimal(0)
    return Result(exact, payable(rules.version, exact, currency), cut)


def _who(rules: Rules, period: Period, partner_ids: Sequence[int]) -> Iterable[Who]:
    """The beneficiaries that accruals would have: a partner, or its reps where reps earn."""
    kpis = list(Kpi.objects.filter(code__in=rules.program.names))
    found: set[Who] = set()
    for kpi in kpis:
        at = kpi_period(kpi, period)
        rows = Measurement.objects.filter(
            kpi=kpi, period__in=[at.code, at.previous().code], partner_id__in=partner_ids
        )
        own = kpi.beneficiary == Beneficiary.REP
        if rules.scheme.payee == Payee.PARTNER and not own:
            found |= {(partner_id, None) for partner_id in rows.values_list("partner_id", flat=True)}
        if rules.scheme.payee == Payee.REP:
            found |= set(rows.values_list("partner_id", "rep_id")) if own else _reps(rows)
    return sorted(found, key=lambda who: (who[0], who[1] or 0))


def _reps(rows: QuerySet[Measurement]) -> set[Who]:
    """Every active rep of the partners that were measured."""
    reps = Rep.objects.filter(active=True, partner_id__in=rows.values("partner_id"))
    return {(int(partner_id), pk) for partner_id, pk in reps.values_list("partner_id", "pk")}


def _of_transactions(
    operator: Operator, both: Sequence[Rules], period: Period, partner_ids: Sequence[int]
) -> list[dict[Who, Result]]:
    """Every line once, for all rules. The inputs and the evaluator are those of ``earn``, without what it stores."""
    known = profiles(partner_ids)
    sums: list[dict[Who, Decimal]] = [defaultdict(Decimal) for _ in both]
    failed: set[tuple[int, Who]] = set()
    for credit in _lines(period, partner_ids):
        profile = known[credit.partner_id]
        for number, rules in enumerate(both):
            if not fits(operator, rules, credit, profile):
                continue
            who = (credit.partner_id, credit.rep_id if rules.scheme.payee == Payee.REP else None)
            try:
                exact = rules.program.run(line_inputs(operator, rules, credit, profile))
                sums[number][who] += exact * sign_of(credit)
            except FormulaRuntimeError:
                sums[number][who] += 0
                failed.add((number, who))
    return [
        {
            who: _summed(rules, exact, operator.currency, (number, who) in failed)
            for who, exact in found.items()
        }
        for number, (rules, found) in enumerate(zip(both, sums, strict=True))
    ]


def _summed(rules: Rules, exact: Decimal, currency: str, failed: bool) -> Result:
    result = paid(rules, exact, currency)
    result.failed = failed
    return result


def _lines(period: Period, partner_ids: Sequence[int]) -> Iterator[Credit]:
    credits = Credit.objects.filter(
        partner_id__in=partner_ids, day__gte=period.start, day__lt=period.end
    ).order_by("pk")
    return with_codes(credits).iterator(2000)
