"""Imports in the portal: upload, choose the columns, try, run in the background."""

import uuid
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, DomainError, Forbidden, InputError, Invalid
from common.mappings import ColumnMapping
from common.sheets import UPLOAD, read_table
from performance.enums import ImportState
from performance.imports.columns import as_template, check_fields, guess, mapping_of
from performance.imports.counting import count_lines
from performance.imports.kinds import ImportKind, kind_named
from performance.imports.running import Opened, Summary, open_file, run_import
from performance.imports.selectors import get_job, last_mapping, stored_file
from performance.models import ImportJob
from tenancy import audit
from tenancy.access import scope_of
from tenancy.actors import Actor, actor_of
from tenancy.context import active
from tenancy.enums import Permission
from tenancy.models import Membership

FOLDER = "imports"


def upload_file(
    actor: Actor, *, kind: str, file_name: str, chunks: Iterable[bytes], encoding: str = ""
) -> ImportJob:
    """Keep a file and guess its columns: those of the last import of the kind where they fit, else by their headers.

    Raises ``InputError`` for a file that cannot be read.
    """
    chosen = kind_named(kind)
    actor.require(Permission.RUN_IMPORTS)
    actor.require(chosen.permission)
    stored = f"{FOLDER}/{actor.operator.pk}/{uuid.uuid4().hex}"
    path = Path(settings.MEDIA_ROOT) / stored
    _keep(path, chunks)
    try:
        header = read_table(path, limits=UPLOAD, encoding=encoding or None).header
    except DomainError as error:
        path.unlink()
        raise error.at("file") from None
    known = last_mapping(actor, chosen, header)
    guessed = {field: as_template(name) for field, name in guess(chosen.columns, header).items()}
    mapping = {
        "columns": known["columns"] if known else guessed,
        "constants": known["constants"] if known else {},
        "encoding": encoding,
        "language": translation.get_language() or actor.operator.main_language,
    }
    job: ImportJob = ImportJob.objects.create(
        kind=chosen.name,
        file_name=file_name[-200:],
        stored_path=stored,
        mapping=mapping,
        membership_id=actor.membership_id,
        lines_total=count_lines(path),
    )
    audit.record(actor, "import.upload", job, changes={"kind": chosen.name, "file": job.file_name})
    return job


def _keep(path: Path, chunks: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with path.open("wb") as file:
        for chunk in chunks:
            size += file.write(chunk)
            if size > UPLOAD.file:
                break
    if size > UPLOAD.file:
        path.unlink()
        most = {"most": UPLOAD.file // 1_000_000}
        raise InputError("file_too_large", _("The file has more than %(most)s MB."), "file", most)


def header_of(job: ImportJob) -> tuple[str, ...]:
    """The columns of an uploaded file."""
    path = stored_file(job)
    return read_table(path, limits=UPLOAD, encoding=job.mapping.get("encoding") or None).header


def mapping_of_job(job: ImportJob) -> ColumnMapping:
    return mapping_of(job.mapping.get("columns", {}), job.mapping.get("constants", {}))


def choose_columns(
    actor: Actor, job_id: int, *, columns: Mapping[str, str], constants: Mapping[str, str]
) -> ImportJob:
    """Say which column (or template) or fixed value each field has. Raises ``Invalid`` with an error per field."""
    job = _waiting_for_columns(actor, job_id)
    kind = kind_named(job.kind)
    mapping = mapping_of(columns, constants)
    check_fields(kind.columns, mapping, open_fields=kind.open_fields)
    mapping.compile(header_of(job))
    headers = sorted({column for template in mapping.columns.values() for column in template.columns})
    job.mapping |= {"columns": dict(columns), "constants": dict(constants), "headers": headers}
    job.save(update_fields=["mapping"])
    return job


def _waiting_for_columns(actor: Actor, job_id: int) -> ImportJob:
    job = get_job(actor, job_id)
    actor.require(kind_named(job.kind).permission)
    locked: ImportJob = ImportJob.objects.select_for_update().get(pk=job.pk)
    if locked.state != ImportState.UPLOADED:
        raise Conflict("import_started", _("This import has been started already."))
    return locked


def start_import(actor: Actor, job_id: int, *, dry_run: bool) -> ImportJob:
    """Have the file brought in, or only tried, in the background. Raises ``Conflict`` when it has been started."""
    job = _waiting_for_columns(actor, job_id)
    kind = kind_named(job.kind)
    check_fields(kind.columns, mapping_of_job(job), open_fields=kind.open_fields)
    job.state, job.dry_run, job.lines_done, job.summary, job.error = ImportState.WAITING, dry_run, 0, {}, ""
    job.save(update_fields=["state", "dry_run", "lines_done", "summary", "error"])
    audit.record(actor, "import.try" if dry_run else "import.start", job)
    transaction.on_commit(partial(_ring, actor.operator.pk, job.pk), robust=True)
    return job


def _ring(operator_id: int, job_id: int) -> None:
    from performance.imports.tasks import run_import_job

    run_import_job.apply_async((operator_id, job_id), retry=False)


def run_job(system: Actor, job_id: int) -> Summary | None:
    """Run a waiting import as the member who started it; call it outside of any scope, alone for this job.

    ``None`` when there is nothing to do. An import that was cut off is run again from its beginning: what it wrote
    before is found unchanged.
    """
    with scope_of(system):
        job = ImportJob.objects.filter(pk=job_id).first()
        if job is None or job.state not in (ImportState.WAITING, ImportState.RUNNING):
            return None
        job.state = ImportState.RUNNING
        job.save(update_fields=["state"])
        member = Membership.objects.filter(pk=job.membership_id, active=True).first()
    try:
        if member is None:
            raise Forbidden()
        with translation.override(job.mapping.get("language", "en")):
            summary = _run(actor_of(member, system.operator), system, job)
    except DomainError as error:
        with translation.override(job.mapping.get("language", "en")):
            _finish(system, job, Summary(job.kind, job.dry_run, error=_message(error)))
        return None
    _finish(system, job, summary)
    return summary


def _run(actor: Actor, system: Actor, job: ImportJob) -> Summary:
    refused = f"{FOLDER}/{actor.operator.pk}/refused-{uuid.uuid4().hex}.csv"

    def progress(summary: Summary) -> None:
        if active.get() is None:  # inside a transaction nobody would see it before its end
            with scope_of(system):
                ImportJob.objects.filter(pk=job.pk).update(lines_done=summary.read)

    summary = run_import(
        actor,
        opened_job(job),
        refused_path=Path(settings.MEDIA_ROOT) / refused,
        dry_run=job.dry_run,
        progress=progress,
    )
    job.refused_path = refused if summary.refused else ""
    return summary


def opened_job(job: ImportJob) -> Opened:
    kind: ImportKind = kind_named(job.kind)
    encoding = job.mapping.get("encoding") or None
    return open_file(kind, stored_file(job), mapping_of_job(job), limits=UPLOAD, encoding=encoding)


def _message(error: DomainError) -> str:
    return "; ".join(one.message for one in error.errors) if isinstance(error, Invalid) else error.message


def _finish(system: Actor, job: ImportJob, summary: Summary) -> None:
    """Note what became of it. After a real import the uploaded file goes; after a trial the columns may be changed."""
    done = ImportState.FAILED if summary.error else ImportState.DONE
    job.state = ImportState.UPLOADED if job.dry_run else done
    job.summary = summary.as_dict() | {"refused_file": job.refused_path or None}
    job.error, job.lines_done, job.finished_at = summary.error[:400], summary.read, timezone.now()
    with scope_of(system):
        job.save(update_fields=["state", "summary", "refused_path", "error", "lines_done", "finished_at"])
    if not job.dry_run:
        (Path(settings.MEDIA_ROOT) / job.stored_path).unlink(missing_ok=True)
