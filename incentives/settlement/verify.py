"""The full recomputation: transactions -> measurements (the audit's own way) -> formulas -> amounts, against the accruals."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from common.periods import Period
from formula import FormulaRuntimeError, Inputs
from incentives.accrual.eligibility import PARTNER_KEYS
from incentives.accrual.readings import Key, Readings, profiles, read
from incentives.accrual.result import evaluate, payable
from incentives.accrual.store import Slot, batched
from incentives.accrual.transactions import credits_with_codes, earn, is_taken_back, line_facts, line_fits
from incentives.accrual.versions import Rules, for_day, published_rules
from incentives.enums import Payee
from incentives.models import AccrualLine, FrozenAccrual, SettlementRun
from incentives.programs import kpi_period
from performance.counting.audit import recomputed
from performance.models import Credit, Kpi, PendingChunk
from performance.values import final_value
from tenancy.actors import Actor

CHUNK = 2000
#: No more differences than this are listed; the run stops at the first one anyway.
MOST = 200
Difference = dict[str, Any]


def differences(actor: Actor, run: SettlementRun, periods: Mapping[str, Period]) -> list[Difference]:
    """Every frozen accrual that the transactions do not give again. The caller's transaction holds the lanes.

    Each is ``{scheme, version, period, partner, rep, accrued, recomputed}``.
    """
    rows = FrozenAccrual.objects.filter(run=run).select_related("partner", "rep", "scheme", "version")
    found: list[Difference] = []
    for scope in ("period", "transaction"):
        rules = {
            each.version.pk: each
            for versions in published_rules(actor.operator, scope).values()
            for each in versions
        }
        work = _of_periods if scope == "period" else _of_transactions
        mine = rows.filter(version_id__in=rules).order_by("pk")
        for row, exact, amount in work(actor, mine, rules, periods):
            if (row.exact, row.amount) != (exact, amount):
                found.append(_told(row, amount))
    return found[:MOST]


def _told(row: FrozenAccrual, amount: Decimal) -> Difference:
    return {
        "scheme": row.scheme.code,
        "version": row.version.number,
        "period": row.period,
        "partner": row.partner.code,
        "rep": row.rep.code if row.rep else None,
        "accrued": format(row.amount.normalize(), "f"),
        "recomputed": format(amount.normalize(), "f"),
    }


Anew = Iterator[tuple[FrozenAccrual, Decimal, Decimal]]


def _of_periods(
    actor: Actor, rows: QuerySet[FrozenAccrual], rules: Mapping[int, Rules], periods: Mapping[str, Period]
) -> Anew:
    """Each accrual with exact result and amount out of recomputed measurements."""
    values = _measured_anew(actor, list(rows), rules, periods)
    currency = actor.operator.currency
    for batch in batched(list(rows), CHUNK):
        slots = {_slot(row): rules[row.version_id] for row in batch}
        readings: Readings = read(actor.operator, slots)
        readings.values = values
        for row in batch:
            slot, which = _slot(row), rules[row.version_id]
            if not readings.is_eligible(slot, which):
                yield row, Decimal(0), Decimal(0)
                continue
            outcome = evaluate(which.program, which.version, readings.inputs(slot, which), currency)
            yield row, outcome.exact, outcome.amount


def _slot(row: FrozenAccrual) -> Slot:
    return Slot(row.version_id, row.period, row.partner_id, row.rep_id)


def _measured_anew(
    actor: Actor, rows: Iterable[FrozenAccrual], rules: Mapping[int, Rules], periods: Mapping[str, Period]
) -> dict[Key, Decimal]:
    """The values of every KPI that these accruals read, out of the transactions of the days concerned."""
    read_in = {(row.version_id, row.period) for row in rows}
    names = {name for version, _period in read_in for name in rules[version].program.names}
    values: dict[Key, Decimal] = {}
    for kpi in Kpi.objects.filter(code__in=names):
        first, last = _days(kpi, [periods[period] for _version, period in read_in])
        for place, numbers in recomputed(actor, [kpi], first=first, last=last)[kpi.pk].items():
            values[kpi.pk, *place] = final_value(kpi.measure, numbers[0], numbers[1])
    return values


def _days(kpi: Kpi, periods: Iterable[Period]) -> tuple[date, date]:
    """The days of these periods and of those before them, as the KPI cuts them."""
    inside = [kpi_period(kpi, period) for period in periods]
    return min(each.previous().start for each in inside), max(each.last_day for each in inside)


def _of_transactions(
    actor: Actor, rows: QuerySet[FrozenAccrual], rules: Mapping[int, Rules], periods: Mapping[str, Period]
) -> Anew:
    """Each accrual out of its credits: the formula again over each, with the tier and role that its line was earned with."""
    for code in sorted({row.period for row in rows}):
        inside = list(rows.filter(period=code))
        versions = {row.version_id: rules[row.version_id] for row in inside}
        sums = _earned_again(code, versions)
        for slot, exact in _forgotten(actor, periods[code], versions, rules):
            sums[slot] += exact
        for row in inside:
            exact = sums[_slot(row)]
            yield row, exact, payable(rules[row.version_id].version, exact, actor.operator.currency)


def _earned_again(period: str, versions: Mapping[int, Rules]) -> defaultdict[Slot, Decimal]:
    sums: defaultdict[Slot, Decimal] = defaultdict(Decimal)
    lines = AccrualLine.objects.filter(period=period, version_id__in=versions)
    for line in lines.select_related("credit").order_by("pk").iterator(CHUNK):
        slot = Slot(line.version_id, period, line.partner_id, line.rep_id)
        sums[slot] += _again(versions[line.version_id], line.credit, line)
    return sums


def _again(which: Rules, credit: Credit, line: AccrualLine) -> Decimal:
    back = -1 if is_taken_back(credit) else 1
    own = {
        "amount": credit.amount * back,
        "margin": (credit.margin or Decimal(0)) * back,
        "quantity": credit.quantity * back,
        "share": credit.share,
    }
    context = dict(which.program.read_inputs(line.inputs).context)
    context |= {name: value for name, value in own.items() if name in context}
    try:
        return Decimal(which.program.run(Inputs(context=context))) * back
    except FormulaRuntimeError:
        return Decimal(0)


def _forgotten(
    actor: Actor, period: Period, versions: Mapping[int, Rules], rules: Mapping[int, Rules]
) -> Iterator[tuple[Slot, Decimal]]:
    """What credits without a line had to earn. Who was eligible is not kept with what earned nothing, so only versions
    that ask nothing of the partner can be judged."""
    open_to_all = {
        pk: each
        for pk, each in versions.items()
        if not any(each.version.eligibility.get(key) for key in PARTNER_KEYS)
    }
    waiting = {pk for ids in PendingChunk.objects.values_list("credit_ids", flat=True) for pk in ids}
    for which in open_to_all.values():
        siblings = [each for each in rules.values() if each.scheme.pk == which.scheme.pk]
        earned = AccrualLine.objects.filter(version__scheme=which.scheme, credit_id=OuterRef("pk"))
        days = Credit.objects.filter(day__gte=period.start, day__lt=period.end).filter(~Exists(earned))
        ids = [pk for pk in days.values_list("pk", flat=True) if pk not in waiting]
        for batch in batched(ids, CHUNK):
            credits = list(credits_with_codes(batch))
            known = profiles({credit.partner_id for credit in credits})
            for credit in credits:
                facts = line_facts(credit)
                fits = line_fits(which.version.eligibility, facts) and (
                    which.scheme.payee != Payee.REP or credit.rep_id is not None
                )
                if fits and for_day(siblings, credit.day) is which:
                    made = earn(actor.operator, which, credit, known[credit.partner_id], facts)
                    yield made.slot, made.exact
