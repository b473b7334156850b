"""Gathers every night where partners sell what: one statement over the last year's credits."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from programs.models import SoldWhere
from tenancy.actors import Actor

#: Sales of so many days count.
DAYS = 365
SALES = ["sale", "renewal", "activation"]
_TABLE = SoldWhere._meta.db_table
_GATHER = f"""
insert into {_TABLE} (operator_id, partner_id, product_id, segment_id, territory_id, path, lines, last_day, gathered_at)
select s.operator_id, s.partner_id, s.product_id, s.segment_id, s.territory_id, coalesce(t.path, '{{}}'),
       s.lines, s.last_day, %(now)s
from (
  select c.operator_id, c.partner_id, c.product_id, coalesce(c.segment_id, u.segment_id) as segment_id,
         coalesce(c.territory_id, u.territory_id) as territory_id, sum(c.sign) as lines,
         max(c.day) filter (where c.sign > 0) as last_day
  from performance_credit c
  left join catalog_customer u on u.id = c.customer_id and u.operator_id = c.operator_id
  where c.operator_id = (select app.op()) and c.day > %(after)s and c.day <= %(until)s
    and c.product_id is not null and (c.kind = any(%(sales)s) or c.kind = 'return')
  group by 1, 2, 3, 4, 5
  having sum(c.sign) > 0
) s left join catalog_territory t on t.id = s.territory_id and t.operator_id = s.operator_id
where s.last_day is not null
"""


def gather(actor: Actor, today: date | None = None) -> int:
    """Make the operator's rows anew in one transaction; returns how many there are. Runs as the worker."""
    now = timezone.now()
    until = today or now.astimezone(actor.operator.zone).date()
    SoldWhere.objects.all().delete()
    values: dict[str, Any] = {
        "now": now,
        "after": until - timedelta(days=DAYS),
        "until": until,
        "sales": SALES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GATHER, values)
        return int(cursor.rowcount)
