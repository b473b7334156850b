"""Freezing: what every accrual of the run is at one moment, when nothing is being counted.

From then on the accruals of the period keep the context with which they are settled (``Accrual.frozen``).
"""

from typing import Any

from django.conf import settings
from django.db import connection

from common.periods import Period
from incentives.models import FrozenAccrual, SettlementRun
from incentives.settlement.runs import SETTLED, schemes_of
from performance.counting.service import count_pending, lock_lanes
from performance.enums import CHURN_KINDS
from tenancy.actors import Actor
from tenancy.models import OutboxEvent
from tenancy.outbox import deliver

#: Events whose delivery may change accruals.
MOVING = ("measurements.changed", "partners.changed", "scheme.published")

_FREEZE = """
with done as (
  select l.accrual_id, sum(l.amount) as settled, min(l.id) as first
  from incentives_statementline l
  join incentives_statement s on s.operator_id = l.operator_id and s.id = l.statement_id
  where l.operator_id = %(op)s and l.kind in ('earned', 'late', 'clawback') and s.state in ('approved', 'paid')
    and l.scheme_id = any(%(schemes)s) and l.period = any(%(before)s || array[%(period)s]::text[]) group by 1)
insert into incentives_frozenaccrual (operator_id, run_id, accrual_id, scheme_id, version_id, period, partner_id, rep_id,
  amount, exact, settled, corrects_id, eligible, components, inputs, cuts, digest, as_of, reason)
select a.operator_id, %(run)s, a.id, v.scheme_id, a.version_id, a.period, a.partner_id, a.rep_id,
  a.amount, a.exact, coalesce(done.settled, 0), done.first, a.eligible, a.components, a.inputs, a.cuts, a.digest, a.as_of, ''
from incentives_accrual a
join incentives_schemeversion v on v.operator_id = a.operator_id and v.id = a.version_id
left join done on done.accrual_id = a.id
where a.operator_id = %(op)s and v.scheme_id = any(%(schemes)s)
  and (a.period = %(period)s or (a.period = any(%(before)s) and a.amount <> coalesce(done.settled, 0)))
"""
_KEEP = """
update incentives_accrual a set frozen = jsonb_build_object('context', coalesce(a.inputs -> 'context', '{}'),
  'targets', coalesce(a.inputs -> 'targets', '{}'), 'eligible', a.eligible)
from incentives_frozenaccrual f
where a.operator_id = %(op)s and f.operator_id = %(op)s and f.run_id = %(run)s and f.accrual_id = a.id
  and a.frozen is null
"""
#: Why an accrual of a settled period moved: what came in for the partner's tree since that period was last settled.
_REASONS = """
with moved as (
  select f.id, f.partner_id, f.amount < f.settled as less, p.first, p.last, p.since
  from incentives_frozenaccrual f
  join unnest(%(codes)s::text[], %(firsts)s::date[], %(lasts)s::date[], %(sinces)s::timestamptz[])
    p(code, first, last, since) on p.code = f.period
  where f.operator_id = %(op)s and f.run_id = %(run)s and f.amount <> f.settled),
came as (
  select m.id, m.less, bool_or(c.kind = any(%(churn)s)) as churn,
    bool_or(c.reverses <> '' and c.position >= 0) as returned, bool_or(c.revision > 1) as revised
  from moved m
  join partners_partnerlink k on k.operator_id = %(op)s and k.ancestor_id = m.partner_id
  join performance_credit c on c.operator_id = %(op)s and c.partner_id = k.descendant_id
    and c.day between m.first and m.last and c.received_at > m.since
  group by m.id, m.less)
update incentives_frozenaccrual f set reason = case when came.less and churn then 'churn'
  when came.less and returned then 'return' when revised then 'revision' else 'late' end
from came where f.operator_id = %(op)s and f.id = came.id
"""


def stand_still(actor: Actor) -> None:
    """Until the transaction ends nothing is counted; what was counted has reached the accruals. Runs as the worker."""
    with connection.cursor() as cursor:
        lock_lanes(cursor, actor)
    for lane in range(settings.FEED_LANES):
        while count_pending(actor, lane).lines:
            continue
    waiting = OutboxEvent.objects.filter(dead=False, topic__in=MOVING)
    # Whoever delivers one of these now has finished when the row is ours.
    while list(waiting.select_for_update().values_list("pk", flat=True)):
        before = waiting.count()
        deliver(actor, limit=1000, topics=MOVING)
        if waiting.count() >= before:
            break


def freeze(actor: Actor, run: SettlementRun, period: Period) -> int:
    """Copy the accruals of the period, and of settled periods those that have moved since; returns their number."""
    FrozenAccrual.objects.filter(run=run).delete()
    schemes = [scheme.pk for scheme in schemes_of(run, period)]
    earlier = settled_before(run)
    params: dict[str, Any] = {
        "op": actor.operator.pk,
        "run": run.pk,
        "schemes": schemes,
        "period": run.period,
        "before": [each.period for each in earlier],
    }
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE, params)
        count: int = cursor.rowcount
        cursor.execute(_KEEP, params)
    return count


def settled_before(run: SettlementRun) -> list[SettlementRun]:
    """Runs of the same group whose statements count, oldest approval first."""
    found = SettlementRun.objects.filter(group=run.group, state__in=SETTLED).exclude(pk=run.pk)
    return list(found.order_by("approved_at", "pk"))


def give_reasons(actor: Actor, run: SettlementRun, periods: dict[str, Period]) -> None:
    """Note with every frozen accrual that moved why it did; ``periods``: those of the frozen accruals by code."""
    earlier = settled_before(run)
    last = max((each.frozen_at for each in earlier if each.frozen_at), default=None)
    since = {each.period: last for each in earlier}
    codes = [code for code in periods if since.get(code)]
    if not codes:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _REASONS,
            {
                "op": actor.operator.pk,
                "run": run.pk,
                "codes": codes,
                "firsts": [periods[code].start for code in codes],
                "lasts": [periods[code].last_day for code in codes],
                "sinces": [since[code] for code in codes],
                "churn": list(CHURN_KINDS),
            },
        )
