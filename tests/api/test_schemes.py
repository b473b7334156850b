"""Formulas are checked, schemes written, published and amended; partners see what is published for them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.api.kit import Caller, caller
from tests.kit.world import Tenant

SPIFF: dict[str, Any] = {
    "code": "spiff/1",
    "name": "Cloud SPIFF",
    "names": {"fa": "پاداش ابری"},
    "kind": "spiff",
    "beneficiary": "rep",
    "period": "quarter",
    "formula": "amount * 5%",
    "eligibility": {"families": ["cloud"]},
    "starts": "2013-01-01",
    "ends": "2013-12-31",
    "budget": {"amount": "5000.00", "currency": "USD"},
}


@pytest.fixture
def manager(alpha: Tenant) -> Caller:
    return caller(alpha, "programme_manager")


def test_a_right_formula(manager: Caller) -> None:
    answer = manager.post("formula/check/", {"source": "amount * 5%", "scope": "transaction"})
    assert (answer.status, answer.body) == (
        200,
        {"ok": True, "type": "money(USD)", "names": [], "errors": []},
    )


@pytest.mark.parametrize(("language", "latin"), [("en", True), ("fa", True), ("ar", True)])
def test_a_wrong_formula_says_where(manager: Caller, language: str, latin: bool) -> None:
    answer = manager.post(
        "formula/check/", {"source": "amount * x", "scope": "transaction"}, Accept_Language=language
    )
    assert (answer.status, answer.body["ok"], answer.body["type"]) == (200, False, None)
    [error] = answer.body["errors"]
    assert (error["start"], error["end"]) == (9, 10)
    assert error["message"]


@pytest.mark.parametrize(
    "source", ["", "(" * 5000, "1" * 19_000, "amount * 𝟓%", "import os", "'", "a.b.c", "٥٠٠"]
)
def test_no_source_breaks_the_check(manager: Caller, source: str) -> None:
    answer = manager.post("formula/check/", {"source": source, "scope": "transaction"})
    assert answer.status == (400 if source == "" else 200)
    assert answer.body.get("ok") is not True


def test_a_reading_token_may_check(alpha: Tenant) -> None:
    reads = caller(alpha, "pam", "formula:read")
    assert reads.post("formula/check/", {"source": "amount", "scope": "transaction"}).body["ok"]
    assert caller(alpha, "support_agent").post("formula/check/", {"source": "amount"}).status == 403


def test_the_life_of_a_scheme(manager: Caller) -> None:
    made = manager.post("schemes/", SPIFF)
    assert made.status == 201, made.body
    assert {name: made.body[name] for name in SPIFF} == SPIFF
    assert (made.body["state"], made.body["version"]) == ("draft", 1)
    address = made.headers["Location"].removeprefix("/api/v1/")
    changed = manager.patch(address, {"formula": "amount * 6%", "name": "SPIFF"})
    assert (changed.body["formula"], changed.body["name"], changed.body["version"]) == (
        "amount * 6%",
        "SPIFF",
        1,
    )
    published = manager.post(f"{address}publish/")
    assert (published.status, published.body["state"]) == (200, "published")
    again = manager.post(f"{address}publish/")
    assert (again.status, again.body["code"]) == (409, "published")
    renamed = manager.patch(address, {"name": "Other"})
    assert (renamed.status, renamed.body["code"]) == (409, "published")
    later = (timezone.now().date() + timedelta(days=10)).isoformat()
    amended = manager.patch(address, {"formula": "amount * 7%", "starts": later, "ends": None})
    assert (amended.status, amended.body["version"], amended.body["state"]) == (200, 2, "draft")


def test_a_formula_with_errors_is_not_stored(manager: Caller) -> None:
    answer = manager.post("schemes/", SPIFF | {"formula": "amount * x"})
    assert (answer.status, answer.body["code"]) == (400, "formula")
    [error] = answer.body["errors"]
    assert (error["field"], error["start"], error["end"]) == ("formula", 9, 10)
    assert manager.get("schemes/spiff/1/").status == 404


def test_end(manager: Caller) -> None:
    manager.post("schemes/", SPIFF | {"ends": None})
    assert manager.post("schemes/spiff/1/end/", {"last_day": "2100-01-01"}).status == 409
    manager.post("schemes/spiff/1/publish/")
    ended = manager.post("schemes/spiff/1/end/", {"last_day": "2100-01-01"})
    assert (ended.status, ended.body["ends"]) == (200, "2100-01-01")
    assert manager.post("schemes/spiff/1/end/", {"last_day": "2013-01-01"}).body["code"] == "too_early"


def test_partners_see_published_schemes_that_are_for_them(
    alpha: Tenant, beta: Tenant, manager: Caller
) -> None:
    manager.post("schemes/", SPIFF | {"code": "all", "eligibility": {}})
    manager.post("schemes/", SPIFF | {"code": "p2-only", "eligibility": {"partners": ["p2"]}})
    partner = caller(alpha, "partner_owner@p1")
    assert partner.get("schemes/").body["count"] == 0
    for code in ("all", "p2-only"):
        manager.post(f"schemes/{code}/publish/")
    assert [row["code"] for row in partner.get("schemes/").body["results"]] == ["all"]
    assert partner.get("schemes/p2-only/").content == partner.get("schemes/nobody/").content
    stranger = caller(beta, "programme_manager")
    assert stranger.get("schemes/all/").content == stranger.get("schemes/nobody/").content
    assert partner.post("schemes/all/publish/").status == 403


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("budget", {"amount": "1", "currency": "EUR"}, "wrong_currency"),
        ("budget", {"amount": 1, "currency": "USD"}, "not_text"),
        ("budget", "12", "not_money"),
        ("starts", "yesterday", "invalid"),
        ("kind", "bonus", "invalid_choice"),
        ("eligibility", {"moon": ["x"]}, "eligibility"),
        ("eligibility", ["x"], "not_a_dict"),
        ("state", "published", None),
        ("published", True, "unknown_field"),
    ],
)
def test_bad_fields(manager: Caller, field: str, value: Any, code: str | None) -> None:
    answer = manager.post("schemes/", SPIFF | {field: value})
    if code is None:
        assert (answer.status, answer.body["state"]) == (201, "draft")
        return
    assert answer.status == 400
    assert answer.body["errors"][0]["code"] == code
    assert answer.body["errors"][0]["field"].split(".")[0] == field
