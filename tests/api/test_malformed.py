"""What cannot be read is refused with one shape, in the caller's language, and never breaks anything."""

from typing import Any

import pytest

from tests.api.kit import Caller, caller
from tests.kit.world import Tenant

PATHS = ["segments/", "kpis/", "schemes/", "formula/check/"]
BODIES: dict[str, tuple[bytes, int]] = {
    "blank": (b" ", 400),
    "half": (b'{"code": ', 400),
    "list": (b"[]", 400),
    "text": (b'"x"', 400),
    "null": (b"null", 400),
    "NaN": (b'{"name": NaN}', 400),
    "NUL": (b'{"name": "a\\u0000b"}', 400),
    "surrogate": (b'{"name": "\\ud800"}', 400),
    "not utf-8": (b'{"name": "\xff"}', 400),
    "deep": (b"[" * 100_000, 400),
    "deep object": (b'{"name":' * 900 + b"1" + b"}" * 900, 400),
    "huge number": (b'{"name": ' + b"9" * 5000 + b"}", 400),
    "large": (b" " * 1_000_001, 413),
    "larger than django takes": (b" " * 3_000_000, 413),
}


@pytest.fixture
def manager(alpha: Tenant) -> Caller:
    return caller(alpha, "programme_manager")


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k"}], ids=["plain", "with a key"])
def test_bodies(manager: Caller, headers: dict[str, str]) -> None:
    for path in PATHS:
        for name, (body, status) in BODIES.items():
            answer = manager.post(path, body, **headers)
            assert answer.status == status, (path, name, answer.content)
            assert set(answer.body) == {"code", "message", "errors"}, (path, name)


def test_types_of_body(manager: Caller) -> None:
    for kind in (
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "x",
    ):
        answer = manager.post("segments/", "{}", Content_Type=kind)
        assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type"), kind


VALUES: list[Any] = [
    None, True, 0, -1, 1.5, 10**40, "", " ", "x" * 10_000, "\u202e", "\ufeff", "١٢", [], ["x"], [None], {}, {"x": 1},
    "2013-02-30", "NaN", "1e9", {"amount": "1", "currency": "XXX"}, {"amount": "1e5", "currency": "USD"},
]  # fmt: skip
FIELDS = {
    "products/": {"code": "a", "name": "A"},
    "territories/": {"code": "a", "name": "A"},
    "customers/": {"code": "a", "name": "A"},
    "partners/": {"code": "a", "name": "A"},
    "reps/": {"code": "a", "name": "A", "partner": "p1"},
    "kpis/": {"code": "a", "name": "A", "measure": "count"},
    "schemes/": {"code": "a", "name": "A", "kind": "spiff", "formula": "amount * 1%", "starts": "2013-01-01"},
}
MORE = {
    "products/": ["names", "family", "roles", "list_price", "strategic", "unit"],
    "territories/": ["parent", "active"],
    "customers/": ["legal_id", "country", "segment", "territory", "since"],
    "partners/": ["parent", "tier", "state", "layers", "website", "phone", "joined_on", "city"],
    "reps/": ["email"],
    "kpis/": ["filters", "beneficiary", "period", "rolling_months", "base", "target", "description"],
    "schemes/": ["eligibility", "ends", "budget", "cap", "rounding", "description", "period", "beneficiary"],
}


@pytest.mark.parametrize("path", sorted(FIELDS))
def test_no_value_of_any_field_breaks_a_resource(manager: Caller, path: str) -> None:
    for field in [*FIELDS[path], *MORE[path]]:
        for number, value in enumerate(VALUES):
            body = FIELDS[path] | {"code": f"a{number}{field}"} | {field: value}
            answer = manager.post(path, body)
            assert answer.status in (201, 400, 409), (path, field, value, answer.content)


@pytest.mark.parametrize(
    "code", ["%00", "a%00b", "%ff", "..", "%2e%2e/x", "x" * 5000, "%F0%9F%98%80", "a%0Ab", "'--"]
)
def test_codes_in_addresses(manager: Caller, code: str) -> None:
    for path in ("products", "partners", "kpis", "schemes"):
        answer = manager.get(f"{path}/{code}/")
        assert answer.status == 404, (path, code, answer.content)
        assert set(answer.body) == {"code", "message", "errors"}


def test_an_error_of_the_server_is_json_too(manager: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("catalog.services.write_one", broken)
    answer = manager.post("segments/", {"code": "a", "name": "A"})
    assert (answer.status, answer.body["code"]) == (500, "server_error")
    assert "broken" not in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
