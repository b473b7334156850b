"""The bell, the list of notifications and the choice of mails."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from tenancy.outbox import deliver
from tests.kit.world import Tenant
from workflow.enums import MailState, Urgency
from workflow.inbox import mails_wanted, open_for
from workflow.models import Notification
from workflow.notices import declare, done, members, names_of, notify


class Colour(models.TextChoices):
    RED = "red", "crimson"


pytestmark = pytest.mark.django_db
BELL = "/notifications/count/"
NEWS = declare("tests.news", Urgency.INFO, "News of %(name)s")
TASK = declare("tests.task", Urgency.ACTION, "Decide on %(ref)s until %(until)s: %(colour)s", colour=Colour)


def tell(
    tenant: Tenant, who: str, kind: Any = NEWS, path: str = "/company/", key: str = "", **words: Any
) -> None:
    with tenant.scope():
        to = members([tenant.actors[who].membership_id])
        notify(kind, tenant.partners["p1"], to=to, path=path, key=key, **(words or {"name": "x"}))
        deliver(tenant.system)


def unread(html: str) -> str:
    """What the bell says, without tags."""
    found = re.search(r'class="bell-number".*?visually-hidden">(.*?</bdi>[^<]*)</span>', html)
    return re.sub("<.*?>", "", found[1]) if found else ""


def newest(tenant: Tenant) -> Notification:
    with tenant.scope():
        found: Notification = Notification.objects.order_by("-pk")[0]
        return found


def test_the_bell_counts_what_is_unread_and_answers_304_while_nothing_changes(alpha: Tenant) -> None:
    client = alpha.client("partner_owner@p1")
    first = client.get(BELL)
    assert first.content.strip() == b""
    tag = first.headers["ETag"]
    assert client.get(BELL, headers={"if-none-match": tag}).status_code == 304
    tell(alpha, "partner_owner@p1")
    second = client.get(BELL, headers={"if-none-match": tag})
    assert second.status_code == 200
    assert unread(second.content.decode()) == "1 unread notification"
    assert alpha.client("partner_owner@p2").get(BELL).content.strip() == b""
    assert alpha.client("programme_manager").get(BELL).content.strip() == b""


def test_the_bell_is_on_every_page_even_on_those_of_the_login(alpha: Tenant) -> None:
    tell(alpha, "pam")
    client = alpha.client("pam")
    for path in ("/", "/accounts/profile/", "/accounts/security/", "/partners/"):
        assert unread(client.get(path).content.decode()) == "1 unread notification", path


def test_the_bell_costs_one_query(alpha: Tenant) -> None:
    client = alpha.client("pam")
    client.get(BELL)
    with CaptureQueriesContext(connection) as queries:
        client.get(BELL)
    assert len([each for each in queries if "workflow_notification" in each["sql"]]) == 1


def test_opening_marks_as_read_and_leads_on(alpha: Tenant) -> None:
    tell(alpha, "partner_owner@p1", path="/company/")
    row = newest(alpha)
    assert alpha.client("partner_owner@p2").get(f"/notifications/{row.pk}/").status_code == 404
    assert alpha.client("programme_manager").post(f"/notifications/{row.pk}/read/").status_code == 404
    assert newest(alpha).read_at is None
    client = alpha.client("partner_owner@p1")
    assert client.get(f"/notifications/{row.pk}/").headers["Location"] == "/company/"
    assert newest(alpha).read_at is not None
    assert unread(client.get("/notifications/").content.decode()) == ""


@pytest.mark.parametrize(
    "path", ["", "//evil.example", "https://evil.example", "/\\evil.example", "company/"]
)
def test_a_path_never_leads_out_of_the_portal(alpha: Tenant, path: str) -> None:
    tell(alpha, "pam", path=path)
    answer = alpha.client("pam").get(f"/notifications/{newest(alpha).pk}/")
    assert answer.headers["Location"] == "/notifications/"


def test_the_list_filters_and_clears(alpha: Tenant) -> None:
    client = alpha.client("pam")
    assert "Nothing has happened yet" in client.get("/notifications/").content.decode()
    tell(alpha, "pam", key="1", name="cats")
    tell(alpha, "pam", TASK, ref="D-1", until=date(2026, 3, 1), colour="red")
    page = client.get("/notifications/").content.decode()
    assert "News of cats" in page
    assert "Decide on D-1 until 1 March 2026: crimson" in page
    assert "cats" not in client.get("/notifications/", {"urgency": "action"}).content.decode()
    client.post(f"/notifications/{newest(alpha).pk}/read/")
    assert "D-1" not in client.get("/notifications/", {"state": "waiting"}).content.decode()
    client.post("/notifications/read/")
    assert "Nothing matches" in client.get("/notifications/", {"state": "waiting"}).content.decode()
    assert "cats" in client.get("/notifications/", {"state": "read"}).content.decode()


def test_values_are_written_in_the_readers_calendar_and_digits(beta: Tenant) -> None:
    tell(beta, "pam", TASK, ref="D-1", until=datetime(2025, 6, 15, 12, tzinfo=UTC), colour="red")
    client = beta.client("pam")
    page = client.get("/notifications/latest/", headers={"accept-language": "fa"}).content.decode()
    assert "۲۵ خرداد ۱۴۰۴" in page
    assert "\u2068D-1\u2069" in page


def test_a_name_is_written_in_the_readers_language(beta: Tenant) -> None:
    partner = beta.partners["p1"]
    partner.name, partner.names = "Kian Systems", {"fa": "سامانه کیان"}
    tell(beta, "pam", name=names_of(partner))
    client = beta.client("pam")
    for language, name in (("fa", "سامانه کیان"), ("en", "News of Kian Systems")):
        page = client.get("/notifications/latest/", headers={"accept-language": language})
        assert name in page.content.decode()


def test_kinds_that_are_gone_do_not_break_the_page(alpha: Tenant) -> None:
    tell(alpha, "pam")
    with alpha.scope():
        Notification.objects.update(kind="tests.gone")
    assert "Something has changed here." in alpha.client("pam").get("/notifications/").content.decode()
    with alpha.scope():
        Notification.objects.update(kind="tests.task", params={"ref": "D-2"})
    assert "Decide on … until …" in alpha.client("pam").get("/notifications/").content.decode()


def test_what_is_done_by_anyone_leaves_every_bell(alpha: Tenant) -> None:
    for name in ("pam", "programme_manager"):
        tell(alpha, name, TASK, ref="D-1", until="2026-01-01", colour="red")
        tell(alpha, name, name="other")
    with alpha.scope("partner_owner@p1"):
        done(alpha.partners["p1"], [TASK])
    with alpha.scope():
        deliver(alpha.system)
        closed = Notification.objects.exclude(done_at=None)
        assert {(row.kind, row.mail_state) for row in closed} == {("tests.task", MailState.NONE)}
        assert len(closed) == 2
    with alpha.scope("pam"):
        assert [row.kind for row in open_for(alpha.actors["pam"])] == ["tests.news"]
    assert "Done" in alpha.client("pam").get("/notifications/").content.decode()


def test_mails_can_be_chosen_but_money_and_security_come(alpha: Tenant) -> None:
    tell(alpha, "partner_owner@p1")
    client = alpha.client("partner_owner@p1")
    page = client.get("/notifications/preferences/").content.decode()
    assert page.count("disabled") == 2
    assert client.post("/notifications/preferences/", {"action": "on"}).status_code == 302
    with alpha.scope("partner_owner@p1"):
        wanted = mails_wanted(alpha.actors["partner_owner@p1"])
    assert wanted == {"info": False, "action": True, "money": True, "security": True}
    assert newest(alpha).mail_state == MailState.NONE
    with alpha.scope("partner_seller@p1"):
        assert all(mails_wanted(alpha.actors["partner_seller@p1"]).values())


def test_a_hostile_name_is_written_out(alpha: Tenant) -> None:
    tell(alpha, "pam", name="<script>alert(1)</script>")
    for path in ("/notifications/", "/notifications/latest/"):
        assert "<script>alert" not in alpha.client("pam").get(path).content.decode()
