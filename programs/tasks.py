"""The nightly evaluation of tiers; losing or doubling a ring changes nothing."""

from celery import shared_task

from programs.standing.evaluating import evaluate_all
from tenancy.tasks import for_each_operator


@shared_task
def evaluate_tiers() -> None:
    """Every programme of every operator, in one transaction per operator."""
    for_each_operator(evaluate_all, "tiers")
