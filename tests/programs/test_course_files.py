"""Files of courses: for those who take the course, as it was published, and for nobody else."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from common.errors import Forbidden, InputError, NotFound
from programs.models import CourseFile
from programs.training.authoring import begin_draft, publish_course
from programs.training.enrolments import cancel_enrolment
from programs.training.files import add_file, files_for, get_file, remove_file
from programs.training.selectors import draft_of, get_course
from tests.kit.world import Tenant
from tests.programs.schooling import course, enrolled
from workflow.conversation import path_of

SELLER, COLLEAGUE, OWNER, RIVAL = (
    "partner_seller@p1", "partner_technician@p1", "partner_owner@p1", "partner_owner@p2",
)  # fmt: skip
PDF = b"%PDF-1.7 slides"


@pytest.fixture
def school(alpha: Tenant, settings: Any, tmp_path: Any) -> Tenant:
    """A course with one file in its published version."""
    settings.MEDIA_ROOT = tmp_path
    course(alpha)
    added(alpha, "../../slides\u202e.pdf")
    with alpha.scope():
        publish_course(alpha.system, code="sdwan")
    return alpha


def added(tenant: Tenant, name: str, content: bytes = PDF) -> CourseFile:
    with tenant.scope():
        return add_file(tenant.system, code="sdwan", name=name, chunks=[content])


def seen(tenant: Tenant, who: str) -> list[str]:
    with tenant.scope(who):
        return [row.name for row in files_for(tenant.actors[who], "sdwan")]


def raw(tenant: Tenant, who: str) -> int:
    """What the walls let through, whatever the services filter."""
    with tenant.scope(who):
        return int(CourseFile.objects.count())


def test_who_takes_the_course_has_its_files_and_nobody_else(school: Tenant) -> None:
    assert [raw(school, who) for who in (SELLER, OWNER, RIVAL, "pam")] == [0, 0, 0, 1]
    enrolment = enrolled(school)
    assert {who: seen(school, who) for who in (SELLER, COLLEAGUE, OWNER, RIVAL, "pam")} == {
        SELLER: ["slides.pdf"],
        COLLEAGUE: [],
        OWNER: ["slides.pdf"],
        RIVAL: [],
        "pam": ["slides.pdf"],
    }
    assert raw(school, RIVAL) == 0
    with school.scope():
        pk = CourseFile.objects.get().pk
    for who, status in {SELLER: 200, OWNER: 200, COLLEAGUE: 404, RIVAL: 404, "pam": 200}.items():
        answer = school.client(who).get(f"/training/courses/sdwan/files/{pk}/")
        assert answer.status_code == status, who
    answer = school.client(SELLER).get(f"/training/courses/sdwan/files/{pk}/")
    assert b"".join(answer) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="slides.pdf"'
    assert "sandbox" in answer["Content-Security-Policy"]
    assert f"/files/{pk}/" in school.client(SELLER).get(f"/training/learn/{enrolment.pk}/").content.decode()
    with school.scope(SELLER):
        cancel_enrolment(school.actors[SELLER], enrolment_id=enrolment.pk)
    assert seen(school, SELLER) == []
    assert raw(school, SELLER) == 0


def test_a_published_version_keeps_its_files(school: Tenant) -> None:
    enrolled(school)
    added(school, "sheet.csv", b"a,b")
    assert seen(school, SELLER) == ["slides.pdf"]
    with school.scope():
        published = CourseFile.objects.get(version__number=2)
        draft = draft_of(school.system, get_course(school.system, "sdwan"))
        assert draft is not None
        assert [row.name for row in draft.files.all()] == ["slides.pdf", "sheet.csv"]
        for change in (
            lambda: CourseFile.objects.filter(pk=published.pk).update(name="x"),
            lambda: CourseFile.objects.filter(pk=published.pk).delete(),
            lambda: CourseFile.objects.filter(version=draft).update(version=published.version_id),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()
        remove_file(school.system, code="sdwan", file_id=published.pk)
        assert [row.name for row in draft.files.all()] == ["sheet.csv"]
        publish_course(school.system, code="sdwan")
    assert seen(school, SELLER) == ["slides.pdf"]
    assert seen(school, "pam") == ["sheet.csv"]
    with school.scope(SELLER):
        assert path_of(get_file(school.actors[SELLER], "sdwan", published.pk)).read_bytes() == PDF


def test_the_content_goes_with_its_last_row(school: Tenant, django_capture_on_commit_callbacks: Any) -> None:
    row = added(school, "draft.txt", b"words")
    path = path_of(row)
    with school.scope(), django_capture_on_commit_callbacks(execute=True):
        remove_file(school.system, code="sdwan", file_id=row.pk)
    assert not path.exists()
    with school.scope():
        first = CourseFile.objects.get(version__number=2)
        begin_draft(school.system, code="sdwan")
        copy = CourseFile.objects.get(version__number=3)
    with school.scope(), django_capture_on_commit_callbacks(execute=True):
        remove_file(school.system, code="sdwan", file_id=copy.pk)
    assert path_of(first).read_bytes() == PDF


def test_authors_alone_add_and_what_is_dangerous_is_refused(school: Tenant) -> None:
    for who in (SELLER, "pam", "executive"):
        with school.scope(who), pytest.raises(Forbidden):
            add_file(school.actors[who], code="sdwan", name="a.pdf", chunks=[PDF])
    for name, content in {"a.exe": b"MZ", "a.svg": b"<svg>", "a.txt": b"<html>", "b.pdf": b""}.items():
        with pytest.raises(InputError):
            added(school, name, content)
    manager = school.client("programme_manager")
    file = SimpleUploadedFile("guide.txt", b"Read me", "text/html")
    made = manager.post("/training/courses/sdwan/files/new/", {"file": file, "title": "The guide"})
    assert made["Location"] == "/training/courses/sdwan/build/#files"
    page = manager.get("/training/courses/sdwan/build/").content.decode()
    assert "The guide" in page
    with school.scope():
        row = CourseFile.objects.get(title="The guide")
    assert row.content_type == "text/plain"
    for who in (SELLER, "pam"):
        with school.scope(who), pytest.raises(NotFound):
            get_file(school.actors[who], "sdwan", row.pk)
    refused = manager.post("/training/courses/sdwan/files/new/", {"file": SimpleUploadedFile("a.exe", b"MZ")})
    assert refused.status_code == 422
    removed = manager.post(f"/training/courses/sdwan/files/{row.pk}/remove/")
    assert removed.status_code == 302
    with school.scope():
        assert not CourseFile.objects.filter(title="The guide").exists()
