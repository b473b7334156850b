"""Reads of imports."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from common.errors import NotFound
from performance.imports.kinds import ImportKind
from performance.models import ImportJob
from tenancy.actors import Actor
from tenancy.enums import Permission


def jobs_for(actor: Actor) -> QuerySet[ImportJob]:
    """Every import of the operator, for a partner's member the own ones; newest first."""
    actor.require(Permission.RUN_IMPORTS)
    return ImportJob.objects.select_related("membership").order_by("-created_at", "-pk")


def get_job(actor: Actor, pk: int) -> ImportJob:
    job = jobs_for(actor).filter(pk=pk).first()
    if job is None:
        raise NotFound()
    return job


def stored_file(job: ImportJob) -> Path:
    """Where the uploaded file lies; raises ``NotFound`` when it is gone."""
    path = Path(settings.MEDIA_ROOT) / job.stored_path
    if not job.stored_path or not path.is_file():
        raise NotFound()
    return path


def refused_file(actor: Actor, pk: int) -> Path:
    """The file of refused lines; raises ``NotFound`` when there is none."""
    job = get_job(actor, pk)
    path = Path(settings.MEDIA_ROOT) / job.refused_path
    if not job.refused_path or not path.is_file():
        raise NotFound()
    return path


def last_mapping(actor: Actor, kind: ImportKind, header: tuple[str, ...]) -> dict[str, Any] | None:
    """The columns of the newest import of this kind whose columns all are in ``header``."""
    jobs = jobs_for(actor).filter(kind=kind.name, mapping__has_key="headers")[:20]
    fitting = (job.mapping for job in jobs if set(job.mapping["headers"]) <= set(header))
    return next(fitting, None)
