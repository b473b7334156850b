"""Onboarding, documents and acceptances over the API, for both sides."""

import base64
from typing import Any

import pytest

from partners.onboarding.running import start_onboarding
from performance.tasks import deliver_events
from tests.api.kit import Caller, caller
from tests.kit.world import Tenant

PROFILE = {"city": "Dubai", "address": "1 Quay", "phone": "+971 4 123 4567"}


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def house(alpha: Tenant) -> Tenant:
    with alpha.scope("programme_manager"):
        start_onboarding(alpha.actors["programme_manager"], code="p1")
    deliver_events(alpha.system)
    return alpha


def step_of(owner: Caller, kind: str) -> dict[str, Any]:
    listed = owner.get("onboarding/").body["results"]
    found = owner.get(f"onboarding/{listed[0]['id']}/").body["steps"]
    return next(step for step in found if step["kind"] == kind)


def test_a_checklist_is_worked_through(house: Tenant) -> None:
    owner, pam = caller(house, "partner_owner@p1"), caller(house, "pam")
    profile = step_of(owner, "profile")
    address = f"onboarding/steps/{profile['id']}"
    wrong = owner.post(f"{address}/submit/", {"answers": {"phone": "?"}})
    assert wrong.status == 400
    assert {error["field"] for error in wrong.body["errors"]} == {"city", "address", "phone"}
    assert owner.post(f"{address}/submit/", {"answers": PROFILE}).body["state"] == "done"
    assert pam.post(f"{address}/send-back/", {"text": "Another address"}).body["holder"] == "partner"
    assert owner.post(f"{address}/approve/", {}).status == 403
    assert caller(house, "partner_owner@p2").get(f"{address}/").status == 404
    again = pam.post("onboarding/", {"partner": "p1"})
    assert again.status == 409


def test_a_document_comes_in_and_is_checked(house: Tenant) -> None:
    owner, pam = caller(house, "partner_owner@p1"), caller(house, "pam")
    body = {"kind": "licence", "file_name": "a.pdf"}
    for wrong in ("no base64!", "سند", 7, None):
        refused = owner.post("documents/", body | {"content": wrong})
        assert (refused.status, refused.body["errors"][0]["field"]) == (400, "content")
    body["content"] = base64.b64encode(b"%PDF-1.7 x").decode()
    made = owner.post("documents/", body)
    assert made.status == 201
    address = f"documents/{made.body['id']}"
    assert owner.post(f"{address}/accept/", {}).status == 403
    assert pam.post(f"{address}/accept/", {"valid_until": "2099-01-01"}).body["state"] == "valid"
    deliver_events(house.system)
    assert step_of(owner, "document")["state"] == "done"
    assert owner.get("contract-acceptances/").body["count"] == 0
