"""Files of a course's material: added to the draft, fixed with its publication, fetched by whoever takes the course."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, NotFound
from common.text import clean_line
from programs.enums import EnrolmentState
from programs.models import CourseEnrolment, CourseFile, CourseVersion
from programs.training.authoring import MANAGE, open_draft
from programs.training.selectors import VIEW, enrolments_for, get_course
from tenancy import audit
from tenancy.actors import Actor
from workflow.conversation import forget_file, keep_file

FILES_MOST = 30


def add_file(actor: Actor, *, code: str, name: str, chunks: Iterable[bytes], title: str = "") -> CourseFile:
    """Put a file into the draft of the next version; without a ``title`` it is called as the file is.

    Raises ``Conflict`` for too many, ``InputError`` for one that is too large or of a kind that nobody needs.
    """
    with transaction.atomic():
        course, version, _key = open_draft(actor, code)
        if version.files.count() >= FILES_MOST:
            words = {"most": FILES_MOST}
            raise Conflict("too_many", _("A course has at most %(most)s files."), None, words)
        kept = keep_file(actor, name=name, chunks=chunks)
        row: CourseFile = CourseFile.objects.create(
            version=version, title=clean_line(title)[:200] or kept["name"], author=actor.name, **kept
        )
        changes = {"version": version.number, "file": row.name, "sha256": row.sha256}
        audit.record(actor, "course.file", course, changes=changes)
    return row


def remove_file(actor: Actor, *, code: str, file_id: int) -> None:
    """Take a file out of the draft. Published versions keep theirs."""
    with transaction.atomic():
        course, version, _key = open_draft(actor, code)
        row = _of_draft(version, file_id)
        row.delete()
        changes = {"version": version.number, "removed": row.name}
        audit.record(actor, "course.file", course, changes=changes)
        if not CourseFile.objects.filter(stored_path=row.stored_path).exists():
            forget_file(row)


def _of_draft(version: CourseVersion, file_id: int) -> CourseFile:
    """The file, or its copy where the draft was made of a published version a moment ago."""
    named: CourseFile | None = CourseFile.objects.filter(
        pk=file_id, version__course=version.course_id
    ).first()
    if named is None:
        raise NotFound()
    row: CourseFile | None = version.files.filter(stored_path=named.stored_path).first()
    if row is None:
        raise NotFound()
    return row


def files_of(version: CourseVersion) -> QuerySet[CourseFile]:
    """Those that the open scope may see."""
    found: QuerySet[CourseFile] = CourseFile.objects.filter(version=version)
    return found


def files_for(actor: Actor, code: str) -> QuerySet[CourseFile]:
    """Of the published version for staff; for a partner's people of the versions that they take or took."""
    course = get_course(actor, code)
    rows: QuerySet[CourseFile] = CourseFile.objects.filter(version__course=course)
    if actor.is_partner:
        return rows.filter(version__in=_taken(actor).values("version_id"))
    return rows.filter(version__number=course.current or 0)


def get_file(actor: Actor, code: str, file_id: int) -> CourseFile:
    """For those who take or took the course in that version, and for staff. Raises ``NotFound``."""
    actor.require(VIEW)
    rows = CourseFile.objects.select_related("version")
    row: CourseFile | None = rows.filter(pk=file_id, version__course__code=code).first()
    if row is None or not _may_read(actor, row.version):
        raise NotFound()
    return row


def _may_read(actor: Actor, version: CourseVersion) -> bool:
    if not actor.is_partner:
        return version.published_at is not None or actor.can(MANAGE)
    return bool(_taken(actor).filter(version=version).exists())


def _taken(actor: Actor) -> QuerySet[CourseEnrolment]:
    return enrolments_for(actor).exclude(state=EnrolmentState.CANCELLED)
