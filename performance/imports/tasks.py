"""Imports in the background. The database knows which wait; a message only says when to look."""

from celery import shared_task
from django.db import connection

from performance.enums import ImportState
from performance.imports.services import run_job
from performance.models import ImportJob
from tenancy.access import operator_ids
from tenancy.actors import Actor
from tenancy.enums import Audience
from tenancy.scope import scope
from tenancy.tasks import TenantTask

_LOCK = "select pg_try_advisory_lock(hashtextextended(%s, 727003))"
_UNLOCK = "select pg_advisory_unlock(hashtextextended(%s, 727003))"


@shared_task(base=TenantTask)
def run_import_job(actor: Actor, job_id: int) -> None:
    """Run one import unless another process is at it; the lock goes with the connection of a process that dies."""
    name = f"import:{job_id}"
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [name])
        if not cursor.fetchone()[0]:
            return
        try:
            run_job(actor, job_id)
        finally:
            cursor.execute(_UNLOCK, [name])


run_import_job.in_scope = False


@shared_task
def sweep_imports() -> None:
    """Ring again for imports whose message was lost or whose worker died."""
    for operator_id in operator_ids():
        with scope(operator_id, Audience.WORKER):
            waiting = ImportJob.objects.filter(state__in=[ImportState.WAITING, ImportState.RUNNING])
            pending = list(waiting.values_list("pk", flat=True))
        for job_id in pending:
            run_import_job.apply_async((operator_id, job_id), retry=False, expires=60)
