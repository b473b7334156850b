"""The nightly evaluation of specialisations, which also makes the public directory true; lost or doubled rings change nothing."""

from celery import shared_task

from programs.training.specialising import evaluate_specialisations
from tenancy.tasks import for_each_operator


@shared_task
def sweep_specialisations() -> None:
    """Every operator, in one transaction each."""
    for_each_operator(evaluate_specialisations, "specialisations")
