"""Notifications by mail: language, calendar, quiet hours, the collected mail, the daily limit, retries."""

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from common.workdays import WorkCalendar
from partners.models import BookEntry
from portal.workflow.mails import send_due
from tenancy.enums import Audience
from tenancy.models import Membership, Person
from tenancy.outbox import deliver
from tenancy.scope import scope
from tests.kit.world import Tenant
from workflow.calendar import add_holiday
from workflow.delivery import Hours
from workflow.enums import MailState, Urgency
from workflow.models import Notification, Preference, Undelivered
from workflow.notices import declare, done, members, notify
from workflow.settings import change_setting

pytestmark = pytest.mark.django_db
#: A Tuesday, ten in the morning at alpha (UTC).
TUESDAY = datetime(2026, 3, 3, 10, tzinfo=UTC)
NEWS = declare("mails.news", Urgency.INFO, "News %(ref)s")
TASK = declare("mails.task", Urgency.ACTION, "Decide on %(ref)s until %(until)s")
MONEY = declare("mails.money", Urgency.MONEY, "Paid %(ref)s")
ALARM = declare("mails.alarm", Urgency.SECURITY, "Alarm %(ref)s")


def tell(tenant: Tenant, who: str, kind: Any, ref: str, at: datetime = TUESDAY, **more: Any) -> None:
    with tenant.scope():
        to = members([tenant.actors[who].membership_id])
        notify(kind, tenant.partners["p1"], to=to, path="/company/", key=ref, ref=ref, **more)
        deliver(tenant.system)
        Notification.objects.filter(key=ref).update(mail_due_at=at)


def send(tenant: Tenant, now: datetime = TUESDAY) -> list[Any]:
    mail.outbox.clear()
    send_due(tenant.system, now)
    return list(mail.outbox)


def states(tenant: Tenant) -> dict[str, str]:
    with tenant.scope():
        return {row.key: row.mail_state for row in Notification.objects.all()}


def row_of(tenant: Tenant, ref: str) -> Notification:
    with tenant.scope():
        found: Notification = Notification.objects.get(key=ref)
        return found


def test_a_mail_has_the_text_and_a_link_to_the_canonical_host_and_goes_once(alpha: Tenant) -> None:
    tell(alpha, "partner_owner@p1", TASK, "D-1", until=date(2026, 3, 9))
    (message,) = send(alpha)
    assert message.to == ["partner_owner.p1@alpha.example"]
    assert message.subject == "Decide on D-1 until 9 March 2026"
    row = row_of(alpha, "D-1")
    link = f"{alpha.operator.origin}/notifications/{row.pk}/?as={row.membership_id}"
    assert link in message.body
    assert link.replace("&", "&amp;") in message.alternatives[0][0]
    assert states(alpha) == {"D-1": MailState.SENT}
    assert send(alpha, TUESDAY + timedelta(days=1)) == []


def test_the_recipients_language_and_the_operators_calendar(beta: Tenant) -> None:
    with scope(beta.operator.pk, Audience.AUTH):
        Person.objects.filter(pk=beta.actors["pam"].person_id or 0).update(language="en")
    for who in ("pam", "executive"):
        tell(beta, who, TASK, f"D-{who}", until=date(2025, 6, 15))
    bodies = {message.to[0].split("@")[0]: message for message in send(beta)}
    assert "25 Khordad 1404" in bodies["pam"].subject
    assert "۲۵ خرداد ۱۴۰۴" in bodies["executive"].subject
    assert 'dir="rtl"' in bodies["executive"].alternatives[0][0]


def test_no_mail_to_who_left_or_does_not_want_it_or_where_it_is_done(alpha: Tenant) -> None:
    tell(alpha, "partner_owner@p1", NEWS, "unwanted")
    tell(alpha, "partner_seller@p1", TASK, "left", until="x")
    tell(alpha, "pam", TASK, "done", until="x")
    tell(alpha, "executive", NEWS, "read")
    tell(alpha, "partner_owner@p1", MONEY, "money")
    with alpha.scope("partner_owner@p1"):
        owner = alpha.actors["partner_owner@p1"].membership_id
        for urgency in (Urgency.INFO, Urgency.MONEY):
            Preference.objects.create(membership_id=owner, urgency=urgency, mail=False)
    with alpha.scope():
        seller = alpha.actors["partner_seller@p1"].membership_id
        Membership.objects.filter(pk=seller).update(active=False)
        Notification.objects.filter(key="done").update(done_at=TUESDAY)
        Notification.objects.filter(key="read").update(read_at=TUESDAY)
    assert [message.subject for message in send(alpha)] == ["Paid money"]
    none = MailState.NONE
    assert states(alpha) == {"unwanted": none, "left": none, "done": none, "read": none, "money": "sent"}


def test_no_mail_about_what_left_the_book_or_was_never_the_own_companys(alpha: Tenant) -> None:
    for who in ("pam", "partner_owner@p2", "executive"):
        tell(alpha, who, TASK, who, until="x")
    with alpha.scope():
        BookEntry.objects.all().delete()
    assert [message.to[0] for message in send(alpha)] == ["executive@alpha.example"]


@pytest.mark.parametrize(
    ("now", "arrives"),
    [
        (datetime(2026, 3, 3, 20, 59, tzinfo=UTC), None),
        (datetime(2026, 3, 3, 21, 0, tzinfo=UTC), datetime(2026, 3, 4, 8, tzinfo=UTC)),
        (datetime(2026, 3, 4, 3, 0, tzinfo=UTC), datetime(2026, 3, 4, 8, tzinfo=UTC)),
        (datetime(2026, 3, 4, 8, 0, tzinfo=UTC), None),
        # Friday night, the week-end, and a holiday on Monday.
        (datetime(2026, 3, 6, 22, 0, tzinfo=UTC), datetime(2026, 3, 10, 8, tzinfo=UTC)),
        (datetime(2026, 3, 7, 12, 0, tzinfo=UTC), datetime(2026, 3, 10, 8, tzinfo=UTC)),
    ],
)
def test_news_wait_out_the_night_and_free_days(
    alpha: Tenant, now: datetime, arrives: datetime | None
) -> None:
    alpha.operator.weekend = [6, 7]
    with alpha.scope("programme_manager"):
        add_holiday(alpha.actors["programme_manager"], day=date(2026, 3, 9))
    tell(alpha, "pam", NEWS, "a", now)
    tell(alpha, "pam", TASK, "now", now, until="x")
    subjects = [message.subject for message in send(alpha, now)]
    assert subjects == (["News a"] if arrives is None else []) + ["Decide on now until x"]
    if arrives is not None:
        assert row_of(alpha, "a").mail_due_at == arrives
        assert send(alpha, arrives - timedelta(seconds=1)) == []
        assert [message.subject for message in send(alpha, arrives)] == ["News a"]


def test_what_waited_comes_as_one_mail_and_what_was_read_meanwhile_is_left_out(alpha: Tenant) -> None:
    night = TUESDAY.replace(hour=23)
    for ref in ("a", "b", "c"):
        tell(alpha, "pam", NEWS, ref, night)
    assert send(alpha, night) == []
    with alpha.scope():
        Notification.objects.filter(key="b").update(read_at=night)
    (message,) = send(alpha, night + timedelta(hours=9))
    assert message.subject == "2 notifications from Alpha"
    assert ("News a" in message.body, "News b" in message.body, "News c" in message.body) == (
        True,
        False,
        True,
    )
    assert states(alpha) == {"a": "sent", "b": "none", "c": "sent"}


def test_hours_in_the_operators_zone_and_over_midnight_or_not() -> None:
    tehran = WorkCalendar(ZoneInfo("Asia/Tehran"), frozenset({4, 5}))
    hours = Hours(tehran)
    assert hours.is_quiet(datetime(2026, 3, 3, 17, 30, tzinfo=UTC))
    assert not hours.is_quiet(datetime(2026, 3, 3, 17, 29, tzinfo=UTC))
    assert hours.is_quiet(datetime(2026, 3, 5, 8, 0, tzinfo=UTC))
    early = Hours(tehran, quiet_from=1, quiet_until=6)
    assert not early.is_quiet(datetime(2026, 3, 3, 19, 0, tzinfo=UTC))
    assert early.is_quiet(datetime(2026, 3, 3, 0, 0, tzinfo=UTC))
    # Wednesday night: Thursday and Friday are free at this operator.
    night = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
    assert hours.next_digest(night, working=True) == datetime(2026, 3, 7, 4, 30, tzinfo=UTC)
    assert hours.next_digest(night, working=False) == datetime(2026, 3, 5, 4, 30, tzinfo=UTC)


def test_beyond_the_daily_limit_the_rest_joins_the_next_collected_mail(alpha: Tenant) -> None:
    with alpha.scope("programme_manager"):
        change_setting(alpha.actors["programme_manager"], "notices.mails_a_day", 2)
    for number in range(4):
        tell(alpha, "pam", TASK, f"t{number}", until="x")
    tell(alpha, "pam", ALARM, "alarm")
    subjects = [message.subject for message in send(alpha)]
    assert subjects == ["Decide on t0 until x", "Decide on t1 until x", "Alarm alarm"]
    tell(alpha, "executive", TASK, "other", until="x")
    assert len(send(alpha)) == 1
    morning = TUESDAY.replace(hour=8) + timedelta(days=1)
    assert send(alpha, morning - timedelta(seconds=1)) == []
    (message,) = send(alpha, morning)
    assert message.subject == "2 notifications from Alpha"
    # The collected mail counts as one of the new day's.
    for number in range(4, 7):
        tell(alpha, "pam", TASK, f"t{number}", morning, until="x")
    assert len(send(alpha, morning)) == 1


class Refusing(EmailBackend):
    """A mail server that refuses one address, or does not answer."""

    refused = "pam@alpha.example"
    error: type[Exception] = SMTPRecipientsRefused

    def send_messages(self, messages: Any) -> int:
        if any(self.refused in message.to for message in messages):
            raise self.error({} if self.error is SMTPRecipientsRefused else "gone")
        return int(super().send_messages(messages))


class Silent(Refusing):
    error = SMTPServerDisconnected


def test_a_refused_mail_is_tried_again_and_given_up_and_begun_anew(alpha: Tenant, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    tell(alpha, "pam", ALARM, "a")
    tell(alpha, "executive", ALARM, "b")
    now, waits = TUESDAY, []
    assert len(send(alpha, now)) == 1
    for _attempt in range(5):
        due = row_of(alpha, "a").mail_due_at
        waits.append((due - now).total_seconds() / 60)
        now = due
        assert send(alpha, now) == []
    assert waits == [1, 5, 30, 120, 720]
    assert states(alpha) == {"a": MailState.DEAD, "b": MailState.SENT}
    manager = alpha.client("programme_manager")
    page = manager.get("/notifications/failed/").content.decode()
    assert "pam@alpha.example" in page
    assert "SMTPRecipientsRefused" in page
    for name, status in (("pam", 403), ("partner_owner@p1", 404), ("executive", 403)):
        assert alpha.client(name).get("/notifications/failed/").status_code == status
    with alpha.scope():
        pk = Undelivered.objects.get().pk
    assert alpha.client("pam").post(f"/notifications/failed/{pk}/again/").status_code == 403
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for _twice in range(2):
        manager.post(f"/notifications/failed/{pk}/again/")
    with alpha.scope():
        deliver(alpha.system)
        assert not Undelivered.objects.exists()
        Notification.objects.filter(key="a").update(mail_due_at=now)
    assert [message.to for message in send(alpha, now)] == [["pam@alpha.example"]]


def test_the_account_manager_learns_of_an_address_that_does_not_work(alpha: Tenant, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    Refusing.refused = "partner_seller.p1@alpha.example"
    tell(alpha, "partner_seller@p1", ALARM, "a")
    with alpha.scope():
        Notification.objects.update(mail_attempts=5)
    assert send(alpha) == []
    Refusing.refused = "pam@alpha.example"
    with alpha.scope():
        deliver(alpha.system)
        row = Notification.objects.get(kind="workflow.unreachable")
    assert row.membership_id == alpha.actors["pam"].membership_id
    assert (row.path, row.params) == ("/partners/p1/people/", {"name": "partner_seller@p1"})


def test_a_silent_server_costs_one_attempt_per_sweep(alpha: Tenant, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Silent"
    tell(alpha, "pam", ALARM, "first", TUESDAY - timedelta(minutes=1))
    for who in ("executive", "channel_finance"):
        tell(alpha, who, ALARM, who)
    assert send(alpha) == []
    with alpha.scope():
        tried = Notification.objects.filter(mail_attempts__gt=0)
        assert [row.key for row in tried] == ["first"]


def test_done_before_the_mail_means_no_mail(alpha: Tenant) -> None:
    tell(alpha, "pam", TASK, "a", until="x")
    with alpha.scope("pam"):
        done(alpha.partners["p1"], [TASK])
    with alpha.scope():
        deliver(alpha.system)
    assert send(alpha) == []


def test_who_leaves_hands_open_tasks_to_the_owner(alpha: Tenant) -> None:
    tell(alpha, "partner_seller@p1", TASK, "open", until="x")
    tell(alpha, "partner_seller@p1", NEWS, "news")
    seller = alpha.actors["partner_seller@p1"].membership_id
    alpha.client("partner_owner@p1").post(f"/people/{seller}/active/", {"active": "0"})
    with alpha.scope():
        deliver(alpha.system)
    tell(alpha, "partner_seller@p1", TASK, "later", until="x")
    with alpha.scope():
        owner = Notification.objects.filter(membership_id=alpha.actors["partner_owner@p1"].membership_id)
        assert {row.key for row in owner} == {"open", "later"}


def test_the_link_of_a_mail_changes_to_the_membership_that_it_was_for(alpha: Tenant) -> None:
    with scope(alpha.operator.pk, Audience.AUTH):
        second = Membership.objects.create(
            person_id=alpha.actors["pam"].person_id, role="executive", name="pam", email="pam@alpha.example"
        )
    with alpha.scope():
        notify(NEWS, alpha.partners["p1"], to=members([second.pk]), path="/partners/p1/", ref="x")
        deliver(alpha.system)
        pk = Notification.objects.get().pk
    client = alpha.client("pam")
    assert client.get(f"/notifications/{pk}/").status_code == 404
    answer = client.get(f"/notifications/{pk}/?as={second.pk}", follow=True)
    assert answer.redirect_chain[-1][0] == "/partners/p1/"
    stranger = alpha.actors["executive"].membership_id
    assert client.get(f"/notifications/{pk}/?as={stranger}").status_code == 302
    assert alpha.client("channel_finance").get(f"/notifications/{pk}/?as={second.pk}").status_code == 404
