"""One chunk of partners in one period under two sets of rules: read for all at once, evaluated as accruals are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain

from django.db.models import Q, QuerySet

from common.periods import Period
from formula import FormulaRuntimeError
from incentives.accrual.asthen import as_originals
from incentives.accrual.groups import entry_of
from incentives.accrual.limits import ZERO, capped, rounded, text
from incentives.accrual.readings import Readings, profiles, read
from incentives.accrual.seen import credits_with_codes, sign_of
from incentives.accrual.store import Slot, batched
from incentives.accrual.versions import Rules
from incentives.enums import Payee
from incentives.programs import kpi_period
from incentives.simulation.budgets import first_come_first_served
from incentives.simulation.sides import Line, Side, line_of, side_of
from incentives.stacking import stack
from partners.models import Rep
from performance.enums import Beneficiary
from performance.models import Credit, Kpi, Measurement
from tenancy.models import Operator

#: Partner id and rep id.
Who = tuple[int, int | None]


@dataclass(slots=True)
class Result:
    """What one beneficiary earns under one set of rules before a budget's ceiling.

    ``exact`` is after stacking, which took ``stacked``; ``wanted`` what the cap leaves of it (it took ``cut``), ``amount``
    the same rounded. ``claims``: [credit id, exact amount] of each transaction where the budget goes to what came first.
    """

    exact: Decimal = ZERO
    amount: Decimal = ZERO
    cut: Decimal = ZERO
    failed: bool = False
    wanted: Decimal = ZERO
    stacked: Decimal = ZERO
    claims: list[tuple[int, str]] = field(default_factory=list)


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
    sides = [side_of(operator, each) for each in (rules, baseline) if each is not None]
    if rules.scheme.scope == "transaction":
        found = _of_transactions(operator, sides, period, partner_ids)
    else:
        found = [_of_periods(operator, each, period, partner_ids) for each in sides]
    return Chunk(found[0], found[1] if baseline is not None else {})


def _of_periods(
    operator: Operator, side: Side, period: Period, partner_ids: Sequence[int]
) -> dict[Who, Result]:
    found: dict[Who, Result] = {}
    who = list(_who(side.rules, period, partner_ids))
    members = side.in_period(operator, period)
    slots = {Slot(-n, period.code, *each): rules for n, rules in enumerate(members) for each in who}
    readings = read(operator, slots)
    for each in who:
        mine = [Slot(-n, period.code, *each) for n in range(len(members))]
        if readings.is_eligible(mine[0], side.rules):
            found[each] = _of_slots(mine, slots, readings)
    return found


def _of_slots(mine: Sequence[Slot], slots: Mapping[Slot, Rules], readings: Readings) -> Result:
    """What the first of these slots gives beside the others."""
    rules, inputs = slots[mine[0]], readings.inputs(mine[0], slots[mine[0]])
    currency = readings.operator.currency
    try:
        alone = rules.program.run(inputs)
    except FormulaRuntimeError:
        return Result(failed=True)
    others = [slot for slot in mine[1:] if readings.is_eligible(slot, slots[slot])]
    if not others:
        return paid(rules, alone, currency)
    entries = [entry_of(slot, slots[slot], readings.inputs(slot, slots[slot])) for slot in (mine[0], *others)]
    beside = next(each for each in stack(entries) if each.key == mine[0])
    result = paid(rules, beside.amount, currency)
    result.stacked = beside.alone - beside.amount
    return result


def paid(rules: Rules, exact: Decimal, currency: str) -> Result:
    """What stacking left, after cap and rounding."""
    wanted, _cuts = capped(rules.version, exact, [])
    return Result(exact, rounded(rules.version, wanted, currency), exact - wanted, wanted=wanted)


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


@dataclass(slots=True)
class _Sum:
    """What the transactions of one beneficiary come to."""

    exact: Decimal = ZERO
    stacked: Decimal = ZERO
    failed: bool = False
    claims: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: Line, credit: Credit, keep: bool) -> None:
        back = sign_of(credit)
        self.exact += line.amount * back
        self.stacked += line.stacked * back
        self.failed = self.failed or line.failed
        if keep and line.amount:
            self.claims.append((credit.pk, text(line.amount * back)))


def _of_transactions(
    operator: Operator, sides: Sequence[Side], period: Period, partner_ids: Sequence[int]
) -> list[dict[Who, Result]]:
    """Every line once, for all rules. All payments over time count, as if they were made with the transaction."""
    known = profiles(partner_ids, chain.from_iterable(side.all_rules() for side in sides))
    sums: list[dict[Who, _Sum]] = [defaultdict(_Sum) for _ in sides]
    keep = [first_come_first_served(side.rules) for side in sides]
    for credit in _lines(period, partner_ids):
        profile = known[credit.partner_id]
        for number, side in enumerate(sides):
            line = line_of(operator, side, credit, profile)
            if line is not None:
                rep_id = credit.rep_id if side.rules.scheme.payee == Payee.REP else None
                sums[number][credit.partner_id, rep_id].add(line, credit, keep[number])
    return [
        {who: _summed(side.rules, each, operator.currency) for who, each in found.items()}
        for side, found in zip(sides, sums, strict=True)
    ]


def _summed(rules: Rules, found: _Sum, currency: str) -> Result:
    result = paid(rules, found.exact, currency)
    result.stacked, result.failed, result.claims = found.stacked, found.failed, found.claims
    return result


def _lines(period: Period, partner_ids: Sequence[int]) -> Iterator[Credit]:
    credits = Credit.objects.filter(
        partner_id__in=partner_ids, day__gte=period.start, day__lt=period.end
    ).order_by("pk")
    for batch in batched(list(credits.values_list("pk", flat=True)), 2000):
        yield from as_originals(list(credits_with_codes(batch)))
