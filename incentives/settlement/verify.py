"""The full recomputation: transactions -> measurements (the audit's own way) -> formulas -> amounts, against the accruals."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef

from common.periods import Period
from formula import FormulaRuntimeError, Inputs
from incentives.accrual.asthen import depends, lines_then
from incentives.accrual.ceilings import amounts_of, has_ceiling
from incentives.accrual.counted import counted_lines, today_of
from incentives.accrual.eligibility import PARTNER_KEYS
from incentives.accrual.fitting import fits
from incentives.accrual.groups import outcomes, with_siblings
from incentives.accrual.limits import capped, rounded
from incentives.accrual.parts import share_of
from incentives.accrual.readings import Key, Readings, profiles, read
from incentives.accrual.result import Outcome
from incentives.accrual.seen import credits_with_codes, takes_back
from incentives.accrual.store import Slot, batched
from incentives.accrual.transactions import earn, takings_of
from incentives.accrual.versions import Rules, for_day, published_rules
from incentives.models import AccrualLine, FrozenAccrual, SettlementRun
from incentives.programs import kpi_period
from performance.counting.audit import recomputed
from performance.models import Credit, Kpi, PendingChunk
from performance.values import final_value
from tenancy.actors import Actor

CHUNK = 2000
#: No more differences than this are listed; the run stops at the first one anyway.
MOST = 200
ZERO = Decimal(0)
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
    accrual_id: int
    accrual__wanted: Decimal


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
    """Each accrual with exact result and amount out of recomputed measurements, stacked as they were."""
    every = with_siblings(actor.operator, {_slot(row): rules[row.version_id] for row in rows})
    values, budgets = _measured_anew(actor, every, periods), _Budgets(actor)
    for batch in batched(rows, CHUNK):
        slots = with_siblings(actor.operator, {_slot(row): every[_slot(row)] for row in batch})
        readings: Readings = read(actor.operator, slots)
        readings.values = values
        stacked = outcomes({slot: each for slot, each in slots.items() if each.version.stack_group}, readings)
        for row in batch:
            exact, wanted = _anew(_slot(row), every[_slot(row)], readings, stacked)
            amount = rounded(every[_slot(row)].version, wanted, actor.operator.currency)
            yield row, exact, budgets.leave(row, every[_slot(row)], wanted, amount)


def _anew(
    slot: Slot, which: Rules, readings: Readings, stacked: Mapping[Slot, Outcome]
) -> tuple[Decimal, Decimal]:
    """The formula's result, and what stacking and cap leave of it."""
    if slot in stacked:
        return stacked[slot].exact, stacked[slot].wanted
    if not readings.is_eligible(slot, which):
        return ZERO, ZERO
    exact = _result(which, readings.inputs(slot, which))
    return exact, capped(which.version, exact, [])[0]


def _result(which: Rules, inputs: Inputs) -> Decimal:
    """The formula's result; one that cannot be calculated earns nothing."""
    try:
        return Decimal(which.program.run(inputs))
    except FormulaRuntimeError:
        return ZERO


class _Budgets:
    """What budgets with a ceiling leave of amounts: given out once more from what everybody wants."""

    def __init__(self, actor: Actor) -> None:
        self.operator = actor.operator
        self.parts: dict[int, dict[int, Decimal]] = {}

    def leave(self, row: Frozen, which: Rules, wanted: Decimal, amount: Decimal) -> Decimal:
        """The part of ``amount``, as long as the accrual wants what it should."""
        if not has_ceiling(which.version) or row.accrual__wanted != wanted:
            return amount
        if row.version_id not in self.parts:
            self.parts[row.version_id] = amounts_of(self.operator, which)
        return self.parts[row.version_id].get(row.accrual_id, amount)


def _slot(row: Frozen) -> Slot:
    return Slot(row.version_id, row.period, row.partner_id, row.rep_id)


def _measured_anew(
    actor: Actor, slots: Mapping[Slot, Rules], periods: Mapping[str, Period]
) -> dict[Key, Decimal]:
    """The values of every KPI that these accruals read, out of the transactions of the days concerned."""
    names = {name for rules in slots.values() for name in rules.program.names}
    read_in = {slot.period for slot in slots}
    values: dict[Key, Decimal] = {}
    for kpi in Kpi.objects.filter(code__in=names):
        first, last = _days(kpi, [periods[period] for period in read_in])
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
    currency, budgets = actor.operator.currency, _Budgets(actor)
    for code in sorted({row.period for row in rows}):
        inside = [row for row in rows if row.period == code]
        versions = {row.version_id: rules[row.version_id] for row in inside}
        sums = _earned_again(actor, code, versions)
        for slot, exact in _forgotten(actor, periods[code], versions, rules):
            sums[slot] += exact
        for row in inside:
            exact, which = sums[_slot(row)], rules[row.version_id]
            wanted, _cuts = capped(which.version, exact, [])
            yield row, exact, budgets.leave(row, which, wanted, rounded(which.version, wanted, currency))


def _earned_again(actor: Actor, period: str, versions: Mapping[int, Rules]) -> defaultdict[Slot, Decimal]:
    sums: defaultdict[Slot, Decimal] = defaultdict(Decimal)
    lines = counted_lines([each.version for each in versions.values()], today_of(actor.operator))
    of_credit = [f"credit__{name}" for name in Facts._fields]
    read_out = lines.filter(period=period).order_by("pk")
    values = read_out.values_list("version_id", "partner_id", "rep_id", "part", "cuts", "inputs", *of_credit)
    for version_id, partner_id, rep_id, part, cuts, inputs, *facts in values.iterator(CHUNK):
        slot, which = Slot(version_id, period, partner_id, rep_id), versions[version_id]
        earned = _again(which, Facts(*facts), cuts, inputs)
        sums[slot] += earned * share_of(which.version, part)
    return sums


def _again(which: Rules, credit: Facts, cuts: Sequence[Mapping[str, str]], inputs: dict[str, Any]) -> Decimal:
    """What the line earns by its formula, after what stacking took."""
    back = -1 if takes_back(credit.sign, credit.position, credit.amount) else 1
    cut: Mapping[str, str] = next((cut for cut in cuts if cut["step"] == "stacking"), {})
    if cut.get("reason") in ("beaten", "excluded"):
        return ZERO
    own = {
        "amount": credit.amount * back - Decimal(cut.get("taken", 0)),
        "margin": (credit.margin or ZERO) * back,
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
    that ask nothing of the partner, pay at once and stand alone can be judged."""
    waiting = {pk for ids in PendingChunk.objects.values_list("credit_ids", flat=True) for pk in ids}
    for which in versions.values():
        if not _judged(which):
            continue
        siblings = [each for each in rules.values() if each.scheme.pk == which.scheme.pk]
        earned = AccrualLine.objects.filter(version__scheme=which.scheme, credit_id=OuterRef("pk"))
        days = Credit.objects.filter(day__gte=period.start, day__lt=period.end).filter(~Exists(earned))
        ids = [pk for pk in days.values_list("pk", flat=True) if pk not in waiting]
        for batch in batched(ids, CHUNK):
            credits = list(credits_with_codes(batch))
            known = profiles({credit.partner_id for credit in credits}, [which])
            then = lines_then(credits, [which.version.pk])
            for credit in credits:
                if depends(credit):
                    for _which, made in takings_of(actor.operator, rules, credit, then.get(credit.pk, {})):
                        yield made.slot, made.exact
                elif for_day(siblings, credit.day) is which and fits(
                    actor.operator, which, credit, known[credit.partner_id]
                ):
                    made = earn(actor.operator, which, credit, known[credit.partner_id])
                    yield made.slot, made.exact


def _judged(which: Rules) -> bool:
    version = which.version
    asks = any(version.eligibility.get(key) for key in PARTNER_KEYS)
    return not (asks or version.payments or version.stack_group)
