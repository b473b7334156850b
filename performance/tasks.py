"""The engine's Celery side. PostgreSQL is the queue: these tasks only say when to look at it.

Losing, doubling or reordering any message changes no result. A ring that is still waiting in the broker is not sent a
second time; whoever answers it forgets it first and looks at the queue then, so that nothing committed in between is missed.
"""

from collections.abc import Sequence

from celery import shared_task
from django.core.cache import cache

from performance.feed.merging import follow_due
from performance.feed.selectors import pending_lanes
from performance.feed.unresolved import retry_due
from tenancy.access import scope_of
from tenancy.actors import Actor
from tenancy.outbox import deliver, is_due
from tenancy.tasks import TenantTask, for_each_operator

#: Seconds after which an unanswered ring counts as lost.
RING_LIFE = 3
#: After a larger batch than this there may be more in the lane.
FEW = 1000


def _key(operator_id: int, lane: int) -> str:
    return f"bell:{operator_id}:{lane}"


def ring(operator_id: int, lanes: Sequence[int]) -> None:
    """Ask a worker to count these lanes now. Raises what the broker's client raises."""
    silent = [lane for lane in lanes if cache.add(_key(operator_id, lane), 1, RING_LIFE)]
    if silent:
        count_lanes.apply_async((operator_id, silent), retry=False, expires=60)


@shared_task(base=TenantTask)
def count_lanes(actor: Actor, lanes: Sequence[int]) -> None:
    """Count what waits in these lanes, then deliver the events that counting caused."""
    from performance.counting.service import count_pending

    for lane in lanes:
        cache.delete(_key(actor.operator.pk, lane))
    if len(lanes) == 1 or count_pending(actor, *lanes, limit_lines=FEW).lines >= FEW:
        own, *others = lanes
        for lane in others:  # for whichever worker is free
            count_lanes.apply_async((actor.operator.pk, [lane]), retry=False, expires=60)
        while count_pending(actor, own).lines > FEW:
            continue
    deliver_events(actor)


count_lanes.in_scope = False


@shared_task(base=TenantTask)
def deliver_outbox(actor: Actor) -> None:
    """Deliver the operator's due events."""
    deliver_events(actor)


deliver_outbox.in_scope = False


def deliver_events(actor: Actor) -> None:
    """Deliver due events, a transaction per batch, until none is left."""
    delivered = 1
    while delivered:
        with scope_of(actor):
            delivered = deliver(actor) if is_due() else 0


@shared_task
def sweep() -> None:
    """Ring for everything that waits at any operator: the recovery after a lost ring. Two at once do no harm."""
    for_each_operator(_sweep_one)


@shared_task
def sweep_unresolved() -> None:
    """Take unresolved lines whose codes or originals have appeared without anybody saying so, and late lines of merged ones."""
    for_each_operator(retry_due)
    for_each_operator(follow_due)


def _sweep_one(actor: Actor) -> None:
    lanes = pending_lanes()
    if lanes:
        ring(actor.operator.pk, lanes)
    if is_due():
        deliver_outbox.apply_async((actor.operator.pk,), retry=False, expires=10)
