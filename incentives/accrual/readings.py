"""The numbers behind accruals, read for all beneficiaries at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from catalog.models import Territory
from common.periods import Period
from formula import Inputs
from incentives.accrual.affected import read_period
from incentives.accrual.eligibility import RATES, Profile, context_of, is_eligible, profile_of
from incentives.accrual.store import Slot
from incentives.accrual.versions import Rules
from incentives.models import Accrual
from incentives.programs import kpi_period
from partners.models import Partner
from performance.enums import Beneficiary
from performance.models import Kpi, KpiTarget, Measurement
from performance.values import final_value
from programs.benefits import shares_of
from programs.selectors import programmes_of
from tenancy.models import Operator

Key = tuple[int, str, int, int | None]


@dataclass(slots=True)
class Readings:
    """Measurements and targets by (KPI id, period, partner id, rep id), and partners' profiles by id."""

    operator: Operator
    kpis: Mapping[str, Kpi]
    values: dict[Key, Decimal] = field(default_factory=dict)
    lines: dict[Key, int] = field(default_factory=dict)
    newest: dict[Key, datetime] = field(default_factory=dict)
    targets: dict[Key, Decimal] = field(default_factory=dict)
    profiles: dict[int, Profile] = field(default_factory=dict)
    periods: dict[str, Period] = field(default_factory=dict)
    #: Of settled periods: the context, targets and eligibility with which they were settled.
    frozen: dict[Slot, dict[str, Any]] = field(default_factory=dict)

    def period(self, code: str) -> Period:
        if code not in self.periods:
            self.periods[code] = read_period(self.operator, code)
        return self.periods[code]

    def key(self, name: str, slot: Slot, *, previous: bool = False) -> Key:
        """Where the reading of KPI ``name`` for ``slot`` stands."""
        kpi = self.kpis[name]
        period = kpi_period(kpi, self.period(slot.period))
        rep_id = slot.rep_id if kpi.beneficiary == Beneficiary.REP else None
        return kpi.pk, (period.previous() if previous else period).code, slot.partner_id, rep_id

    def inputs(self, slot: Slot, rules: Rules) -> Inputs:
        """What the version's formula sees for ``slot``."""
        values: dict[str, Decimal] = {}
        targets: dict[str, Decimal] = {}
        previous: dict[str, Decimal] = {}
        for kind, name in rules.program.requests:
            key = self.key(name, slot, previous=kind == "previous")
            if kind == "target":
                self._target(name, key, targets)
            elif key in self.values:
                (previous if kind == "previous" else values)[name] = self.values[key]
        if slot in self.frozen:
            return self._as_settled(slot, rules, values, previous)
        context = context_of(
            self.profiles[slot.partner_id], self.period(slot.period).start, self.operator.days
        )
        wanted = rules.program.context
        return Inputs(
            values, targets, previous, {name: value for name, value in context.items() if name in wanted}
        )

    def _as_settled(
        self, slot: Slot, rules: Rules, values: dict[str, Decimal], previous: dict[str, Decimal]
    ) -> Inputs:
        """Later transactions move the numbers of a settled period; tier, role and targets stay what they were."""
        then = rules.program.read_inputs(self.frozen[slot])
        return Inputs(values, then.targets, previous, then.context)

    def is_eligible(self, slot: Slot, rules: Rules) -> bool:
        """Whether the beneficiary may earn; in a settled period, whether it could then."""
        if slot in self.frozen:
            return bool(self.frozen[slot]["eligible"])
        return is_eligible(rules.version.eligibility, self.profiles[slot.partner_id])

    def _target(self, name: str, key: Key, targets: dict[str, Decimal]) -> None:
        target = self.targets.get(key, self.kpis[name].target)
        if target is not None:
            targets[name] = target

    def sources(self, slot: Slot, rules: Rules) -> list[Key]:
        """The measurements of the period itself that the formula reads."""
        return [self.key(name, slot) for name in rules.program.names]


def read(operator: Operator, slots: Mapping[Slot, Rules]) -> Readings:
    """Four queries for any number of slots."""
    names = {name for rules in slots.values() for name in rules.program.names}
    kpis = {kpi.code: kpi for kpi in Kpi.objects.filter(code__in=names)}
    readings = Readings(operator, kpis)
    partner_ids = {slot.partner_id for slot in slots}
    readings.profiles = profiles(partner_ids)
    keys = _wanted(readings, slots)
    _read_measurements(readings, keys, partner_ids)
    readings.frozen = _frozen(slots)
    for target in _rows(KpiTarget, keys, partner_ids):
        readings.targets[target.kpi_id, target.period, target.partner_id, target.rep_id] = target.value
    return readings


def _frozen(slots: Mapping[Slot, Rules]) -> dict[Slot, dict[str, Any]]:
    rows = Accrual.objects.filter(
        frozen__isnull=False,
        version_id__in={slot.version_id for slot in slots},
        period__in={slot.period for slot in slots},
        partner_id__in={slot.partner_id for slot in slots},
    )
    found = rows.values_list("version_id", "period", "partner_id", "rep_id", "frozen")
    return {Slot(*where): frozen for *where, frozen in found}


def profiles(partner_ids: Iterable[int], rules: Iterable[Rules] = ()) -> dict[int, Profile]:
    """The profiles of these partners by id, with what the formulas of ``rules`` ask of their benefits."""
    codes = dict(Territory.objects.values_list("pk", "code"))
    ids = list(partner_ids)
    partners = Partner.objects.filter(pk__in=ids).select_related("territory")
    inside = programmes_of(ids)
    found = {partner.pk: profile_of(partner, codes, inside.get(partner.pk, ())) for partner in partners}
    asked = {name for each in rules for name in RATES if name in each.program.context}
    if not asked:
        return found
    rates = shares_of(ids, asked)
    return {pk: replace(profile, rates=rates.get(pk, {})) for pk, profile in found.items()}


def _wanted(readings: Readings, slots: Mapping[Slot, Rules]) -> set[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    seen: set[tuple[int, str]] = set()
    for slot, rules in slots.items():
        if (rules.version.pk, slot.period) in seen:
            continue
        seen.add((rules.version.pk, slot.period))
        for kind, name in rules.program.requests:
            if name in readings.kpis:
                found.add(readings.key(name, slot, previous=kind == "previous")[:2])
    return found


def _rows(
    model: type[Measurement] | type[KpiTarget], keys: set[tuple[int, str]], partners: set[int]
) -> Iterable[Any]:
    return model.objects.filter(
        kpi_id__in={kpi for kpi, _ in keys},
        period__in={period for _, period in keys},
        partner_id__in=partners,
    )


def _read_measurements(readings: Readings, keys: set[tuple[int, str]], partners: set[int]) -> None:
    measures = {kpi.pk: kpi.measure for kpi in readings.kpis.values()}
    for row in _rows(Measurement, keys, partners):
        key = (row.kpi_id, row.period, row.partner_id, row.rep_id)
        readings.values[key] = final_value(measures[row.kpi_id], row.value, row.weight)
        readings.lines[key] = row.lines
        readings.newest[key] = row.updated_at
