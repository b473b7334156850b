"""Events from lower apps to higher ones.

An event is a row of the transaction that caused it. ``deliver`` runs its handlers in one transaction that also removes
the event: a handler's effect happens once, however often a process dies. Handlers are registered by ``AppConfig.ready``.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from tenancy.actors import Actor
from tenancy.models import OutboxEvent

Handler = Callable[[Actor, dict[str, Any]], None]
MAX_ATTEMPTS = 12
_handlers: dict[str, list[Handler]] = defaultdict(list)
logger = logging.getLogger(__name__)

_INSERT = f"""
insert into {OutboxEvent._meta.db_table} (operator_id, topic, payload, created_at, due_at, attempts, last_error, dead)
values ((select app.op()), %s, %s, now(), now(), 0, '', false)
"""


def on(topic: str) -> Callable[[Handler], Handler]:
    """Register a handler ``(system actor, payload)`` for ``topic``."""

    def register(handler: Handler) -> Handler:
        if handler not in _handlers[topic]:
            _handlers[topic].append(handler)
        return handler

    return register


def emit(topic: str, payload: dict[str, Any]) -> None:
    """Add an event to the running transaction. The bell of the worker is rung by whoever commits."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [topic, json.dumps(payload, cls=DjangoJSONEncoder)])


_INSERT_MANY = f"""
insert into {OutboxEvent._meta.db_table} (operator_id, topic, payload, created_at, due_at, attempts, last_error, dead)
select (select app.op()), %s, each.payload, now(), now(), 0, '', false
from jsonb_array_elements(%s::jsonb) with ordinality as each(payload, place) order by each.place
"""


def emit_many(topic: str, payloads: Sequence[Mapping[str, Any]]) -> None:
    """As ``emit``, for many events of one topic in few statements."""
    for start in range(0, len(payloads), 2000):
        written = json.dumps(payloads[start : start + 2000], cls=DjangoJSONEncoder)
        with connection.cursor() as cursor:
            cursor.execute(_INSERT_MANY, [topic, written])


def is_due() -> bool:
    """Whether the active operator has events to deliver now."""
    return OutboxEvent.objects.filter(dead=False, due_at__lte=timezone.now()).exists()


def deliver(actor: Actor, *, limit: int = 100, topics: Collection[str] | None = None) -> int:
    """Deliver up to ``limit`` due events of the active operator (of ``topics``), oldest first; returns how many were delivered.

    Must run in a worker's scope. An event whose handler fails is put off with growing delay, and set aside as dead after
    ``MAX_ATTEMPTS``; its failure does not touch the others.
    """
    done = 0
    events = OutboxEvent.objects.filter(dead=False, due_at__lte=timezone.now()).order_by("due_at", "id")
    if topics is not None:
        events = events.filter(topic__in=topics)
    for event in events.select_for_update(skip_locked=True)[:limit]:
        done += _deliver_one(actor, event)
    return done


def _deliver_one(actor: Actor, event: OutboxEvent) -> int:
    try:
        with transaction.atomic():
            for handler in _handlers[event.topic]:
                handler(actor, event.payload)
    except Exception as error:
        logger.exception("Outbox event %s (%s) failed", event.pk, event.topic)
        delay = timedelta(seconds=min(2**event.attempts, 3600))
        OutboxEvent.objects.filter(pk=event.pk).update(
            attempts=F("attempts") + 1,
            due_at=timezone.now() + delay,
            last_error=repr(error)[:2000],
            dead=event.attempts + 1 >= MAX_ATTEMPTS,
        )
        return 0
    event.delete()
    return 1
