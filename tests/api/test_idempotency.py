"""One key, one effect: replays, other bodies, refusals, and fifty calls at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from catalog.models import Segment
from performance.models import Credit
from tenancy.idempotency import KEPT, forget_replies
from tenancy.models import IdempotencyKey
from tests.api.kit import Answer, Caller, caller
from tests.kit.world import Tenant

SEGMENT = {"code": "smb", "name": "Small business"}
LINES = {
    "lines": [
        {
            "source": "erp",
            "external_id": "1",
            "kind": "sale",
            "occurred_at": "2013-01-15",
            "partner": "p1",
            "amount": "10",
        }
    ]
}
BOTH = pytest.mark.parametrize(("path", "body"), [("segments/", SEGMENT), ("transactions/", LINES)])


@pytest.fixture
def manager(alpha: Tenant) -> Caller:
    return caller(alpha, "programme_manager")


@BOTH
def test_the_second_call_gets_the_first_answer(manager: Caller, path: str, body: Any) -> None:
    first = manager.post(path, body, Idempotency_Key="k1")
    assert first.status in (200, 201)
    assert "Idempotent-Replay" not in first.headers
    second = manager.post(path, body, Idempotency_Key="k1")
    assert (second.status, second.content) == (first.status, first.content)
    assert second.headers["Idempotent-Replay"] == "true"
    assert second.headers.get("Location") == first.headers.get("Location")
    third = manager.post(path, body, Idempotency_Key="k2")
    assert third.content != first.content


@BOTH
def test_a_key_belongs_to_one_request(manager: Caller, path: str, body: Any) -> None:
    manager.post(path, body, Idempotency_Key="k1")
    other = manager.post(path, {**body, "name": "x"}, Idempotency_Key="k1")
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")
    elsewhere = manager.post("families/", body, Idempotency_Key="k1")
    assert elsewhere.status == 422


@BOTH
def test_a_refused_call_leaves_the_key_free(alpha: Tenant, manager: Caller, path: str, body: Any) -> None:
    refused = manager.post(path, {}, Idempotency_Key="k1")
    assert refused.status == 400
    assert manager.post(path, body, Idempotency_Key="k1").status in (200, 201)
    with alpha.scope():
        assert IdempotencyKey.objects.count() == 1


def test_keys_of_different_members_and_operators_do_not_meet(alpha: Tenant, beta: Tenant) -> None:
    one = caller(alpha, "programme_manager")
    assert one.post("segments/", SEGMENT, Idempotency_Key="k1").status == 201
    other = caller(beta, "programme_manager")
    answer = other.post("segments/", SEGMENT, Idempotency_Key="k1")
    assert answer.status == 201
    assert "Idempotent-Replay" not in answer.headers


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb", "é"])
@BOTH
def test_impossible_keys(manager: Caller, key: str, path: str, body: Any) -> None:
    answer = manager.post(path, body, Idempotency_Key=key)
    assert (answer.status, answer.body["code"]) == (400, "idempotency_key")


def test_without_a_key_nothing_is_kept(alpha: Tenant, manager: Caller) -> None:
    manager.post("segments/", SEGMENT)
    with alpha.scope():
        assert not IdempotencyKey.objects.exists()


def test_only_those_who_may_call_see_the_answer_again(alpha: Tenant, manager: Caller) -> None:
    manager.post("segments/", SEGMENT, Idempotency_Key="k1")
    narrow = caller(alpha, "programme_manager", "read")
    assert narrow.post("segments/", SEGMENT, Idempotency_Key="k1").status == 403


def at_once(count: int, send: Any) -> list[Answer]:
    """``send`` from ``count`` threads, each with a connection of its own."""

    def one(_number: int) -> Answer:
        try:
            return send()  # type: ignore[no-any-return]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize(
    ("path", "body", "status"), [("segments/", SEGMENT, 201), ("transactions/", LINES, 200)]
)
def test_fifty_calls_at_once_have_one_effect(alpha: Tenant, path: str, body: Any, status: int) -> None:
    manager = caller(alpha, "programme_manager")
    answers = at_once(50, lambda: manager.post(path, body, Idempotency_Key="k1"))
    counts = Counter(answer.status for answer in answers)
    assert counts[status] >= 1
    assert counts[status] + counts[409] == 50
    assert len({answer.content for answer in answers if answer.status == status}) == 1
    assert (
        sum("Idempotent-Replay" not in answer.headers for answer in answers if answer.status == status) == 1
    )
    assert {answer.body["code"] for answer in answers if answer.status == 409} <= {"idempotency_in_flight"}
    with alpha.scope():
        made = Segment.objects.count() if path == "segments/" else Credit.objects.count()
        assert made == 1
    assert manager.post(path, body, Idempotency_Key="k1").status == status


def test_old_answers_are_forgotten(alpha: Tenant, manager: Caller) -> None:
    for key in ("old", "new"):
        manager.post("transactions/", LINES, Idempotency_Key=key)
    with alpha.scope():
        old = IdempotencyKey.objects.filter(key="old")
        assert forget_replies() == 0
        old.update(created_at=timezone.now() - KEPT - timedelta(seconds=1))
        assert forget_replies() == 1
        assert IdempotencyKey.objects.get().key == "new"
