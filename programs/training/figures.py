"""What partners measured, for specialisations: the better of a KPI's running period and the one before, in two statements."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal

from common.periods import period_of
from performance.models import Kpi, Measurement
from performance.values import final_value
from tenancy.models import Operator


def figures(
    operator: Operator, codes: Collection[str], partner_ids: Collection[int], day: date
) -> dict[int, dict[str, Decimal]]:
    """Partner -> KPI's code -> value. A KPI of a partner without any measurement is left out."""
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for kpi in Kpi.objects.filter(code__in=codes):
        running = period_of(day, kpi.period, operator.days, operator.fiscal_start_month, kpi.rolling_months)
        periods = [running.code, running.previous().code]
        rows = Measurement.objects.filter(kpi=kpi, period__in=periods, partner_id__in=partner_ids, rep=None)
        for row in rows:
            value = final_value(kpi.measure, row.value, row.weight)
            before = found[row.partner_id].get(kpi.code)
            found[row.partner_id][kpi.code] = value if before is None else max(before, value)
    return dict(found)
