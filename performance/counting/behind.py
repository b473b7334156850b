"""Which credits stand behind one measurement: the conditions of counting, turned into a list."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection

from common.errors import NotFound
from common.periods import Period, parse_period
from partners.models import Partner
from performance.counting.masks import Masks
from performance.counting.specs import Spec, spec_of
from performance.enums import Beneficiary, DateBase, Measure, PeriodKind
from performance.models import Credit, Kpi
from performance.transactions import own_reps
from tenancy.actors import Actor
from tenancy.enums import Audience, Permission
from tenancy.scope import scope


@dataclass(frozen=True, slots=True)
class Behind:
    """One page of the credits behind a measurement, newest first, and what all of them come to.

    ``total`` follows the KPI's measure: a sum, a number of transactions or of customers, an average. It is ``None`` for
    new customers, whose first purchase may lie in an earlier period.
    """

    credits: list[Credit]
    count: int
    total: Decimal | None


_AGAIN = {
    Measure.SUM_AMOUNT: "sum(amount)",
    Measure.SUM_MARGIN: "sum(margin)",
    Measure.SUM_QUANTITY: "sum(quantity)",
    Measure.COUNT: "sum(sign)",
    Measure.AVERAGE_SCORE: "sum(amount) / nullif(sum(sign * share), 0)",
    Measure.NEW_CUSTOMERS: "null::numeric",
    Measure.DISTINCT_CUSTOMERS: "(select count(*) from (select 1 from found where customer_id is not null"
    " group by customer_id having sum(sign) > 0) m)",
    Measure.CROSS_SELL: "(select count(*)::numeric / nullif(count(distinct customer_id), 0) from (select customer_id"
    " from found where customer_id is not null and family_id is not null group by customer_id, family_id"
    " having sum(sign) > 0) m)",
}


def credits_behind(
    actor: Actor,
    kpi: Kpi,
    period_code: str,
    partner_id: int,
    rep_id: int | None = None,
    *,
    until: datetime | None = None,
    offset: int = 0,
    most: int = 50,
) -> Behind:
    """The credits that ``kpi`` counted for this beneficiary in this period, by the same conditions as counting.

    ``until``: only those that had arrived by then, as a settlement saw them.

    Raises ``NotFound`` for a partner that the actor may not see and, for a seller, for anybody else's rep. The rows come
    with product, rep and partner and pass the actor's own walls.
    """
    actor.require(Permission.VIEW_TRANSACTIONS)
    reps = own_reps(actor)
    if not Partner.objects.filter(pk=partner_id).exists() or (reps is not None and rep_id not in reps):
        raise NotFound()
    period = parse_period(period_code, actor.operator.days, actor.operator.fiscal_start_month)
    sql, params = _statement(spec_of(kpi, 1), period, rep_id, until)
    params |= {"op": actor.operator.pk, "partner": partner_id, "rep": rep_id, "offset": offset, "most": most}
    with _seeing_customers(actor), connection.cursor() as cursor:
        cursor.execute(sql, params)
        count, total, ids = cursor.fetchone()
    known = Credit.objects.select_related("product", "rep", "partner").in_bulk(ids or [])
    rows = [known[pk] for pk in ids or [] if pk in known]
    return Behind(rows, count or 0, _whole(kpi, total))


class Dimension(StrEnum):
    """What the business behind a measurement can be told apart by."""

    PRODUCT = "product"
    SEGMENT = "segment"
    TERRITORY = "territory"


def sums_behind(
    actor: Actor, kpi: Kpi, period_code: str, partner_id: int, by: Dimension
) -> dict[int | None, Decimal]:
    """Id (``None``: not given) -> amount that a KPI of amounts counted for a partner, by the same conditions as counting.

    Raises ``NotFound`` for a partner that the actor may not see, and for a seller, who sees no company's business.
    """
    actor.require(Permission.VIEW_TRANSACTIONS)
    if own_reps(actor) is not None or not Partner.objects.filter(pk=partner_id).exists():
        raise NotFound()
    period = parse_period(period_code, actor.operator.days, actor.operator.fiscal_start_month)
    found, params = _found(spec_of(kpi, 1), period, None, None)
    params |= {"op": actor.operator.pk, "partner": partner_id}
    column = f"{Dimension(by).value}_id"
    sql = f"""{found}
select c.{column}, sum(found.amount) from found join performance_credit c on c.operator_id = %(op)s and c.id = found.id
group by 1"""
    with _seeing_customers(actor), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {key: Decimal(total) for key, total in cursor.fetchall()}


def _whole(kpi: Kpi, total: Decimal | None) -> Decimal | None:
    if kpi.measure == Measure.NEW_CUSTOMERS:
        return None
    return Decimal(total or 0)


@contextmanager
def _seeing_customers(actor: Actor) -> Iterator[None]:
    """Filters may ask for facts of customers, which partners cannot read: the ids are found with the operator's eyes for
    a beneficiary that was checked before; the rows are read with the actor's own."""
    if not actor.is_partner:
        yield
        return
    with scope(actor.operator.pk, Audience.OPERATOR):
        yield


def _statement(
    spec: Spec, period: Period, rep_id: int | None, until: datetime | None
) -> tuple[str, dict[str, Any]]:
    found, params = _found(spec, period, rep_id, until)
    sql = f"""{found}
select count(*), {_AGAIN[spec.measure]},
  array(select id from found order by day desc, id desc limit %(most)s offset %(offset)s) from found"""
    return sql, params


def _found(
    spec: Spec, period: Period, rep_id: int | None, until: datetime | None
) -> tuple[str, dict[str, Any]]:
    """The credits that count, as a common table ``found``."""
    masks = Masks([spec])
    day = "c.collected_day" if spec.base == DateBase.COLLECTION else "c.day"
    joins, params = list(masks.joins), dict(masks.params)
    if masks.sinces:
        joins.append("left join performance_day sd on sd.operator_id = %(op)s and sd.day = cu.since")
    partners = "c.partner_id = %(partner)s"
    if spec.beneficiary == Beneficiary.TREE:
        tree = "select descendant_id from partners_partnerlink where operator_id = %(op)s"
        partners = f"c.partner_id = any(array({tree} and ancestor_id = %(partner)s))"
    conditions = [
        "c.operator_id = %(op)s",
        partners,
        f"{day} >= %(start)s and {day} < %(end)s",
        f"({masks.expression}) & 1 = 1",
        *_rolling(spec),
    ]
    if spec.beneficiary == Beneficiary.REP:
        conditions.append("c.rep_id = %(rep)s")
    dates: dict[str, Any] = {"start": period.start, "end": period.end}
    if until:
        conditions.append("c.received_at <= %(until)s")
        dates["until"] = until
    family = "pm.family_id" if spec.measure == Measure.CROSS_SELL else "null::bigint"
    sql = f"""
with found as materialized (
  select c.id, {day} as day, c.amount, c.margin, c.quantity, c.sign, c.share, c.customer_id, {family} as family_id
  from performance_credit c
  join performance_day d on d.operator_id = %(op)s and d.day = {day}
  {" ".join(joins)}
  where {" and ".join(conditions)})"""
    return sql, params | dates


def _rolling(spec: Spec) -> list[str]:
    """In rolling windows, new are the customers known since a day inside the window."""
    if spec.period != PeriodKind.ROLLING or "new_customer" not in spec.filters:
        return []
    inside = "coalesce(cu.since >= %(start)s and cu.since < %(end)s, false)"
    return [inside if spec.filters["new_customer"] else f"not {inside}"]
