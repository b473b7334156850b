"""The base of every Celery task: an operator is named, the scope is open, the actor is the system."""

from collections.abc import Callable
from typing import Any

from celery import Task
from django.db import connection

from tenancy.access import operator_ids
from tenancy.actors import Actor, system_actor
from tenancy.enums import Audience
from tenancy.models import Operator
from tenancy.scope import scope


def system_of(operator_id: int) -> Actor | None:
    """The system's actor at this operator; ``None`` where it is gone or no longer active."""
    with scope(None, Audience.WORKER):
        operator = Operator.objects.filter(pk=operator_id, active=True).first()
    return None if operator is None else system_actor(operator)


class TenantTask(Task):  # type: ignore[type-arg]
    """A task whose first argument is the operator's id. ``run(actor, ...)`` gets the system's actor instead.

    With ``in_scope`` (the default) it runs in one transaction of the operator; without, it opens its own.
    """

    abstract = True
    in_scope = True

    def __call__(self, operator_id: int, *args: Any, **options: Any) -> Any:
        if not isinstance(operator_id, int):
            raise TypeError("A task needs the operator that it works for.")
        actor = system_of(operator_id)
        if actor is None:
            return None
        if not self.in_scope:
            return self.run(actor, *args, **options)
        with scope(operator_id, Audience.WORKER):
            return self.run(actor, *args, **options)


def for_each_operator(work: Callable[[Actor], Any], name: str = "sweep") -> None:
    """``work`` in one transaction per active operator, unless another process is at the same (by ``name``)."""
    for operator_id in operator_ids():
        actor = system_of(operator_id)
        if actor is None:
            continue
        with scope(operator_id, Audience.WORKER):
            if _alone(operator_id, name):
                work(actor)


def _alone(operator_id: int, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtext(%s), %s)", [name, operator_id])
        return bool(cursor.fetchone()[0])
