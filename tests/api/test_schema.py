"""The description of the API is complete, and true of what the API does to made-up requests."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.scopes import RESOURCES, SCOPES, allows
from config.wsgi import application
from tests.api.kit import token_for
from tests.kit.world import Tenant

ROLES = ("programme_manager", "partner_owner@p1")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: Per role and mode.
SECONDS, EXAMPLES = 12, 4


def description() -> dict[str, Any]:
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


def test_nothing_is_left_undescribed() -> None:
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        made = description()
    assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {})
    validate_schema(made)  # type: ignore[no-untyped-call]
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert {"401", "403", "503"} <= set(answers), (method, path)
            for status, answer in answers.items():
                assert answer.get("content") or status == "204", (method, path, status)
            if method == "post":
                assert "Idempotency-Key" in [each["name"] for each in operation["parameters"]]


def test_every_resource_has_scopes() -> None:
    tags = {each["tags"][0] for item in description()["paths"].values() for each in item.values()}
    assert tags - {"general"} == set(RESOURCES)
    assert set(SCOPES) == {"all", "read"} | {
        f"{name}:{kind}" for name in RESOURCES for kind in ("read", "write")
    }


@pytest.mark.parametrize(
    ("scopes", "access", "allowed"),
    [
        (["all"], "write", True),
        (["read"], "read", True),
        (["read"], "write", False),
        (["kpis:read"], "read", True),
        (["kpis:read"], "write", False),
        (["kpis:write"], "read", True),
        (["schemes:write", "kpi:write"], "read", False),
        ([], "read", False),
    ],
)
def test_scopes(scopes: list[str], access: Any, allowed: bool) -> None:
    assert allows(scopes, "kpis", access) is allowed


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """Requests of the WSGI application stay inside the test's transaction, as those of Django's own client do."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("kept_connection")
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_made_up_requests_get_described_answers(alpha: Tenant, role: str, mode: GenerationMode) -> None:
    """A round of requests to every operation while time is left; nothing above 499, nothing the schema does not say."""
    secret = token_for(alpha, role)
    schema = schemathesis.openapi.from_dict(description())
    schema.app = application
    asked = 0
    start = time.monotonic()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        asked += try_out(found.ok(), mode, f"http://{alpha.host}", secret)
        if time.monotonic() - start > SECONDS:
            break
    assert asked > 20


def try_out(operation: Any, mode: GenerationMode, origin: str, secret: str) -> int:
    """Send a few made-up requests; returns how many."""
    asked = 0

    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        nonlocal asked
        asked += 1
        answer = case.call(base_url=origin, headers={"Authorization": f"Bearer {secret}"})
        case.validate_response(answer, checks=CHECKS)

    try:
        send()
    except Unsatisfiable:
        return 0
    return asked
