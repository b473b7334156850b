"""Settings and holidays over the API."""

import pytest

from tenancy.models import AuditEntry
from tests.api.kit import caller
from tests.kit.world import Tenant


def test_settings_are_listed_changed_and_given_back(alpha: Tenant) -> None:
    manager = caller(alpha, "programme_manager", "settings:write")
    rows = {row["key"]: row for row in manager.get("settings/").body["settings"]}
    limit = rows["notices.mails_a_day"]
    assert (limit["value"], limit["default"], limit["changed"], limit["section"]) == (
        20,
        20,
        False,
        "notices",
    )
    answer = manager.patch("settings/", {"values": {"notices.mails_a_day": 5, "calendar.closes": 18}})
    rows = {row["key"]: row for row in answer.body["settings"]}
    assert (rows["notices.mails_a_day"]["value"], rows["notices.mails_a_day"]["changed"]) == (5, True)
    answer = manager.patch("settings/", {"values": {"notices.mails_a_day": None}})
    rows = {row["key"]: row for row in answer.body["settings"]}
    assert (rows["notices.mails_a_day"]["value"], rows["calendar.closes"]["value"]) == (20, 18)
    with alpha.scope():
        changes = AuditEntry.objects.filter(object_ref="notices.mails_a_day").order_by("pk")
        assert [(entry.action, entry.changes) for entry in changes] == [
            ("setting.change", {"notices.mails_a_day": [20, 5]}),
            ("setting.reset", {"notices.mails_a_day": [5, 20]}),
        ]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"notices.nothing": 1}, "unknown_setting", "values.notices.nothing"),
        ({"notices.mails_a_day": 0}, "too_small", "values.notices.mails_a_day"),
        ({"notices.mails_a_day": 10**9}, "too_large", "values.notices.mails_a_day"),
        ({"notices.mails_a_day": "5"}, "wrong_type", "values.notices.mails_a_day"),
        ({"notices.mails_a_day": 5.5}, "wrong_type", "values.notices.mails_a_day"),
        ({"notices.mails_a_day": True}, "wrong_type", "values.notices.mails_a_day"),
        ({"notices.mails_a_day": [5]}, "wrong_type", "values.notices.mails_a_day"),
        ({"calendar.opens": 17}, "closes_first", "values.calendar.closes"),
    ],
)
def test_wrong_values_are_refused_and_nothing_changes(
    alpha: Tenant, changes: dict[str, object], code: str, field: str
) -> None:
    manager = caller(alpha, "programme_manager")
    answer = manager.patch("settings/", {"values": {"notices.quiet_from": 22, **changes}})
    assert answer.status == 400
    assert [(each["field"], each["code"]) for each in answer.body["errors"]] == [(field, code)]
    assert not [row["key"] for row in manager.get("settings/").body["settings"] if row["changed"]]


def test_hours_move_together(alpha: Tenant) -> None:
    manager = caller(alpha, "programme_manager")
    moved = {"values": {"calendar.opens": 17, "calendar.closes": 22}}
    assert manager.patch("settings/", moved).status == 200


def test_only_those_who_run_the_operator(alpha: Tenant, beta: Tenant) -> None:
    for name in ("pam", "executive", "partner_owner@p1"):
        assert caller(alpha, name).get("settings/").status == 403
        assert caller(alpha, name).patch("settings/", {"values": {}}).status == 403
        assert caller(alpha, name).post("holidays/", {"day": "2026-03-21"}).status == 403
    reading = caller(alpha, "programme_manager", "settings:read")
    assert reading.patch("settings/", {"values": {}}).body["code"] == "missing_scope"
    caller(alpha, "programme_manager").patch("settings/", {"values": {"notices.mails_a_day": 5}})
    rows = caller(beta, "programme_manager").get("settings/").body["settings"]
    assert not [row for row in rows if row["changed"]]


def test_holidays(alpha: Tenant, beta: Tenant) -> None:
    manager = caller(alpha, "programme_manager")
    made = manager.post("holidays/", {"day": "2026-03-21", "name": "Nowruz"})
    assert (made.status, made.body) == (201, {"day": "2026-03-21", "name": "Nowruz"})
    manager.post("holidays/", {"day": "2026-03-20"})
    manager.post("holidays/", {"day": "2026-03-21", "name": "New Year"})
    partner = caller(alpha, "partner_technician@p1")
    assert [row["name"] for row in partner.get("holidays/").body["results"]] == ["", "New Year"]
    assert partner.get("holidays/?from=2026-03-21&to=2026-04-01").body["count"] == 1
    assert partner.get("holidays/?from=tomorrow").status == 400
    assert caller(beta, "programme_manager").get("holidays/").body["count"] == 0
    assert manager.post("holidays/2026-03-21/remove/").body["name"] == "New Year"
    for day in ("2026-03-21", "never"):
        assert manager.post(f"holidays/{day}/remove/").status == 404
