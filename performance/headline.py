"""The one KPI that stands for a partner's business on overviews, and its values in the last periods."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from common.periods import Period, period_of
from partners.models import Partner
from performance.enums import Beneficiary, Measure, PeriodKind
from performance.models import Credit, Kpi
from performance.selectors import kpis_for, measurements_for, targets_for
from performance.values import final_value
from tenancy.actors import Actor
from tenancy.enums import Permission

_KINDS = (PeriodKind.QUARTER, PeriodKind.MONTH, PeriodKind.HALF, PeriodKind.YEAR)


def headline_kpi(kpis: Iterable[Kpi], beneficiary: str = Beneficiary.PARTNER) -> Kpi | None:
    """The sum of amounts with the fewest filters, preferably of a quarter; ``None`` where there is none."""
    sums = [
        kpi
        for kpi in kpis
        if kpi.active
        and kpi.measure == Measure.SUM_AMOUNT
        and kpi.beneficiary == beneficiary
        and kpi.period in _KINDS
    ]
    return min(sums, key=_rank, default=None)


def _rank(kpi: Kpi) -> tuple[int, int, int, str]:
    narrow = len([name for name in kpi.filters if name != "kinds"])
    kinds = kpi.filters.get("kinds")
    return narrow, -len(kinds) if kinds else -99, _KINDS.index(PeriodKind(kpi.period)), kpi.code


def visible_kpis(actor: Actor) -> list[Kpi]:
    """Every KPI that the actor sees, by code; nothing for those who see no figures."""
    return list(kpis_for(actor)) if actor.can(Permission.VIEW_MEASUREMENTS) else []


def running_of(actor: Actor, kpi: Kpi, today: date) -> Period:
    """The KPI's period with ``today`` in it."""
    return period_of(
        today,
        kpi.period,  # type: ignore[arg-type]
        actor.operator.days,
        actor.operator.fiscal_start_month,
        kpi.rolling_months,
    )


def last_periods(actor: Actor, kpi: Kpi, today: date, most: int) -> list[Period]:
    """The last ``most`` periods of ``kpi``, oldest first, the running one last."""
    periods = [running_of(actor, kpi, today)]
    while len(periods) < most:
        periods.append(periods[-1].previous())
    return periods[::-1]


def values_by_partner(
    actor: Actor,
    kpi: Kpi,
    periods: Sequence[Period],
    *,
    partner_id: int | None = None,
    reps: Collection[int] | None = None,
) -> dict[int, list[Decimal]]:
    """Partner id -> values of ``kpi`` in ``periods`` (0 where nothing was measured); one query. ``reps`` are summed."""
    found = measurements_for(actor, kpi=kpi.code).filter(period__in=[period.code for period in periods])
    found = found.select_related(None).order_by()
    if partner_id is not None:
        found = found.filter(partner_id=partner_id)
    if reps is not None:
        found = found.filter(rep_id__in=reps)
    place = {period.code: index for index, period in enumerate(periods)}
    values: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * len(periods))
    for partner, period, value, weight in found.values_list("partner_id", "period", "value", "weight"):
        values[partner][place[period]] += final_value(kpi.measure, value, weight)
    return dict(values)


def targets_by_partner(actor: Actor, kpi: Kpi, period: Period) -> dict[int, Decimal]:
    """Partner id -> its own target of ``kpi`` in ``period``; others have the KPI's."""
    rows = targets_for(actor, kpi=kpi.code).filter(period=period.code, rep=None)
    return dict(rows.select_related(None).order_by().values_list("partner_id", "value"))


def last_days(actor: Actor, partner_ids: Iterable[int]) -> dict[int, date]:
    """Partner id -> the day of its newest credit: one query, one step into the index for each partner."""
    actor.require(Permission.VIEW_TRANSACTIONS)
    newest = Credit.objects.filter(partner_id=OuterRef("pk")).order_by("-day").values("day")[:1]
    rows = Partner.objects.filter(pk__in=list(partner_ids)).annotate(last_day=Subquery(newest))
    return {pk: day for pk, day in rows.order_by().values_list("pk", "last_day") if day is not None}
