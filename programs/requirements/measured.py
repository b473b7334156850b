"""What partners have of a programme's requirements on a day, read set-wise: one statement for all KPIs, one for certificates."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext

from django.db import connection

from performance.models import Kpi
from performance.values import final_value
from programs.enums import Asks
from programs.numbers import rolling_months
from programs.requirements import sources
from programs.requirements.trees import Leaf, TierTree, needed
from programs.requirements.windows import Slot, slots
from programs.training.held import holders_of
from programs.training.numbers import requirements_most
from programs.training.seats import counted
from tenancy.models import Operator

#: Measurements are kept with so many digits; growth is a percentage with fewer.
STEP, PERCENT_STEP = Decimal("1e-12"), Decimal("1e-6")
_SUMS = """
select m.partner_id, w.kpi_id, w.label, sum(m.value), sum(m.weight)
from unnest(%(kpis)s::bigint[], %(labels)s::text[], %(periods)s::text[]) w(kpi_id, label, period)
join performance_measurement m on m.operator_id = (select app.op()) and m.kpi_id = w.kpi_id and m.period = w.period
where m.partner_id = any(%(partners)s)
group by 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Member:
    """An enrolled partner, as far as requirements differ by it."""

    partner_id: int
    roles: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """``measured`` is ``None`` where it cannot be told. ``period`` says what was read."""

    measured: Decimal | None
    needed: Decimal
    period: str = ""

    @property
    def met(self) -> bool:
        return self.measured is not None and self.measured >= self.needed


#: (partner, requirement) -> what it has.
Facts = dict[tuple[int, int], Fact]


@dataclass(slots=True)
class Reader:
    """Reads everything that the leaves of ``trees`` ask about ``members`` on ``day``."""

    operator: Operator
    trees: Sequence[TierTree]
    members: Sequence[Member]
    day: date
    kpis: dict[int, Kpi] = field(default_factory=dict)
    #: leaf id -> periods to read
    asked: dict[int, list[Slot]] = field(default_factory=dict)
    sums: dict[tuple[int, int, str], Decimal] = field(default_factory=dict)

    def facts(self) -> Facts:
        found: Facts = {}
        leaves = [leaf for tree in self.trees for leaf in tree.leaves]
        self._read_kpis(leaves)
        for leaf in leaves:
            if leaf.asks in (Asks.KPI, Asks.GROWTH):
                self._put(found, leaf, self._of_kpi(leaf))
            elif leaf.asks == Asks.SOURCE:
                self._put(found, leaf, self._of_source(leaf))
        self._people(found)
        return found

    @property
    def partner_ids(self) -> list[int]:
        return [member.partner_id for member in self.members]

    def _put(self, found: Facts, leaf: Leaf, read: Callable[[int], tuple[Decimal | None, str]]) -> None:
        for member in self.members:
            measured, period = read(member.partner_id)
            found[member.partner_id, leaf.id] = Fact(
                measured, needed(leaf, member.roles, member.layers), period
            )

    def _read_kpis(self, leaves: Collection[Leaf]) -> None:
        wanted = [leaf for leaf in leaves if leaf.asks in (Asks.KPI, Asks.GROWTH)]
        self.kpis = {kpi.pk: kpi for kpi in Kpi.objects.filter(pk__in={leaf.kpi_id for leaf in wanted})}
        default = rolling_months()
        reads: set[tuple[int, str, str]] = set()
        for leaf in wanted:
            kpi = self.kpis[leaf.kpi_id or 0]
            months = leaf.months or default
            self.asked[leaf.id] = slots(self.operator, kpi, leaf.asks, leaf.window, months, self.day)
            reads |= {(kpi.pk, slot.label, code) for slot in self.asked[leaf.id] for code in slot.periods}
        if not reads:
            return
        kpis, labels, periods = map(list, zip(*sorted(reads), strict=True))
        with connection.cursor() as cursor:
            cursor.execute(
                _SUMS, {"kpis": kpis, "labels": labels, "periods": periods, "partners": self.partner_ids}
            )
            for partner_id, kpi_id, label, value, weight in cursor.fetchall():
                measure = self.kpis[kpi_id].measure
                self.sums[partner_id, kpi_id, label] = final_value(measure, value, weight).quantize(STEP)

    def _of_kpi(self, leaf: Leaf) -> Callable[[int], tuple[Decimal | None, str]]:
        asked, kpi_id, zero = self.asked[leaf.id], leaf.kpi_id or 0, Decimal(0)

        def best(partner_id: int) -> tuple[Decimal | None, str]:
            values = [(self.sums.get((partner_id, kpi_id, slot.label), zero), slot.label) for slot in asked]
            return max(values, key=lambda pair: pair[0])

        def growth(partner_id: int) -> tuple[Decimal | None, str]:
            newer, older = (self.sums.get((partner_id, kpi_id, slot.label), zero) for slot in asked)
            return growth_of(newer, older), asked[0].label

        return growth if leaf.asks == Asks.GROWTH else best

    def _of_source(self, leaf: Leaf) -> Callable[[int], tuple[Decimal | None, str]]:
        source = sources.source_of(leaf.source)
        values: Mapping[int, Decimal] = source.values(self.partner_ids, self.day) if source else {}
        return lambda partner_id: (Decimal(values.get(partner_id, 0)), "")

    def _people(self, found: Facts) -> None:
        """Certificates are counted tier by tier, since one person serves only some requirements of each."""
        asking = [
            (tree, [leaf for leaf in tree.leaves if leaf.asks == Asks.CERTIFICATES]) for tree in self.trees
        ]
        asking = [(tree, leaves) for tree, leaves in asking if leaves]
        if not asking:
            return
        held, limit = holders_of(self.partner_ids, self.day), requirements_most()
        for _tree, leaves in asking:
            for member in self.members:
                wanted = [needed(leaf, member.roles, member.layers) for leaf in leaves]
                pairs = [(leaf.certification_id, _ceil(n)) for leaf, n in zip(leaves, wanted, strict=True)]
                numbers = counted(held.get(member.partner_id, {}), pairs, limit)
                for leaf, number, want in zip(leaves, numbers, wanted, strict=True):
                    found[member.partner_id, leaf.id] = Fact(Decimal(number), want)


def _ceil(number: Decimal) -> int:
    return int(number.to_integral_value(rounding="ROUND_CEILING"))


def growth_of(newer: Decimal, older: Decimal) -> Decimal | None:
    """Growth in percent; ``None`` where it starts from nothing, since no percentage says that."""
    if older <= 0:
        return None
    with localcontext() as context:
        context.prec = 50
        return ((newer - older) * 100 / older).quantize(PERCENT_STEP)


def read_facts(operator: Operator, trees: Sequence[TierTree], members: Sequence[Member], day: date) -> Facts:
    """(partner, requirement) -> what it has, for every leaf of ``trees`` and every member."""
    return Reader(operator, trees, members, day).facts()


def by_partner(facts: Facts) -> dict[int, dict[int, Fact]]:
    """Partner -> requirement -> fact."""
    found: dict[int, dict[int, Fact]] = defaultdict(dict)
    for (partner_id, requirement_id), fact in facts.items():
        found[partner_id][requirement_id] = fact
    return found
