"""KPIs as the compiler sees them: each has one bit, so that a line's matches are one integer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from performance.enums import Beneficiary, DateBase, Measure, PeriodKind
from performance.models import Kpi

#: KPIs that one statement counts: a ``bigint`` without its sign.
GROUP = 60
#: Measures that need to know whom they met before.
DISTINCT = frozenset({Measure.DISTINCT_CUSTOMERS, Measure.NEW_CUSTOMERS, Measure.CROSS_SELL})


@dataclass(frozen=True, slots=True)
class Spec:
    """One KPI of a group. ``bit`` is its place in a line's mask."""

    id: int
    bit: int
    measure: Measure
    filters: Mapping[str, Any]
    beneficiary: Beneficiary
    period: PeriodKind
    months: int
    base: DateBase

    @property
    def distinct(self) -> bool:
        return self.measure in DISTINCT

    @property
    def shape(self) -> tuple[str, int, str]:
        """KPIs of one shape spread their lines over beneficiaries and periods alike."""
        return self.period, self.months, self.beneficiary


def groups(kpis: Iterable[Kpi]) -> Iterator[list[Spec]]:
    """The KPIs as specs, in groups that one statement can count."""
    every = sorted(kpis, key=lambda kpi: kpi.pk)
    for start in range(0, len(every), GROUP):
        yield [spec_of(kpi, 1 << place) for place, kpi in enumerate(every[start : start + GROUP])]


def spec_of(kpi: Kpi, bit: int) -> Spec:
    return Spec(
        id=kpi.pk,
        bit=bit,
        measure=Measure(kpi.measure),
        filters={name: value for name, value in kpi.filters.items() if value not in (None, [], {})},
        beneficiary=Beneficiary(kpi.beneficiary),
        period=PeriodKind(kpi.period),
        months=(kpi.rolling_months or 12) if kpi.period == PeriodKind.ROLLING else 0,
        base=DateBase(kpi.base),
    )


def mask_of(specs: Iterable[Spec]) -> int:
    """The bits of these KPIs."""
    return sum(spec.bit for spec in specs)


def by_shape(specs: Iterable[Spec]) -> dict[tuple[str, int, str], list[Spec]]:
    found: dict[tuple[str, int, str], list[Spec]] = {}
    for spec in specs:
        found.setdefault(spec.shape, []).append(spec)
    return found
