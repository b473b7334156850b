"""The sweep of mails; PostgreSQL holds them, Celery says when to look."""

from celery import shared_task
from django.utils import timezone

from portal.workflow.mails import send_due
from tenancy.access import operator_ids
from tenancy.tasks import system_of


@shared_task
def sweep_mails() -> None:
    """Send what is due at any operator. Lost or doubled rings change nothing."""
    for operator_id in operator_ids():
        actor = system_of(operator_id)
        if actor is not None:
            send_due(actor, timezone.now())
