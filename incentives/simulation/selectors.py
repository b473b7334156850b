"""Reads of simulations: for those who make or approve schemes."""

from typing import Any

from django.db.models import F, QuerySet, Sum

from common.errors import Forbidden, NotFound
from incentives.models import SimulatedAmount, Simulation
from tenancy.actors import Actor
from tenancy.enums import Permission

READERS = (Permission.MANAGE_SCHEMES, Permission.APPROVE_SCHEMES)


def may_read(actor: Actor) -> bool:
    return any(actor.can(permission) for permission in READERS)


def simulations_for(actor: Actor) -> QuerySet[Simulation]:
    """All simulations, newest first; raises ``Forbidden`` for who neither makes nor approves schemes."""
    if not may_read(actor):
        raise Forbidden()
    related = ("scheme", "version", "baseline", "membership")
    found: QuerySet[Simulation] = Simulation.objects.select_related(*related).order_by("-pk")
    return found


def get_simulation(actor: Actor, pk: int) -> Simulation:
    """One of ``simulations_for``; raises ``NotFound``."""
    job = simulations_for(actor).filter(pk=pk).first()
    if job is None:
        raise NotFound()
    return job


def amounts_of(actor: Actor, job: Simulation) -> QuerySet[SimulatedAmount]:
    """The amounts by beneficiary and period."""
    simulations_for(actor)
    return SimulatedAmount.objects.filter(simulation=job).select_related("partner", "rep").order_by("pk")


def changes_of(actor: Actor, job: Simulation) -> QuerySet[Any]:
    """Per beneficiary over all periods: code and name of partner and rep, ``paid``, ``was``, ``change``."""
    rows = amounts_of(actor, job).select_related(None).order_by()
    who = (
        "partner_id",
        "partner__code",
        "partner__name",
        "partner__tier",
        "rep_id",
        "rep__code",
        "rep__name",
    )
    sums: QuerySet[Any] = rows.values(*who).annotate(paid=Sum("amount"), was=Sum("before"))
    changes: QuerySet[Any] = sums.annotate(change=F("paid") - F("was"))
    return changes
