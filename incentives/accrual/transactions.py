"""Transaction schemes: what each credit earns, stacked per credit, summed per beneficiary and period."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Sum

from formula import FormulaRuntimeError, Inputs, inputs_to_json
from incentives.accrual import ceilings, store
from incentives.accrual.asthen import Then, depends, following, hold_lanes, lines_then
from incentives.accrual.counted import counted_lines, lost_lines, today_of
from incentives.accrual.eligibility import Profile
from incentives.accrual.fitting import fits
from incentives.accrual.limits import stacking_cuts, text
from incentives.accrual.parts import Earned, Origins, origins_of, payments_of, slot_at
from incentives.accrual.readings import profiles
from incentives.accrual.result import Outcome, limited
from incentives.accrual.seen import ZERO, credits_with_codes, inputs_then, is_taken_back, line_inputs, sign_of
from incentives.accrual.store import Slot, batched, slot_of, to_json
from incentives.accrual.versions import Rules, for_day, published_rules
from incentives.models import Accrual, SchemeVersion
from incentives.stacking import Entry, Stacked, stack
from performance.enums import LATE_CHURN, LineKind
from performance.models import Credit
from tenancy.actors import Actor
from tenancy.models import Operator
from workflow.timers import schedule

CHUNK = 5000
RELEASE = "incentives.release"
_INSERT = """
insert into incentives_accrualline
  (operator_id, version_id, credit_id, partner_id, rep_id, period, exact, part, release_on, base_on, cuts, components, inputs)
select (select app.op()), v.version_id, v.credit_id, v.partner_id, v.rep_id, v.period, v.exact, v.part, v.release_on,
  v.base_on, v.cuts, v.components, v.inputs
from jsonb_to_recordset(%s::jsonb) as v(
  version_id bigint, credit_id bigint, partner_id bigint, rep_id bigint, period text, exact numeric, part smallint,
  release_on date, base_on date, cuts jsonb, components jsonb, inputs jsonb)
on conflict do nothing
"""
Schemes = Mapping[int, Sequence[Rules]]


def evaluate_credits(actor: Actor, credit_ids: Sequence[int], only: SchemeVersion | None = None) -> int:
    """Evaluate these credits under every transaction scheme; returns how many lines were earned. Again is no harm.

    ``only``: under this version's scheme alone, and those that stack with it.
    """
    schemes = schemes_with(actor.operator, only)
    if not schemes:
        return 0
    ids = sorted(credit_ids)
    ceilings.hold()
    hold_lanes(ids)
    return sum(_evaluate(actor.operator, schemes, batch) for batch in batched(ids, CHUNK))


def schemes_with(operator: Operator, only: SchemeVersion | None = None) -> Schemes:
    """Every published transaction scheme; with ``only`` its own, and those that stack with it."""
    schemes = published_rules(operator, "transaction")
    if only is None:
        return schemes
    return {pk: versions for pk, versions in schemes.items() if _goes_with(versions, only)}


def _goes_with(versions: Sequence[Rules], version: SchemeVersion) -> bool:
    group = version.stack_group
    return versions[0].scheme.pk == version.scheme_id or any(
        group and each.version.stack_group == group for each in versions
    )


def _evaluate(operator: Operator, schemes: Schemes, ids: Sequence[int]) -> int:
    """What happened comes first, then what takes it back: that finds the lines which it takes back."""
    rows = list(credits_with_codes(ids))
    rules = {each.version.pk: each for versions in schemes.values() for each in versions}
    first = [credit for credit in rows if not depends(credit)]
    lines = _earn_new(operator, schemes, first)
    _insert(lines)
    wave = set(following([credit.pk for credit in first]))
    wave |= {credit.pk for credit in rows if depends(credit)}
    while wave:
        backs = list(credits_with_codes(wave))
        more = _take_back(operator, rules, backs)
        _insert(more)
        lines += more
        wave = set(following([credit.pk for credit in backs]))
    slots = {line.slot for line in lines} | _lost_slots(rules, rows)
    if not slots:
        return 0
    accruals = store.lock(slots)
    _sum_up(operator, accruals, rules)
    _wait_for_release(operator, accruals, lines)
    return len(lines)


def _earn_new(operator: Operator, schemes: Schemes, rows: Sequence[Credit]) -> list[Earned]:
    known = profiles({credit.partner_id for credit in rows}, chain.from_iterable(schemes.values()))
    return [
        part
        for credit in rows
        for which, line in earnings_of(operator, schemes, credit, known[credit.partner_id])
        for part in payments_of(operator, which, credit, line, {})
    ]


def _take_back(operator: Operator, rules: Mapping[int, Rules], rows: Sequence[Credit]) -> list[Earned]:
    then, origins = lines_then(rows, rules), _origins(rules, rows)
    return [
        part
        for credit in rows
        for which, line in takings_of(operator, rules, credit, then.get(credit.pk, {}))
        for part in payments_of(operator, which, credit, line, origins)
    ]


def _origins(rules: Mapping[int, Rules], rows: Sequence[Credit]) -> Origins:
    if not any(each.version.payments for each in rules.values()):
        return {}
    return origins_of(credit for credit in rows if is_taken_back(credit))


def _lost_slots(rules: Mapping[int, Rules], rows: Sequence[Credit]) -> set[Slot]:
    """Accruals of waiting lines whose customers leave with one of these rows."""
    waiting = [pk for pk, each in rules.items() if each.version.while_customer]
    churned = [credit for credit in rows if credit.kind == LineKind.CHURN and credit.customer_id]
    if not waiting or not churned:
        return set()
    found = lost_lines(waiting, churned).values_list("version_id", "period", "partner_id", "rep_id")
    return {Slot(*row) for row in found}


def earnings_of(
    operator: Operator, schemes: Schemes, credit: Credit, profile: Profile
) -> Iterator[tuple[Rules, Earned]]:
    """What each scheme that ``credit`` fits gives for it, those of one stacking group beside each other."""
    groups: dict[str, list[Rules]] = {}
    for versions in schemes.values():
        rules = for_day(versions, credit.day)
        if rules is None or not fits(operator, rules, credit, profile):
            continue
        if rules.version.stack_group:
            groups.setdefault(rules.version.stack_group, []).append(rules)
        else:
            yield rules, earn(operator, rules, credit, profile)
    for members in groups.values():
        yield from _stacked(members, credit, lambda each, taken: earn(operator, each, credit, profile, taken))


def takings_of(
    operator: Operator, rules: Mapping[int, Rules], credit: Credit, then: Then
) -> Iterator[tuple[Rules, Earned]]:
    """What each version that paid for what ``credit`` takes back gives for it: the same again with the other sign."""
    if (credit.attributes or {}).get(LATE_CHURN):
        return
    groups: dict[str, list[Rules]] = {}
    for which in (rules[pk] for pk in sorted(then)):
        groups.setdefault(which.version.stack_group or f"/{which.version.pk}", []).append(which)

    def again(which: Rules, taken: Decimal) -> Earned:
        return _earned(operator, which, credit, inputs_then(which, credit, then[which.version.pk], taken))

    for name, members in groups.items():
        if name.startswith("/"):
            yield members[0], again(members[0], ZERO)
        else:
            yield from _stacked(members, credit, again)


def _stacked(
    members: Sequence[Rules], credit: Credit, earning: Callable[[Rules, Decimal], Earned]
) -> Iterator[tuple[Rules, Earned]]:
    back = sign_of(credit)
    by_id = {rules.version.pk: rules for rules in members}

    def entry(rules: Rules) -> Entry[int]:
        def earns(taken: Decimal) -> Decimal:
            return earning(rules, taken).exact * back

        version = rules.version
        priority = version.stack_priority or 0
        return Entry(version.pk, priority, version.stack_policy, version.stack_counts, earns)

    for each in stack(entry(rules) for rules in members):
        rules = by_id[each.key]
        line = earning(rules, each.taken)
        by = by_id[each.by].scheme.code if each.by is not None else ""
        yield rules, _after(line, each, by, back)


def _after(line: Earned, stacked: Stacked[int], by: str, back: int) -> Earned:
    """The line with what stacking left of it."""
    return replace(
        line, exact=stacked.amount * back, cuts=stacking_cuts(stacked, stacked.alone * back, by) or None
    )


def earn(operator: Operator, rules: Rules, credit: Credit, profile: Profile, taken: Decimal = ZERO) -> Earned:
    """What ``credit`` earns, with ``taken`` off its amount. A row that takes something back earns the negative of what it
    takes back would have."""
    return _earned(operator, rules, credit, line_inputs(operator, rules, credit, profile, taken))


def _earned(operator: Operator, rules: Rules, credit: Credit, inputs: Inputs) -> Earned:
    slot = slot_at(operator, rules, credit, credit.day)
    back = sign_of(credit)
    try:
        trace = rules.program.trace(inputs)
    except FormulaRuntimeError as error:
        failed = [{"label": "", "amount": "0", "error": error.code}]
        return Earned(slot, credit.pk, ZERO, failed, inputs_to_json(inputs))
    components = [{"label": label, "amount": text(amount * back)} for label, amount in trace.amounts.items()]
    return Earned(slot, credit.pk, trace.result * back, components, inputs_to_json(inputs))


def _insert(lines: Sequence[Earned]) -> None:
    for batch in batched(lines, CHUNK):
        values = [
            {
                **line.slot._asdict(),
                "credit_id": line.credit_id,
                "exact": line.exact,
                "part": line.part,
                "release_on": line.release_on,
                "base_on": line.base_on,
                "cuts": line.cuts or [],
                "components": line.components,
                "inputs": line.inputs,
            }
            for line in batch
        ]
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [to_json(values)])


def _sum_up(operator: Operator, accruals: Mapping[Slot, Accrual], rules: Mapping[int, Rules]) -> None:
    """Set each accrual to the sum of the lines that count today, after cap, budget and the one rounding."""
    touched = {slot.version_id: rules[slot.version_id] for slot in accruals}
    lines = counted_lines([each.version for each in touched.values()], today_of(operator))
    sums = lines.filter(
        period__in={slot.period for slot in accruals},
        partner_id__in={slot.partner_id for slot in accruals},
    ).values("version_id", "period", "partner_id", "rep_id")
    found = {
        Slot(row["version_id"], row["period"], row["partner_id"], row["rep_id"]): row
        for row in sums.annotate(exact=Sum("exact"), n=Count("pk"), newest=Max("credit__received_at"))
    }
    empty: dict[str, Any] = {"exact": ZERO, "n": 0, "newest": None}
    changed = []
    for slot, accrual in accruals.items():
        row = found.get(slot, empty)
        changed.append(
            _summed(operator, accrual, touched[slot.version_id], row["exact"], row["n"], row["newest"])
        )
    store.save(changed)
    ceilings.share_out(operator, touched)


def _summed(
    operator: Operator, accrual: Accrual, rules: Rules, exact: Decimal, lines: int, newest: datetime | None
) -> Accrual:
    accrual.lines, accrual.as_of = lines, newest
    total = [{"label": "", "amount": text(exact)}]
    outcome = limited(Outcome(exact, exact, total, {}, []), rules.version, [], operator.currency)
    return store.put(accrual, outcome, rules.program.digest)


def _wait_for_release(operator: Operator, accruals: Mapping[Slot, Accrual], lines: Sequence[Earned]) -> None:
    """Set a timer for each accrual and day on which something that waits will count."""
    today = today_of(operator)
    days = {(line.slot, line.release_on) for line in lines if line.release_on and line.release_on > today}
    for slot, day in sorted(days, key=lambda each: (each[1], each[0][:3])):
        due = datetime.combine(day, time(), operator.zone).astimezone(UTC)
        schedule(RELEASE, accruals[slot], due)


def renew_sums(actor: Actor, accruals: Iterable[Accrual]) -> int:
    """Sum up these accruals of transaction schemes anew, as of today; returns their number."""
    schemes = published_rules(actor.operator, "transaction")
    rules = {each.version.pk: each for versions in schemes.values() for each in versions}
    slots = {slot_of(row) for row in accruals if row.version_id in rules}
    if slots:
        ceilings.hold()
        _sum_up(actor.operator, store.lock(slots), rules)
    return len(slots)
