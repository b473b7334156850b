"""The full recomputation: transactions -> measurements (the audit's own way) -> formulas -> amounts, against the accruals."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef

from common.periods import Period
from formula import FormulaRuntimeError, Inputs
from incentives.accrual.eligibility import PARTNER_KEYS
from incentives.accrual.readings import Key, Readings, profiles, read
from incentives.accrual.result import payable
from incentives.accrual.store import Slot, batched
from incentives.accrual.transactions import credits_with_codes, earn, line_facts, line_fits, takes_back
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


class Facts(NamedTuple):
    """What formulas ask of a credit itself."""

    sign: int
    position: int
    amount: Decimal
    margin: Decimal | None
    quantity: Decimal
    share: Decimal


class Frozen(NamedTuple):
    """A frozen accrual without the objects around it: there are ten thousands of them."""

    pk: int
    version_id: int
    period: str
    partner_id: int
    rep_id: int | None
    exact: Decimal
    amount: Decimal


def differences(actor: Actor, run: SettlementRun, periods: Mapping[str, Period]) -> list[Difference]:
    """Every frozen accrual that the transactions do not give again. The caller's transaction holds the lanes.

    Each is ``{scheme, version, period, partner, rep, accrued, recomputed}``.
    """
    every = FrozenAccrual.objects.filter(run=run).order_by("pk").values_list(*Frozen._fields)
    rows = [Frozen(*each) for each in every]
    wrong: dict[int, Decimal] = {}
    for scope in ("period", "transaction"):
        rules = {
            each.version.pk: each
            for versions in published_rules(actor.operator, scope).values()
            for each in versions
        }
        work = _of_periods if scope == "period" else _of_transactions
        mine = [row for row in rows if row.version_id in rules]
        for row, exact, amount in work(actor, mine, rules, periods):
            if (row.exact, row.amount) != (exact, amount):
                wrong[row.pk] = amount
    told = FrozenAccrual.objects.filter(pk__in=list(wrong)[:MOST]).order_by("pk")
    return [_told(row, wrong[row.pk]) for row in told.select_related("partner", "rep", "scheme", "version")]


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


Anew = Iterator[tuple[Frozen, Decimal, Decimal]]


def _of_periods(
    actor: Actor, rows: Sequence[Frozen], rules: Mapping[int, Rules], periods: Mapping[str, Period]
) -> Anew:
    """Each accrual with exact result and amount out of recomputed measurements."""
    values = _measured_anew(actor, rows, rules, periods)
    currency = actor.operator.currency
    for batch in batched(rows, CHUNK):
        slots = {_slot(row): rules[row.version_id] for row in batch}
        readings: Readings = read(actor.operator, slots)
        readings.values = values
        for row in batch:
            slot, which = _slot(row), rules[row.version_id]
            if not readings.is_eligible(slot, which):
                yield row, Decimal(0), Decimal(0)
                continue
            exact = _result(which, readings.inputs(slot, which))
            yield row, exact, payable(which.version, exact, currency)


def _result(which: Rules, inputs: Inputs) -> Decimal:
    """The formula's result; one that cannot be calculated earns nothing."""
    try:
        return Decimal(which.program.run(inputs))
    except FormulaRuntimeError:
        return Decimal(0)


def _slot(row: Frozen) -> Slot:
    return Slot(row.version_id, row.period, row.partner_id, row.rep_id)


def _measured_anew(
    actor: Actor, rows: Iterable[Frozen], rules: Mapping[int, Rules], periods: Mapping[str, Period]
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
    actor: Actor, rows: Sequence[Frozen], rules: Mapping[int, Rules], periods: Mapping[str, Period]
) -> Anew:
    """Each accrual out of its credits: the formula again over each, with the tier and role that its line was earned with."""
    for code in sorted({row.period for row in rows}):
        inside = [row for row in rows if row.period == code]
        versions = {row.version_id: rules[row.version_id] for row in inside}
        sums = _earned_again(code, versions)
        for slot, exact in _forgotten(actor, periods[code], versions, rules):
            sums[slot] += exact
        for row in inside:
            exact = sums[_slot(row)]
            yield row, exact, payable(rules[row.version_id].version, exact, actor.operator.currency)


def _earned_again(period: str, versions: Mapping[int, Rules]) -> defaultdict[Slot, Decimal]:
    sums: defaultdict[Slot, Decimal] = defaultdict(Decimal)
    lines = AccrualLine.objects.filter(period=period, version_id__in=versions).order_by("pk")
    of_credit = [f"credit__{name}" for name in Facts._fields]
    read_out = lines.values_list("version_id", "partner_id", "rep_id", "inputs", *of_credit)
    for version_id, partner_id, rep_id, inputs, *facts in read_out.iterator(CHUNK):
        slot = Slot(version_id, period, partner_id, rep_id)
        sums[slot] += _again(versions[version_id], Facts(*facts), inputs)
    return sums


def _again(which: Rules, credit: Facts, inputs: dict[str, Any]) -> Decimal:
    back = -1 if takes_back(credit.sign, credit.position, credit.amount) else 1
    own = {
        "amount": credit.amount * back,
        "margin": (credit.margin or Decimal(0)) * back,
        "quantity": credit.quantity * back,
        "share": credit.share,
    }
    context = dict(which.program.read_inputs(inputs).context)
    context |= {name: value for name, value in own.items() if name in context}
    return _result(which, Inputs(context=context)) * back


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
