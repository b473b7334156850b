"""The base of every Celery task: an operator is named, the scope is open, the actor is the system."""

from typing import Any

from celery import Task

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
