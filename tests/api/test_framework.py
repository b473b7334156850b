"""Tokens, languages and refusals, whatever the resource."""

import pytest

from tenancy.enums import Audience
from tenancy.models import ApiToken
from tenancy.scope import scope
from tests.api.kit import Caller, caller, token_for
from tests.kit.world import Tenant

KEYS = {"code", "message", "errors"}


def test_a_token_tells_who_it_belongs_to(alpha: Tenant) -> None:
    answer = caller(alpha, "partner_owner@p1", "read").get("me/")
    assert answer.status == 200
    assert answer.body["role"] == "partner_owner"
    assert answer.body["partner"] == "p1"
    assert answer.body["scopes"] == ["read"]
    assert answer.body["operator"]["currency"] == "USD"
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_a_token_there_is_a_challenge(alpha: Tenant) -> None:
    answer = Caller(alpha.host).get("me/")
    assert (answer.status, answer.body["code"]) == (401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ", "Basic YTpi", "nonsense", "Bearer a b"])
def test_a_wrong_token_is_refused(alpha: Tenant, header: str) -> None:
    answer = Caller(alpha.host).get("me/", Authorization=header)
    assert (answer.status, answer.body["code"]) == (401, "invalid_token")


def test_a_token_is_nothing_at_another_operator(alpha: Tenant, beta: Tenant) -> None:
    secret = token_for(alpha, "programme_manager")
    assert Caller(alpha.host, secret).get("me/").status == 200
    assert Caller(beta.host, secret).get("me/").status == 401


def test_an_unknown_host_and_an_unknown_address_say_so_in_json(alpha: Tenant) -> None:
    for host in ("nobody.localhost", alpha.host):
        answer = Caller(host).get("nothing/")
        assert answer.status == 404
        assert set(answer.body) == KEYS


@pytest.mark.parametrize(
    ("language", "said"), [("en", "en"), ("fa", "fa"), ("ar-EG,ar;q=0.9", "ar"), ("zz", "en")]
)
def test_refusals_speak_the_language_asked_for(alpha: Tenant, language: str, said: str) -> None:
    answer = Caller(alpha.host).get("me/", Accept_Language=language)
    assert answer.headers["Content-Language"] == said


def test_the_use_of_a_token_is_noted_to_the_minute(alpha: Tenant) -> None:
    with_token = caller(alpha, "executive")

    def last_used() -> object:
        with scope(alpha.operator.pk, Audience.AUTH):
            return ApiToken.objects.get().last_used_at

    assert last_used() is None
    with_token.get("me/")
    first = last_used()
    assert first is not None
    with_token.get("me/")
    assert last_used() == first


def test_methods_that_do_not_exist(alpha: Tenant) -> None:
    someone = caller(alpha, "programme_manager")
    for method in ("DELETE", "OPTIONS", "PATCH"):
        answer = someone.call(method, "me/")
        assert (answer.status, answer.body["code"]) == (405, "method_not_allowed")


def test_the_schema_is_openapi_3_1(alpha: Tenant) -> None:
    answer = Caller(alpha.host).get("schema/")
    assert answer.status == 200
    assert answer.body["openapi"].startswith("3.1")
    assert "/api/v1/me/" in answer.body["paths"]
