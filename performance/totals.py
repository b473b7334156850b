"""What KPIs come to over all beneficiaries that an actor may see."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery, Sum

from performance.enums import Beneficiary
from performance.models import Kpi, Measurement
from performance.selectors import kpis_for, measurements_for
from performance.values import final_value
from tenancy.actors import Actor


def totals_of(actor: Actor, kpi: Kpi, periods: Sequence[str]) -> dict[str, Decimal]:
    """Period code -> value over everybody; periods without a measurement are left out.

    Of a KPI over trees only the tops are added, since what is below them is in them already.
    """
    rows = measurements_for(actor, kpi=kpi.code).filter(period__in=list(periods))
    if kpi.beneficiary == Beneficiary.TREE:
        rows = rows.filter(partner__parent=None)
    sums = rows.order_by().values("period").annotate(total=Sum("value"), weights=Sum("weight"))
    return {row["period"]: final_value(kpi.measure, row["total"], row["weights"]) for row in sums}


def kpis_with_counted(actor: Actor) -> QuerySet[Any]:
    """``kpis_for`` with ``counted_at``, when the newest measurement changed (``None`` without any)."""
    newest = Measurement.objects.filter(kpi=OuterRef("pk")).order_by().values("kpi")
    return kpis_for(actor).annotate(counted_at=Subquery(newest.annotate(at=Max("updated_at")).values("at")))


def newest_period(actor: Actor, kpi: Kpi) -> str | None:
    """The newest period with a measurement that the actor may see; codes of one KPI sort by time."""
    codes = measurements_for(actor, kpi=kpi.code).order_by().values_list("period", flat=True).distinct()
    return max(codes, default=None)


def counted_at(actor: Actor, kpi: Kpi) -> datetime | None:
    """When the newest measurement that the actor may see changed."""
    found: datetime | None = measurements_for(actor, kpi=kpi.code).aggregate(at=Max("updated_at"))["at"]
    return found
