"""The sweep of timers; PostgreSQL holds them, Celery says when to look."""

from celery import shared_task

from tenancy.tasks import for_each_operator
from workflow.timers import fire_due


@shared_task
def sweep_timers() -> None:
    """Handle what is due at any operator. Lost or doubled rings change nothing."""
    for_each_operator(fire_due, "timers")
