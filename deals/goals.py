"""Goals against what was reached, and whether the pipeline can close the gap.

A goal is the target of a KPI that sums amounts, for one partner in the running period. The pipeline that counts for it is what
the KPI would count: open deals of that partner whose products, segment and territory pass its filters and that are expected
to close before the period ends, weighted by stage. **Coverage** is that pipeline divided by the gap.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, DecimalField, F, Q, QuerySet, Sum, Value, When

from catalog.models import Territory
from common.periods import Period, period_of
from deals.enums import LineState
from deals.models import DealLine
from deals.pipeline import STAGES, deals_in, probabilities
from partners.models import Partner, PartnerLink
from performance.enums import Beneficiary, Measure, PeriodKind
from performance.models import Kpi, KpiTarget, Measurement
from performance.selectors import kpis_for
from tenancy.actors import Actor
from tenancy.enums import Permission

ZERO: Final = Decimal(0)
_MONEY: "DecimalField[Any, Any]" = DecimalField(max_digits=38, decimal_places=8)
Sums = dict[int, Decimal]


@dataclass(frozen=True, slots=True)
class Goal:
    """Amounts in the operator's currency; ``period`` is a code."""

    kpi: Kpi
    partner: Partner
    period: str
    target: Decimal
    actual: Decimal
    pipeline: Decimal

    @property
    def gap(self) -> Decimal:
        """What is missing; 0 when the goal is reached."""
        return max(self.target - self.actual, Decimal(0))

    @property
    def reached(self) -> Decimal:
        """A fraction of the target."""
        return self.actual / self.target

    @property
    def coverage(self) -> Decimal | None:
        """``None`` where nothing is missing."""
        return self.pipeline / self.gap if self.gap else None


def goals(actor: Actor, today: date) -> list[Goal]:
    """Every goal that ``actor`` sees in the periods that run on ``today``, the largest gap first."""
    actor.require(Permission.VIEW_DEALS)
    operator = actor.operator
    kpis = [
        kpi
        for kpi in kpis_for(actor).filter(active=True, measure=Measure.SUM_AMOUNT)
        if kpi.period != PeriodKind.ROLLING and kpi.beneficiary != Beneficiary.REP
    ]
    running = {
        kind: period_of(today, kind, operator.days, operator.fiscal_start_month)  # type: ignore[arg-type]
        for kind in {kpi.period for kpi in kpis}
    }
    periods = {kpi.pk: running[kpi.period] for kpi in kpis}
    own = _by_kpi(KpiTarget, periods)
    wanted = [kpi for kpi in kpis if kpi.target or own[kpi.pk]]
    measured, coming = _by_kpi(Measurement, periods), _coming(actor, wanted, periods)
    partners = Partner.objects.in_bulk()
    found = [
        goal
        for kpi in wanted
        for goal in _of_kpi(
            kpi, periods[kpi.pk].code, own[kpi.pk], measured[kpi.pk], coming[kpi.pk], partners
        )
    ]
    return sorted(found, key=lambda goal: (-goal.gap, goal.kpi.code, goal.partner.code))


def _of_kpi(
    kpi: Kpi, period: str, own: Sums, measured: Sums, coming: Sums, partners: Mapping[int, Partner]
) -> Iterable[Goal]:
    """The goals of one KPI; the KPI's own target is that of everybody who sold or has something open."""
    for pk in own.keys() | (measured.keys() | coming.keys() if kpi.target else set()):
        target = own.get(pk, kpi.target)
        if target and pk in partners:
            yield Goal(kpi, partners[pk], period, target, measured.get(pk, ZERO), coming.get(pk, ZERO))


def _by_kpi(model: Any, periods: Mapping[int, Period]) -> defaultdict[int, Sums]:
    """KPI id -> partner id -> value, of the KPIs' running periods."""
    found: defaultdict[int, Sums] = defaultdict(dict)
    codes = {period.code for period in periods.values()}
    rows = model.objects.filter(kpi_id__in=periods, period__in=codes, rep=None)
    for kpi_id, period, partner_id, value in rows.values_list("kpi_id", "period", "partner_id", "value"):
        if periods[kpi_id].code == period:
            found[kpi_id][partner_id] = value
    return found


def _coming(actor: Actor, kpis: list[Kpi], periods: Mapping[int, Period]) -> defaultdict[int, Sums]:
    """KPI id -> partner id -> weighted open amount that the KPI would count; one statement for all KPIs."""
    found: defaultdict[int, Sums] = defaultdict(dict)
    if not kpis:
        return found
    sums = {f"k{kpi.pk}": Sum(_weighed(), filter=_counted(kpi, periods[kpi.pk])) for kpi in kpis}
    lines = _open_lines(actor, max(each.end for each in periods.values()))
    rows: Any = lines.values("partner_id").annotate(**sums)
    for row in rows:
        for kpi in kpis:
            found[kpi.pk][row["partner_id"]] = row[f"k{kpi.pk}"] or ZERO
    for kpi in kpis:
        if kpi.beneficiary == Beneficiary.TREE:
            found[kpi.pk] = _with_those_below(found[kpi.pk])
    return found


def coming_by(actor: Actor, goal: Goal, period: Period, by: str) -> dict[int | None, Decimal]:
    """Id of the product, segment or territory -> weighted open amount that the goal's KPI would count."""
    column = {"product": "product_id", "segment": "deal__segment_id", "territory": "deal__territory_id"}[by]
    whose = [goal.partner.pk]
    if goal.kpi.beneficiary == Beneficiary.TREE:
        whose = list(
            PartnerLink.objects.filter(ancestor=goal.partner).values_list("descendant_id", flat=True)
        )
    lines = _open_lines(actor, period.end).filter(_counted(goal.kpi, period), partner_id__in=whose)
    return {row[column]: row["sum"] or ZERO for row in lines.values(column).annotate(sum=Sum(_weighed()))}


def _open_lines(actor: Actor, end: date) -> QuerySet[DealLine]:
    """Lines of open deals that are expected to close before ``end``."""
    deals = deals_in(actor).filter(state__in=STAGES, expected_close__lt=end)
    lines: QuerySet[DealLine] = DealLine.objects.filter(
        state=LineState.ACTIVE, deal_id__in=deals.order_by().values("pk")
    )
    return lines.order_by()


def _weighed() -> Case:
    """A line's amount times the probability of its deal's stage."""
    whens = [
        When(deal__state=state, then=F("amount") * Value(Decimal(percent) / 100, output_field=_MONEY))
        for state, percent in probabilities().items()
    ]
    return Case(*whens, default=Value(ZERO, output_field=_MONEY), output_field=_MONEY)


def _with_those_below(own: Sums) -> Sums:
    """Each partner's amount with those of its sub-partners."""
    found: Sums = defaultdict(lambda: ZERO)
    for above, below in PartnerLink.objects.values_list("ancestor_id", "descendant_id"):
        if below in own:
            found[above] += own[below]
    return found


def _counted(kpi: Kpi, period: Period) -> Q:
    """Which lines of open deals the KPI would count in ``period``."""
    fields = {
        "products": "product__code__in", "families": "product__family__code__in", "layers": "product__family__layer__in",
        "segments": "deal__segment__code__in", "engagement_models": "deal__engagement_model__in",
    }  # fmt: skip
    found = Q(deal__expected_close__lt=period.end)
    for name, lookup in fields.items():
        if name in kpi.filters:
            found &= Q(**{lookup: kpi.filters[name]})
    if "territories" in kpi.filters:
        roots = list(
            Territory.objects.filter(code__in=kpi.filters["territories"]).values_list("pk", flat=True)
        )
        below = Territory.objects.filter(path__overlap=roots).values_list("pk", flat=True)
        found &= Q(deal__territory_id__in=list(below))
    return found
