"""Goals against what was reached, and whether the pipeline can close the gap.

A goal is the target of a KPI that sums amounts, for one partner in the running period. The pipeline that counts for it is what
the KPI would count: open deals of that partner whose products, segment and territory pass its filters and that are expected
to close before the period ends, weighted by stage. **Coverage** is that pipeline divided by the gap.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum

from catalog.models import Segment, Territory
from common.periods import Period, period_of
from deals.enums import LineState
from deals.models import DealLine
from deals.pipeline import STAGES, deals_in, probabilities
from partners.models import Partner
from performance.enums import Beneficiary, Measure, PeriodKind
from performance.models import Kpi, KpiTarget, Measurement
from performance.selectors import kpis_for
from tenancy.actors import Actor
from tenancy.enums import Permission


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


@dataclass(frozen=True, slots=True)
class _Part:
    """Open amounts that have all of this in common."""

    partner_id: int
    product: str
    family: str
    layer: str
    segment: str
    places: frozenset[str]
    model: str
    close: date
    amount: Decimal


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
    parts = list(_parts(actor))
    found = [goal for kpi in kpis for goal in _of_kpi(kpi, running[kpi.period], parts)]
    return sorted(found, key=lambda goal: (-goal.gap, goal.kpi.code, goal.partner.code))


def _of_kpi(kpi: Kpi, period: Period, parts: list[_Part]) -> Iterable[Goal]:
    own = {
        target.partner_id: target.value
        for target in KpiTarget.objects.filter(kpi=kpi, period=period.code, rep=None)
    }
    measured = dict(
        Measurement.objects.filter(kpi=kpi, period=period.code, rep=None).values_list("partner_id", "value")
    )
    coming: dict[int, Decimal] = defaultdict(Decimal)
    for part in parts:
        if part.close < period.end and _passes(kpi.filters, part):
            coming[part.partner_id] += part.amount
    wanted = own.keys() | (measured.keys() | coming.keys() if kpi.target else set())
    for partner in _partners(wanted):
        target = own.get(partner.pk, kpi.target)
        if target:
            yield Goal(
                kpi, partner, period.code, target, measured.get(partner.pk, Decimal(0)), coming[partner.pk]
            )


def _partners(ids: Iterable[int]) -> QuerySet[Partner]:
    return Partner.objects.filter(pk__in=ids)


def _passes(filters: dict[str, Any], part: _Part) -> bool:
    single = {
        "products": part.product, "families": part.family, "layers": part.layer, "segments": part.segment,
        "engagement_models": part.model,
    }  # fmt: skip
    if any(name in filters and value not in filters[name] for name, value in single.items()):
        return False
    return "territories" not in filters or bool(part.places & set(filters["territories"]))


def _parts(actor: Actor) -> Iterable[_Part]:
    """The open pipeline by partner, product, segment, territory and day; a few thousand rows at most."""
    deals = deals_in(actor).filter(state__in=STAGES, expected_close__isnull=False)
    rows = (
        DealLine.objects.filter(state=LineState.ACTIVE, deal_id__in=deals.order_by().values("pk"))
        .order_by()
        .values(
            "partner_id", "product__code", "product__family__code", "product__family__layer", "deal__state",
            "deal__segment_id", "deal__territory_id", "deal__engagement_model", "deal__expected_close",
        )
        .annotate(total=Sum(F("amount")))
    )  # fmt: skip
    percents = probabilities()
    segments = dict(Segment.objects.values_list("pk", "code"))
    codes = dict(Territory.objects.values_list("pk", "code"))
    paths = {
        pk: frozenset(codes[each] for each in path)
        for pk, path in Territory.objects.values_list("pk", "path")
    }
    for row in rows:
        yield _Part(
            row["partner_id"], row["product__code"], row["product__family__code"], row["product__family__layer"],
            segments.get(row["deal__segment_id"], ""), paths.get(row["deal__territory_id"], frozenset()),
            row["deal__engagement_model"], row["deal__expected_close"],
            row["total"] * percents[row["deal__state"]] / 100,
        )  # fmt: skip
