"""The pages of settings and holidays."""

import re
from datetime import date

import pytest

from tenancy.models import AuditEntry
from tests.kit.world import Tenant
from workflow.calendar import add_holiday, all_holidays, work_calendar
from workflow.settings import Default, change_settings, defaults, value_of

pytestmark = pytest.mark.django_db
SETTINGS, HOLIDAYS = "/settings/", "/settings/holidays/"


def test_every_setting_stands_with_unit_and_default(alpha: Tenant) -> None:
    page = alpha.client("programme_manager").get(SETTINGS).content.decode()
    assert "Mails to one person, at most" in page
    assert re.search(r'name="notices.mails_a_day" value="20".*?input-group-text">a day', page, re.S)
    assert page.index("Working time") < page.index('id="section-notices"')
    assert 'name="reset"' not in page


def test_only_what_changed_is_stored_and_audited_and_goes_back(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    # A browser sends the boxes that stay ticked.
    ticked = {default.key: "on" for default in defaults() if default.value is True}
    sent = {"notices.mails_a_day": " ۳۰ ", "notices.quiet_from": "21", **ticked}
    assert client.post(SETTINGS, sent).status_code == 302
    with alpha.scope():
        assert value_of("notices.mails_a_day") == 30
        assert AuditEntry.objects.filter(action="setting.change").count() == 1
    page = client.get(SETTINGS).content.decode()
    assert page.count('name="reset"') == 1
    client.post(SETTINGS, {"reset": "notices.mails_a_day"})
    with alpha.scope():
        assert value_of("notices.mails_a_day") == 20
    assert client.post(SETTINGS, {"reset": "no.such"}).status_code == 302


def test_errors_stand_at_their_fields_and_nothing_is_stored(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    sent = {"notices.mails_a_day": "0", "notices.quiet_from": "late", "notices.digest_hour": "9"}
    answer = client.post(SETTINGS, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("is-invalid") == 2
    assert all(text in page for text in ("At least 1 is needed", "Write a whole number", 'value="late"'))
    with alpha.scope():
        assert value_of("notices.digest_hour") == 8
    answer = client.post(SETTINGS, {"calendar.opens": "18", "calendar.closes": "10"})
    assert "The day ends after it begins." in answer.content.decode()


def test_settings_are_not_for_others(alpha: Tenant, beta: Tenant) -> None:
    for name, status in (("pam", 403), ("executive", 403), ("partner_owner@p1", 404)):
        for path in (SETTINGS, HOLIDAYS):
            assert alpha.client(name).get(path).status_code == status
            assert alpha.client(name).post(path, {"notices.mails_a_day": "1"}).status_code == status
    alpha.client("programme_manager").post(SETTINGS, {"notices.mails_a_day": "30"})
    with beta.scope():
        assert value_of("notices.mails_a_day") == 20


def test_a_default_can_be_chosen_as_a_decision(alpha: Tenant) -> None:
    manager = alpha.actors["programme_manager"]
    with alpha.scope("programme_manager"):
        change_settings(manager, {"notices.mails_a_day": 20})
        assert AuditEntry.objects.filter(action="setting.change").count() == 1
        change_settings(manager, {"notices.mails_a_day": 20})
        assert AuditEntry.objects.filter(action="setting.change").count() == 1


def test_a_number_without_a_limit_stays_sane() -> None:
    assert Default("a.days", 90, "Days").limit == 90_000
    assert Default("a.amount", 0, "Amount").limit == 10_000
    assert Default("a.hours", 8, "Hours", most=23).limit == 23


def test_holidays_are_entered_in_the_operators_calendar(beta: Tenant) -> None:
    client = beta.client("programme_manager", **{"accept-language": "en"})
    answer = client.post(HOLIDAYS, {"day": "۱۴۰۵/۰۱/۰۱", "name": "نوروز"})
    assert answer.headers["Location"] == f"{HOLIDAYS}?year=1405"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "نوروز" in page
    assert "1 Farvardin 1405" in page
    assert "نوروز" not in client.get(HOLIDAYS, {"year": "1404"}).content.decode()
    with beta.scope():
        assert [row.day for row in all_holidays()] == [date(2026, 3, 21)]
        assert not work_calendar(beta.operator).works_on(date(2026, 3, 21))


def test_a_list_is_pasted_and_wrong_lines_are_named(beta: Tenant) -> None:
    client = beta.client("programme_manager", **{"accept-language": "en"})
    wrong = client.post(HOLIDAYS, {"list": "1", "days": "1405/01/01 نوروز\n\nyesterday\n1405-13-01,x"})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert "Line 3" in page
    assert "Line 4" in page
    with beta.scope():
        assert not all_holidays()
    right = "1405/01/01 نوروز\n1405-01-02\t دوم\n۱۴۰۵/۱/۱۳,روز طبیعت\n1405/01/13"
    assert client.post(HOLIDAYS, {"list": "1", "days": right}).status_code == 302
    with beta.scope():
        assert [(row.day.isoformat(), row.name) for row in all_holidays()] == [
            ("2026-03-21", "نوروز"),
            ("2026-03-22", "دوم"),
            ("2026-04-02", ""),
        ]


def test_a_holiday_is_renamed_and_removed_with_a_trace(alpha: Tenant) -> None:
    manager = alpha.actors["programme_manager"]
    with alpha.scope("programme_manager"):
        for name in ("A", "B", "B"):
            add_holiday(manager, day=date(2026, 5, 1), name=name)
    client = alpha.client("programme_manager")
    client.post(f"{HOLIDAYS}remove/", {"day": "2026-05-01"})
    for day in ("2026-05-01", "x", ""):
        assert client.post(f"{HOLIDAYS}remove/", {"day": day}).status_code == 404
    with alpha.scope():
        trail = AuditEntry.objects.filter(object_ref="2026-05-01").order_by("pk")
        assert [(entry.action, entry.changes["name"]) for entry in trail] == [
            ("holiday.add", [None, "A"]),
            ("holiday.change", ["A", "B"]),
            ("holiday.remove", ["B", None]),
        ]


@pytest.mark.parametrize("year", ["0000", "9999", "x", "12345"])
def test_strange_years(alpha: Tenant, year: str) -> None:
    assert alpha.client("programme_manager").get(HOLIDAYS, {"year": year}).status_code in (200, 404)
