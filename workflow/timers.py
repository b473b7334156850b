"""Timers: rows that a sweep picks up when their time has come.

``schedule`` belongs to the transaction that sets the deadline. A handler is called at least once, in a transaction of its
own, with the system's actor; it looks whether the object still waits for it and does nothing where it has moved on.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from tenancy.actors import Actor
from workflow.models import Timer

Handler = Callable[[Actor, int, dict[str, Any]], None]
MAX_ATTEMPTS = 12
_handlers: dict[str, Handler] = {}
logger = logging.getLogger(__name__)

_INSERT = f"""
insert into {Timer._meta.db_table}
  (operator_id, kind, object_type, object_id, due_at, payload, attempts, last_error, dead)
values ((select app.op()), %s, %s, %s, %s, %s, 0, '', false) on conflict do nothing
"""


def on_timer(kind: str) -> Callable[[Handler], Handler]:
    """Register ``handler(system actor, object id, payload)`` for timers of ``kind``."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def schedule(kind: str, obj: models.Model, due_at: datetime, **payload: Any) -> None:
    """Have ``kind`` handled for ``obj`` at ``due_at``. The same again is no second timer."""
    with connection.cursor() as cursor:
        values = [kind, obj._meta.label_lower, obj.pk, due_at, json.dumps(payload, cls=DjangoJSONEncoder)]
        cursor.execute(_INSERT, values)


def fire_due(actor: Actor, *, now: datetime | None = None, limit: int = 200) -> int:
    """Handle up to ``limit`` due timers, oldest first; returns how many. Runs in a worker's scope."""
    due = Timer.objects.filter(dead=False, due_at__lte=now or timezone.now()).order_by("due_at", "id")
    return sum(_fire(actor, timer) for timer in due.select_for_update(skip_locked=True)[:limit])


def _fire(actor: Actor, timer: Timer) -> int:
    try:
        with transaction.atomic():
            _handlers[timer.kind](actor, timer.object_id, timer.payload)
    except Exception as error:
        logger.exception("Timer %s (%s) failed", timer.pk, timer.kind)
        timer.attempts += 1
        timer.due_at = timezone.now() + timedelta(seconds=min(2**timer.attempts, 3600))
        timer.last_error, timer.dead = repr(error)[:2000], timer.attempts >= MAX_ATTEMPTS
        timer.save()
        return 0
    timer.delete()
    return 1
