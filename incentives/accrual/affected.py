"""Which accruals a changed measurement touches."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from common.periods import Period, parse_period, period_of, periods_between
from incentives.accrual.store import Slot
from incentives.accrual.versions import Rules, for_period
from incentives.enums import Payee
from partners.models import Rep
from performance.enums import Beneficiary, PeriodKind
from performance.models import Kpi
from tenancy.models import Operator


class Change(NamedTuple):
    """A measurement that moved."""

    kpi_id: int
    period: str
    partner_id: int
    rep_id: int | None


def read_period(operator: Operator, code: str) -> Period:
    return parse_period(code, operator.days, operator.fiscal_start_month)


def touched_periods(kpi: Kpi, changed: Period, kind: str) -> Iterator[tuple[Period, bool]]:
    """Scheme periods of ``kind`` that read ``changed`` of ``kpi``; with True where they read it as the previous one."""
    for period, as_previous in ((changed, False), (changed.next(), True)):
        if kpi.period == kind:
            yield period, as_previous
        elif kpi.period == PeriodKind.ROLLING:
            reader = period_of(period.last_day, kind, period.calendar, period.fiscal_start)  # type: ignore[arg-type]
            if reader.end == period.end:
                yield reader, as_previous
        else:
            for inner in periods_between(
                period.start,
                period.end,
                kind,  # type: ignore[arg-type]
                period.calendar,
                period.fiscal_start,
            ):
                yield inner, as_previous


def touched_slots(
    operator: Operator,
    schemes: Mapping[int, Sequence[Rules]],
    kpis: Mapping[int, Kpi],
    changes: Iterable[Change],
    today: date,
) -> dict[Slot, Rules]:
    """Every accrual to evaluate again, with the rules that decide it. Periods that have not begun wait."""
    found: dict[Slot, Rules] = {}
    reps = _RepsOf()
    deciding: dict[tuple[int, str], list[tuple[str, Rules]]] = {}
    for change in changes:
        kpi = kpis.get(change.kpi_id)
        if kpi is None:
            continue
        key = (kpi.pk, change.period)
        if key not in deciding:
            deciding[key] = list(_deciding(operator, schemes, kpi, change.period, today))
        for period, rules in deciding[key]:
            for rep_id in _payees(rules, kpi, change, reps):
                found[Slot(rules.version.pk, period, change.partner_id, rep_id)] = rules
    return found


def _deciding(
    operator: Operator, schemes: Mapping[int, Sequence[Rules]], kpi: Kpi, code: str, today: date
) -> Iterator[tuple[str, Rules]]:
    changed = read_period(operator, code)
    for versions in schemes.values():
        if not any(kpi.code in rules.program.names for rules in versions):
            continue
        for period, as_previous in touched_periods(kpi, changed, versions[0].scheme.period):
            rules = for_period(versions, period)
            kind = "previous" if as_previous else "value"
            if rules is None or not _reads(rules, kind, kpi.code) or (as_previous and period.start > today):
                continue
            yield period.code, rules


def _reads(rules: Rules, kind: str, name: str) -> bool:
    kinds = {kind} if kind == "previous" else {"value", "target"}
    return any((each, name) in rules.program.requests for each in kinds)


class _RepsOf:
    """The reps of a partner, read once."""

    def __init__(self) -> None:
        self._known: dict[int, list[int]] = {}

    def __call__(self, partner_id: int) -> list[int]:
        if partner_id not in self._known:
            reps = Rep.objects.filter(partner_id=partner_id, active=True).values_list("pk", flat=True)
            self._known[partner_id] = list(reps)
        return self._known[partner_id]


def _payees(rules: Rules, kpi: Kpi, change: Change, reps: _RepsOf) -> Iterable[int | None]:
    if rules.scheme.payee == Payee.PARTNER:
        return [None] if kpi.beneficiary != Beneficiary.REP else []
    return [change.rep_id] if kpi.beneficiary == Beneficiary.REP else reps(change.partner_id)
