"""Simulations in the background. The database knows which wait and how far they are; a message only says when to look."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from incentives.models import Simulation
from incentives.simulation.running import run_simulation
from incentives.simulation.services import LOOK_AFTER, ring
from incentives.states import GOING_ON
from tenancy.actors import Actor
from tenancy.tasks import TenantTask
from workflow.timers import on_timer, schedule


@shared_task(base=TenantTask)
def run_simulation_job(actor: Actor, simulation_id: int) -> None:
    """Bring one simulation to its end, a transaction per chunk."""
    run_simulation(actor, simulation_id)


run_simulation_job.in_scope = False


@on_timer("incentives.simulation")
def look_after(actor: Actor, simulation_id: int, payload: dict[str, Any]) -> None:
    """Ring again for a simulation whose message was lost or whose worker died."""
    job = Simulation.objects.filter(pk=simulation_id, state__in=GOING_ON).first()
    if job is None:
        return
    schedule("incentives.simulation", job, timezone.now() + timedelta(seconds=LOOK_AFTER))
    operator_id = actor.operator.pk
    transaction.on_commit(lambda: ring(operator_id, simulation_id), robust=True)
