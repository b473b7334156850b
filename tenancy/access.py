"""Opening the door for somebody in particular: the shapes of ``scope`` that the rest of the product uses."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import transaction

from common.errors import NotFound
from tenancy.actors import Actor, system_actor
from tenancy.context import Context
from tenancy.enums import Audience
from tenancy.models import Operator
from tenancy.scope import scope, switch


def context_of(actor: Actor) -> Context:
    return Context(actor.operator.pk, actor.audience, actor.partner_id, actor.membership_id)


def scope_of(actor: Actor) -> AbstractContextManager[None]:
    """A transaction that sees what ``actor`` may see."""
    return scope(
        actor.operator.pk, actor.audience, partner_id=actor.partner_id, membership_id=actor.membership_id
    )


def as_actor(actor: Actor) -> AbstractContextManager[None]:
    """Work as ``actor`` inside the open transaction."""
    return switch(context_of(actor))


def as_applicant(operator_id: int, key: str = "") -> AbstractContextManager[None]:
    """A transaction for whoever holds the link whose hash is ``key``; without one, for any visitor."""
    return scope(operator_id, Audience.APPLICANT, applicant=key)


def office(actor: Actor) -> AbstractContextManager[None]:
    """Everything of the operator, in a savepoint; an exception inside restores the actor's own sight.

    For steps that compare or write what their actor cannot see (decisions 0001 and 0016); nothing of it may come out.
    """
    if actor.audience in (Audience.OPERATOR, Audience.WORKER):
        return transaction.atomic()
    return scope(actor.operator.pk, Audience.OPERATOR, membership_id=actor.membership_id)


@contextmanager
def working_for(slug: str, name: str = "system") -> Iterator[Actor]:
    """A transaction of the system itself at the operator ``slug``; raises ``NotFound`` when there is none."""
    operator = find_operator(slug)
    with scope(operator.pk, Audience.WORKER):
        yield system_actor(operator, name)


def find_operator(slug: str) -> Operator:
    """The active operator with this slug; raises ``NotFound``."""
    with scope(None, Audience.WORKER):
        operator = Operator.objects.filter(slug=slug, active=True).first()
    if operator is None:
        raise NotFound("no_operator", f"There is no operator “{slug}”.")
    return operator


def operator_ids() -> list[int]:
    """Every active operator's id; for loops that open one transaction per operator."""
    with scope(None, Audience.WORKER):
        return list(Operator.objects.filter(active=True).order_by("pk").values_list("pk", flat=True))
