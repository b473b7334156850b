"""Training in the portal: built, taken, looked at by owner and operator; no page tells what it should not."""

from typing import Any

import pytest

from programs.enums import CertificateState, EnrolmentState
from programs.models import Certificate, Course, CourseEnrolment, CourseVersion
from tests.kit.world import Tenant
from tests.programs.schooling import course, enrolled, take

SELLER, OWNER = "partner_seller@p1", "partner_owner@p1"


@pytest.fixture
def school(alpha: Tenant) -> Tenant:
    course(alpha, mandatory=True)
    return alpha


def test_a_course_is_built_and_published_in_the_browser(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    made = client.post("/training/certifications/new/", {"code": "pro", "name": "Pro", "valid_months": "12"})
    assert made.status_code == 302
    made = client.post(
        "/training/courses/new/",
        {"code": "c1", "name": "First", "certification": "pro", "minutes": "30", "roles": ["reseller"]},
    )
    assert made["Location"] == "/training/courses/c1/build/"
    refused = client.post("/training/courses/c1/publish/", follow=True)
    assert "main language" in refused.content.decode()
    wrong = client.post(
        "/training/courses/c1/material/", {"body_en": "Text", "pass_mark": "101", "attempts_most": "2"}
    )
    assert wrong.status_code == 422
    assert "Text" in wrong.content.decode()
    material = {
        "body_en": "Hello\n\n## Two\n\n<script>x</script>",
        "summary_en": "About",
        "links": "https://a.example A title",
        "pass_mark": "50",
        "attempts_most": "2",
    }
    assert client.post("/training/courses/c1/material/", material).status_code == 302
    question = {
        "kind": "single",
        "weight": "1",
        "text_en": "Which?",
        "options_en": "this\nthat",
        "options_fa": "این",
        "right": ["1"],
    }
    uneven = client.post("/training/courses/c1/questions/new/", question)
    assert uneven.status_code == 422
    assert "as many lines" in uneven.content.decode()
    question["options_fa"] = "این\nآن"
    assert client.post("/training/courses/c1/questions/new/", question).status_code == 302
    assert client.get("/training/courses/c1/questions/1/").status_code == 200
    second = question | {"text_en": "And?", "right": ["2"]}
    client.post("/training/courses/c1/questions/new/", second)
    client.post("/training/courses/c1/questions/2/move/", {"way": "up"})
    assert client.get("/training/courses/c1/build/").status_code == 200
    assert client.post("/training/courses/c1/publish/").status_code == 302
    client.post("/training/courses/c1/questions/1/remove/")
    with alpha.scope():
        published, draft = CourseVersion.objects.order_by("number")
        assert [one["id"] for one in published.quiz] == [2, 1]
        assert [one["id"] for one in draft.quiz] == [2]
        assert published.links == [{"url": "https://a.example", "title": "A title"}]
        assert Course.objects.get().current == 1
    assert client.get("/training/courses/").status_code == 200
    shown = client.get("/training/courses/c1/").content.decode()
    assert "<script>x" not in shown


def test_a_learner_goes_all_the_way(school: Tenant) -> None:
    client = school.client(SELLER)
    assert "SD-WAN" in client.get("/training/").content.decode()
    assert client.get("/training/courses/sdwan/").status_code == 200
    begun = client.post("/training/courses/sdwan/begin/")
    here = begun["Location"]
    # Once more leads back into the same course.
    assert client.post("/training/courses/sdwan/begin/")["Location"] == here
    assert "Welcome." in client.get(here).content.decode()
    assert client.post(f"{here}read/", {"section": "1"})["Location"] == f"{here}?section=2"
    assert client.post(f"{here}quiz/start/")["Location"] == f"{here}quiz/"
    page = client.get(f"{here}quiz/").content.decode()
    assert "Because." not in page
    assert client.post(f"{here}quiz/answer/", {"question": "2", "option": ["1", "3"]}).status_code == 204
    assert client.post(f"{here}quiz/answer/", {"question": "2", "option": ["9"]}).status_code == 422
    half = client.post(f"{here}quiz/", {"q1": "2", "q2": ["1", "3"]})
    assert half.status_code == 422
    assert half.content.decode().count(" checked") == 3
    done = client.post(f"{here}quiz/", {"q1": "2", "q2": ["1", "3"], "q3": "1"})
    assert done["Location"] == f"{here}result/1/"
    assert "Because." in client.get(done["Location"]).content.decode()
    with school.scope():
        assert CourseEnrolment.objects.get().state == EnrolmentState.COMPLETED
        certificate = Certificate.objects.get()
    assert client.get(f"/training/certificates/{certificate.pk}/").status_code == 200
    assert client.get(here).status_code == 200


def test_the_owner_sees_the_team_and_enrols(school: Tenant) -> None:
    enrolment = enrolled(school)
    take(school, enrolment)
    client = school.client(OWNER)
    page = client.get("/training/team/").content.decode()
    assert "SD-WAN professional" in page
    assert "Mandatory and not completed" in page
    member = school.actors["partner_technician@p1"].membership_id
    sent = {"member_id": str(member), "course": "sdwan", "due_on": "2030-01-05"}
    assert client.post("/training/team/enrol/", sent).status_code == 302
    again = client.post("/training/team/enrol/", sent)
    assert again.status_code == 422
    assert "in this course already" in again.content.decode()
    foreign = sent | {"member_id": str(school.actors["partner_seller@p2"].membership_id)}
    assert client.post("/training/team/enrol/", foreign).status_code == 422
    assert client.get(f"/training/learn/{enrolment.pk}/result/1/").status_code == 200


def test_the_operator_enters_exports_and_revokes(school: Tenant) -> None:
    client = school.client("programme_manager")
    member = school.actors[SELLER].membership_id
    sent = {
        "member_id": str(member),
        "certification": "sdwan-pro",
        "passed_on": "2026-01-31",
        "reference": "A-7",
    }
    made = client.post("/training/certificates/new/", sent)
    assert made.status_code == 302
    assert "A-7" in client.get(made["Location"]).content.decode()
    export = client.get("/training/certificates/?export=csv")
    assert b"A-7" in b"".join(export) if export.streaming else b"A-7" in export.content
    assert client.get("/training/people/").status_code == 200
    assert client.post(f"{made['Location']}revoke/", {"reason": ""}).status_code == 422
    assert client.post(f"{made['Location']}revoke/", {"reason": "Copied"}).status_code == 302
    with school.scope():
        assert Certificate.objects.get().state == CertificateState.REVOKED


def test_other_companies_find_nothing(school: Tenant) -> None:
    enrolment = enrolled(school)
    take(school, enrolment)
    with school.scope():
        certificate = Certificate.objects.get()
    for who in ("partner_owner@p2", "partner_technician@p1"):
        client: Any = school.client(who)
        for path in (
            f"/training/learn/{enrolment.pk}/",
            f"/training/learn/{enrolment.pk}/result/1/",
            f"/training/certificates/{certificate.pk}/",
        ):
            assert client.get(path).status_code == 404, (who, path)
