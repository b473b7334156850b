"""``POST transactions/``: three body types, every line answered for, nothing but 4xx for nonsense."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from performance.models import Credit, Intake
from tests.api.kit import Answer, Caller, caller
from tests.kit.world import Tenant

EMPTY = {"accepted": 0, "duplicates": 0, "revised": 0, "unresolved": 0, "rejected": []}


def line(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "source": "erp",
        "external_id": f"SO-{number}",
        "kind": "sale",
        "occurred_at": "2013-01-15",
        "partner": "p1",
        "amount": "12.345678",
        "currency": "USD",
    } | fields


@pytest.fixture
def erp(alpha: Tenant) -> Caller:
    return caller(alpha, "programme_manager", "transactions:write")


def send(erp: Caller, *lines: Any) -> Answer:
    return erp.post("transactions/", {"lines": list(lines)})


def test_every_line_is_in_one_count(alpha: Tenant, erp: Caller) -> None:
    assert send(erp, line(1), line(2), line(4)).body == EMPTY | {"accepted": 3}
    answer = send(erp, line(1), line(2, amount="13"), line(3, partner="nobody"), line(5, amount="x"), "odd")
    assert answer.status == 200
    rejected = answer.body.pop("rejected")
    assert answer.body == {"accepted": 0, "duplicates": 1, "revised": 1, "unresolved": 1}
    assert [(item["index"], item["code"]) for item in rejected] == [(3, "not_a_number"), (4, "not_an_object")]
    assert all(set(item) == {"index", "code", "message"} for item in rejected)
    with alpha.scope():
        assert Credit.objects.get(external_id="SO-1").amount.normalize().as_tuple().exponent == -6


def test_the_same_lines_in_three_types(erp: Caller) -> None:
    assert send(erp, line(1), line(2)).body["accepted"] == 2
    text = "\n".join(json.dumps(line(number)) for number in (1, 2)) + "\n"
    as_ndjson = erp.post("transactions/", text, Content_Type="application/x-ndjson")
    assert as_ndjson.body == EMPTY | {"duplicates": 2}
    rows = [",".join(line(1)), *(",".join(line(number).values()) for number in (1, 2))]
    as_csv = erp.post("transactions/", "\r\n".join(rows), Content_Type="text/csv; charset=utf-8")
    assert as_csv.body == EMPTY | {"duplicates": 2}


def test_one_bad_line_of_a_text_leaves_the_others(erp: Caller) -> None:
    text = f'{json.dumps(line(1))}\n{{"source": \n{json.dumps(line(2))}'
    answer = erp.post("transactions/", text, Content_Type="application/x-ndjson")
    assert (answer.body["accepted"], answer.body["rejected"][0]["index"]) == (2, 1)
    rows = [",".join(line(1)), ",".join(line(3).values()), "a,b", ",".join(line(4).values())]
    answer = erp.post("transactions/", "\n".join(rows), Content_Type="text/csv")
    assert answer.body["accepted"] == 2
    assert [(item["index"], item["code"]) for item in answer.body["rejected"]] == [(1, "wrong_field_count")]


def test_encodings_of_a_table(erp: Caller) -> None:
    rows = "\n".join([",".join(line(1)), ",".join(line(1, external_id="سفارش").values())])
    cp1256 = erp.post(
        "transactions/",
        rows.replace("سفارش", "طلب").encode("cp1256"),
        Content_Type="text/csv; charset=cp1256",
    )
    assert cp1256.body["accepted"] == 1
    wrong = erp.post("transactions/", rows.replace("سفارش", "طلب").encode("cp1256"), Content_Type="text/csv")
    assert (wrong.status, wrong.body["code"]) == (400, "wrong_encoding")
    unknown = erp.post("transactions/", rows, Content_Type="text/csv; charset=klingon")
    assert (unknown.status, unknown.body["code"]) == (400, "unknown_encoding")


def test_limits(erp: Caller) -> None:
    many = erp.post("transactions/", {"lines": [{}] * 10_001})
    assert (many.status, many.body["code"]) == (400, "too_many_lines")
    large = erp.post("transactions/", b" " * 20_000_001)
    assert (large.status, large.body["code"]) == (413, "too_large")
    assert send(erp).body == EMPTY


BODIES = [
    b" ",
    b"{",
    b"[]",
    b"null",
    b'{"lines": {}}',
    b'{"lines": [], "more": 1}',
    b'{"lines": [NaN]}',
    b"\xff\xfe",
    b'{"lines": [{"source": "\\ud800"}]}',
    b"[" * 100_000,
    b'{"lines": [' + b"9" * 5000 + b"]}",
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_bodies_that_cannot_be_read(erp: Caller, body: bytes) -> None:
    answer = erp.post("transactions/", body)
    assert (answer.status, answer.body["code"]) == (400, "malformed")
    assert set(answer.body) == {"code", "message", "errors"}


VALUES: list[Any] = [
    "\x00", "a\x00b", "NaN", "Infinity", "1e999999", "1_000", "١٢٣", "9" * 400, 1.5, True, [], [[[]]], {"a": {"b": 1}},
    "\u202e", "\ufeff", "x" * 100_000, -1, 10**30, "2013-02-30", "9999-12-31", None, "",
]  # fmt: skip
FIELDS = [
    "source", "external_id", "kind", "occurred_at", "collected_at", "partner", "product", "quantity", "amount", "margin",
    "currency", "share", "reverses", "attributes", "credits", "contribution",
]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_no_value_breaks_the_feed(erp: Caller, field: str) -> None:
    lines = [line(number, **{field: value}) for number, value in enumerate(VALUES)]
    answer = send(erp, *lines)
    assert answer.status == 200
    counts = [answer.body[name] for name in ("accepted", "duplicates", "revised", "unresolved")]
    assert sum(counts) + len(answer.body["rejected"]) == len(VALUES)


def test_who_may_send(alpha: Tenant, beta: Tenant) -> None:
    for name in ("partner_owner@p1", "pam", "executive"):
        answer = send(caller(alpha, name), line(1))
        assert (answer.status, answer.body["code"]) == (403, "forbidden")
    no_scope = send(caller(alpha, "programme_manager", "read", "kpis:write"), line(1))
    assert (no_scope.status, no_scope.body["code"]) == (403, "missing_scope")
    nobody = send(Caller(alpha.host), line(1))
    assert nobody.status == 401
    assert nobody.headers["WWW-Authenticate"].startswith("Bearer")
    with alpha.scope():
        assert not Intake.objects.exists()


def test_a_line_belongs_to_the_operator_of_the_host(alpha: Tenant, beta: Tenant) -> None:
    assert send(caller(alpha, "programme_manager"), line(1)).body["accepted"] == 1
    theirs = send(caller(beta, "programme_manager"), line(1, currency="IRR"))
    assert theirs.body["accepted"] == 1


def test_a_line_takes_three_statements(alpha: Tenant, erp: Caller) -> None:
    """Who asks, their rights, and the line with its place in the queue and the note of its batch."""
    assert send(erp, line(1)).status == 200  # plans are made and the token's use is noted
    with CaptureQueriesContext(connection) as caught:
        assert send(erp, line(2)).body["accepted"] == 1
    said = [query["sql"] for query in caught if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    # The last one gives the test's own transaction back what it was.
    assert [sql.split("(")[0].split(";")[0].strip()[:20] for sql in said] == [
        "select set_config", "select set_config", "savepoint taking", "select set_config",
    ], said  # fmt: skip


def test_no_browser_takes_an_answer_for_a_page(erp: Caller) -> None:
    for answer in (send(erp, line(1)), erp.get("transactions/"), erp.get("me/"), erp.get("nothing/")):
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_other_methods_and_types(erp: Caller) -> None:
    assert erp.get("transactions/").status == 405
    assert erp.call("DELETE", "transactions/").status == 405
    answer = erp.post("transactions/", "<a/>", Content_Type="application/xml")
    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")
    assert erp.post("transactions/", b"PK\x03\x04", Content_Type="text/csv").status == 415


@pytest.mark.parametrize(("language", "word"), [("en", "number"), ("fa", "number"), ("ar", "number")])
def test_reasons_are_in_the_language_asked_for(erp: Caller, language: str, word: str) -> None:
    answer = erp.post("transactions/", {"lines": [line(1, amount="x")]}, Accept_Language=language)
    assert answer.headers["Content-Language"] == language
    assert answer.body["rejected"][0]["message"]
