"""Which mail goes out now: preferences, quiet hours, the daily limit, collected mails, retries. Sending is the portal's.

Everything here runs in the worker's scope, one member and one mail per transaction: a crash can repeat one mail at most.
Rows are queued with the notification. At the moment of sending it is asked again whether the member still is here, still
may see the object and still wants the mail.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.apps import apps
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.workdays import WorkCalendar
from tenancy.actors import Actor
from tenancy.enums import PARTNER_ROLES, Role
from tenancy.models import Membership
from workflow.calendar import work_calendar
from workflow.enums import MailState, Urgency
from workflow.inbox import OPTIONAL
from workflow.models import Notification, Preference, Undelivered
from workflow.settings import define
from workflow.states import partner_of

#: Waits after the first, second, ... failure; one more and the mail is given up.
RETRY = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
quiet_from = define("notices.quiet_from", 21, _("Quiet hours begin"), _("hour"), most=24)
quiet_until = define("notices.quiet_until", 8, _("Quiet hours end"), _("hour"), most=24)
digest_hour = define("notices.digest_hour", 8, _("Collected mail goes out"), _("hour"), most=23)
mails_a_day = define(
    "notices.mails_a_day", 20, _("Mails to one person, at most"), _("a day"), least=1, most=1000
)


@dataclass(frozen=True, slots=True)
class Hours:
    """When mails without haste go out. Hours are local ones of the operator, 0 to 24."""

    calendar: WorkCalendar
    quiet_from: int = 21
    quiet_until: int = 8
    digest: int = 8

    def is_quiet(self, now: datetime) -> bool:
        """Whether news wait: at night and on days on which the operator does not work."""
        local = now.astimezone(self.calendar.zone)
        after, before = local.hour >= self.quiet_from, local.hour < self.quiet_until
        # From 21 to 8 goes over midnight, from 1 to 6 does not.
        night = (after or before) if self.quiet_from > self.quiet_until else (after and before)
        return night or not self.calendar.works_on(local.date())

    def next_digest(self, now: datetime, *, working: bool) -> datetime:
        """The next collected mail after ``now``; ``working`` leaves out free days."""
        day = now.astimezone(self.calendar.zone).date()
        moment = self._digest_on(day)
        while moment <= now or (working and not self.calendar.works_on(day)):
            day += timedelta(days=1)
            moment = self._digest_on(day)
        return moment

    def day_of(self, now: datetime) -> tuple[datetime, datetime]:
        """The local day of ``now`` as moments."""
        today = now.astimezone(self.calendar.zone).date()
        return self.calendar.end_of(today - timedelta(days=1)), self.calendar.end_of(today)

    def _digest_on(self, day: date) -> datetime:
        return self.calendar.end_of(day - timedelta(days=1)) + timedelta(hours=self.digest)


@dataclass(frozen=True, slots=True)
class Mail:
    """What one mail carries: one notification, or several as a collected mail."""

    member: Membership
    rows: list[Notification]

    @property
    def is_digest(self) -> bool:
        return self.rows[0].digest


def hours_of(actor: Actor) -> Hours:
    return Hours(work_calendar(actor.operator), quiet_from(), quiet_until(), digest_hour())


def waiting_members(now: datetime) -> list[int]:
    """Ids of the members with mails that are due, those who wait longest first."""
    due = Notification.objects.filter(mail_state=MailState.QUEUED, mail_due_at__lte=now)
    return list(dict.fromkeys(due.order_by("mail_due_at", "id").values_list("membership_id", flat=True)))


def next_mail(actor: Actor, membership_id: int, now: datetime) -> Mail | None:
    """The next mail to this member, its rows locked until the transaction ends; ``None`` when nothing goes out now.

    On the way, what is not wanted is taken out and what has to wait is put off.
    """
    if not _alone_with(membership_id):
        return None
    due = Notification.objects.filter(
        membership_id=membership_id, mail_state=MailState.QUEUED, mail_due_at__lte=now
    )
    rows = list(due.order_by("id").select_for_update())
    member = Membership.objects.filter(pk=membership_id).first()
    if member is None or not rows:
        return None
    rows = _wanted(member, rows)
    rows = _in_time(member, rows, hours_of(actor), now)
    collected = [row for row in rows if row.digest]
    chosen = collected or rows[:1]
    return Mail(member, chosen) if chosen else None


def sent(mail: Mail, now: datetime) -> None:
    """The mail server has taken it."""
    _of(mail).update(mail_state=MailState.SENT, mailed_at=now, digest=mail.is_digest)


def failed(mail: Mail, error: str, now: datetime) -> bool:
    """Try again later; returns ``True`` when it is given up."""
    attempts = max(row.mail_attempts for row in mail.rows) + 1
    if attempts <= len(RETRY):
        _of(mail).update(mail_attempts=attempts, mail_due_at=now + RETRY[attempts - 1])
        return False
    _of(mail).update(mail_attempts=attempts, mail_state=MailState.DEAD)
    Undelivered.objects.bulk_create(
        [
            Undelivered(
                notification=row,
                membership=mail.member,
                kind=row.kind,
                urgency=row.urgency,
                error=error[:500],
                attempts=attempts,
            )
            for row in mail.rows
        ],
        ignore_conflicts=True,
    )
    return True


def queue_again(notification_id: int) -> None:
    """Begin anew with a mail that was given up."""
    rows = Notification.objects.filter(pk=notification_id, mail_state=MailState.DEAD)
    rows.update(mail_state=MailState.QUEUED, mail_attempts=0, mail_due_at=timezone.now(), digest=False)
    Undelivered.objects.filter(notification_id=notification_id).delete()


def _of(mail: Mail) -> QuerySet[Notification]:
    found: QuerySet[Notification] = Notification.objects.filter(pk__in=[row.pk for row in mail.rows])
    return found


def _alone_with(membership_id: int) -> bool:
    """Whether no other process is at this member's mails: the daily limit counts what was sent."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended('mails', %s))", [membership_id])
        return bool(cursor.fetchone()[0])


def _wanted(member: Membership, rows: list[Notification]) -> list[Notification]:
    """Take out what nobody needs by mail any more."""
    refused = Preference.objects.filter(membership=member, mail=False, urgency__in=OPTIONAL)
    unwanted = set(refused.values_list("urgency", flat=True))
    kept = [row for row in rows if _still_needed(row, unwanted) and member.active and may_see(member, row)]
    dropped = {row.pk for row in rows} - {row.pk for row in kept}
    if dropped:
        Notification.objects.filter(pk__in=dropped).update(mail_state=MailState.NONE)
    return kept


def _still_needed(row: Notification, unwanted: set[str]) -> bool:
    read_already = row.read_at is not None and row.urgency == Urgency.INFO
    return row.done_at is None and not read_already and row.urgency not in unwanted


def may_see(member: Membership, row: Notification) -> bool:
    """Whether the object is there and in the member's company or book. The object's page decides about the rest."""
    try:
        model = apps.get_model(row.object_type)
    except (LookupError, ValueError):
        return False
    obj = model._default_manager.filter(pk=row.object_id).first()
    partner_id = partner_of(obj) if obj is not None else None
    if obj is None or partner_id is None:
        return obj is not None
    if member.role in PARTNER_ROLES:
        links = apps.get_model("partners.PartnerLink")._default_manager
        return links.filter(ancestor_id=member.partner_id, descendant_id=partner_id).exists()
    if member.role == Role.PAM:
        books = apps.get_model("partners.BookEntry")._default_manager
        return books.filter(member=member, partner_id=partner_id).exists()
    return True


def _in_time(member: Membership, rows: list[Notification], hours: Hours, now: datetime) -> list[Notification]:
    """Put off what has to wait: news in quiet hours, and everything but security beyond the daily limit."""
    left = mails_a_day() - _mails_today(member, hours, now)
    news = {row.pk for row in rows if row.urgency == Urgency.INFO and not row.digest}
    later = news if hours.is_quiet(now) else set()
    if left <= 0:
        later = later | {row.pk for row in rows if row.urgency != Urgency.SECURITY and not row.digest}
    for working in (True, False):
        some = [pk for pk in later if (pk in news) is working]
        if some:
            moment = hours.next_digest(now, working=working)
            Notification.objects.filter(pk__in=some).update(digest=True, mail_due_at=moment)
    return [row for row in rows if row.pk not in later]


def _mails_today(member: Membership, hours: Hours, now: datetime) -> int:
    begin, end = hours.day_of(now)
    mailed = Notification.objects.filter(
        membership=member, mailed_at__gte=begin, mailed_at__lt=end
    ).order_by()
    return (
        mailed.filter(digest=False).count()
        + mailed.filter(digest=True).values("mailed_at").distinct().count()
    )
