"""The nightly gathering."""

from celery import shared_task

from programs.coverage.gather import gather
from tenancy.actors import Actor
from tenancy.tasks import for_each_operator


@shared_task
def gather_coverage() -> None:
    """Every operator, each in a transaction of its own."""
    for_each_operator(_one, "coverage")


def _one(actor: Actor) -> None:
    gather(actor)
