"""Courses written over the API from the first word to the publication, and learnt by those who may."""

import base64
from typing import Any

import pytest

from programs.models import CourseFile, CourseVersion
from tests.api.kit import Caller, caller
from tests.kit.world import Tenant

QUESTION: dict[str, Any] = {
    "kind": "multiple",
    "text": {"en": "What is in SD-WAN?"},
    "options": [
        {"text": {"en": "Policies"}, "right": True},
        {"text": {"en": "Tunnels"}, "right": True},
        {"text": {"en": "Copper"}, "right": False},
    ],
    "weight": 3,
    "why": {"en": "It is software."},
}


@pytest.fixture
def author(alpha: Tenant) -> Caller:
    found = caller(alpha, "programme_manager")
    made = found.post(
        "courses/",
        {"code": "sdwan", "name": "SD-WAN", "layer": "connectivity", "minutes": 45, "mandatory": True},
    )
    assert made.status == 201, made.body
    assert made.headers["Location"] == "/api/v1/courses/sdwan/"
    assert (made.body["version"], made.body["mandatory"]) == (None, True)
    return found


def test_from_the_first_word_to_the_publication(alpha: Tenant, author: Caller) -> None:
    learner = caller(alpha, "partner_seller@p1")
    assert author.post("courses/sdwan/publish/").body["errors"][0]["field"] == "body"
    begun = author.get("courses/sdwan/material/").body
    assert (begun["number"], begun["published"], begun["questions"]) == (1, False, [])
    written = author.patch(
        "courses/sdwan/material/",
        {
            "body": {"en": "## One\nText", "fa": "## یک\nمتن"},
            "summary": {"en": "In short"},
            "links": [{"url": "https://example.com/a", "title": "More"}],
            "pass_mark": 70,
        },
    )
    assert written.status == 200, written.body
    assert (written.body["pass_mark"], written.body["attempts_most"]) == (70, 3)
    assert written.body["body"] == {"en": "## One\nText", "fa": "## یک\nمتن"}
    (first,) = author.post("courses/sdwan/questions/", QUESTION).body["questions"]
    assert first == QUESTION | {"id": 1}
    single = QUESTION | {"kind": "single", "options": [*QUESTION["options"][1:]]}
    assert [each["id"] for each in author.post("courses/sdwan/questions/", single).body["questions"]] == [
        1,
        2,
    ]
    moved = author.post("courses/sdwan/questions/2/move/", {"by": -1}).body["questions"]
    assert [each["id"] for each in moved] == [2, 1]
    changed = author.put("courses/sdwan/questions/2/", single | {"weight": 5}).body["questions"]
    assert [each["weight"] for each in changed] == [5, 3]
    file = {"name": "guide.txt", "content": base64.b64encode(b"Read me").decode(), "title": "The guide"}
    kept = author.post("courses/sdwan/files/", file)
    assert (kept.status, kept.body["title"], kept.body["size"]) == (201, "The guide", 7)
    assert kept.headers["Location"] == f"/api/v1/courses/sdwan/files/{kept.body['id']}/"
    assert learner.get("courses/").body["count"] == 0
    assert learner.get("courses/sdwan/").status == 404
    published = author.post("courses/sdwan/publish/").body
    assert (published["published"], [each["name"] for each in published["files"]]) == (True, ["guide.txt"])
    assert [each["code"] for each in learner.get("courses/").body["results"]] == ["sdwan"]
    assert learner.get("courses/sdwan/").body["version"] == 1
    assert learner.get("courses/sdwan/material/").status == 403, "the right answers stand there"
    assert learner.post("enrolments/", {"course": "sdwan"}).status == 201


def test_a_published_version_stays_and_the_next_is_a_draft(alpha: Tenant, author: Caller) -> None:
    file = {"name": "guide.txt", "content": base64.b64encode(b"Read me").decode()}
    author.patch("courses/sdwan/material/", {"body": {"en": "## One"}})
    author.post("courses/sdwan/questions/", QUESTION)
    kept = author.post("courses/sdwan/files/", file).body["id"]
    author.post("courses/sdwan/publish/")
    gone = author.post("courses/sdwan/questions/1/remove/").body
    assert (gone["number"], gone["published"], gone["questions"]) == (2, False, [])
    assert author.post(f"courses/sdwan/files/{kept}/remove/").body["files"] == []
    with alpha.scope():
        first = CourseVersion.objects.get(number=1)
        assert len(first.quiz) == 1
        assert CourseFile.objects.filter(version=first).count() == 1
    assert author.patch("courses/sdwan/", {"minutes": 50}).body["version"] == 1
    assert author.put("courses/other/", {"name": "Other"}).status == 201
    assert [each["code"] for each in author.get("courses/").body["results"]] == ["other", "sdwan"]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PATCH", "material/", {"body": {"xx": "?"}}, "body"),
        ("PATCH", "material/", {"pass_mark": 0}, "pass_mark"),
        ("PATCH", "material/", {"links": [{"url": "javascript:x"}]}, "links"),
        ("PATCH", "material/", {"bodi": {}}, "bodi"),
        ("POST", "questions/", QUESTION | {"text": {"fa": "؟"}}, "text"),
        ("POST", "questions/", QUESTION | {"options": []}, "options"),
        ("POST", "questions/", QUESTION | {"kind": "single"}, "right"),
        ("POST", "questions/", QUESTION | {"weight": 0}, "weight"),
        ("POST", "files/", {"name": "a.exe", "content": base64.b64encode(b"MZ").decode()}, "file"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    author: Caller, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    answer = author.call(method, f"courses/sdwan/{path}", body)
    assert answer.status == 400, answer.body
    assert [error["field"].split(".")[0] for error in answer.body["errors"]] == [field]
    assert author.get("courses/sdwan/material/").body["questions"] == []


def test_who_writes(alpha: Tenant, author: Caller) -> None:
    for who in ("pam", "partner_owner@p1"):
        other = caller(alpha, who)
        assert other.post("courses/", {"code": "x", "name": "X"}).status == 403
        assert other.patch("courses/sdwan/material/", {"pass_mark": 1}).status == 403
        assert other.post("courses/sdwan/publish/").status == 403
        assert other.post("courses/sdwan/questions/", QUESTION).status == 403
    assert author.get("courses/nothing/material/").status == 404
    assert author.put("courses/sdwan/questions/9/", QUESTION).status == 404
    reader = caller(alpha, "programme_manager", "courses:read")
    assert reader.get("courses/sdwan/material/").status == 200
    assert reader.patch("courses/sdwan/material/", {"pass_mark": 1}).status == 403
