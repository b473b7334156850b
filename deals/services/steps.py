"""What every step of a deal shares: a new version, the history, the clocks."""

from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from common.workdays import WorkCalendar
from deals.models import Deal, DealReview
from deals.notices import INACTIVE
from deals.numbers import decision_days, inactivity_days
from deals.rules import MACHINE
from tenancy.actors import Actor, system_actor
from workflow.calendar import work_calendar
from workflow.notices import done
from workflow.timers import schedule
from workflow.versions import Steps

#: Shares of the decision time at which the reviewer is reminded.
SHARES = (50, 80, 100)
WARNING_DAYS = (14, 7, 1)


def moment() -> datetime:
    """The server's time now, in the database's clock: it goes on inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
        return found


def system(actor: Actor) -> Actor:
    return system_actor(actor.operator)


def calendar_of(deal: Deal) -> WorkCalendar:
    return work_calendar(deal.operator)


def today_of(deal: Deal) -> date:
    return timezone.now().astimezone(deal.operator.zone).date()


def _stamp(actor: Actor, deal: Deal) -> list[str]:
    if not actor.is_partner:
        return ["updated_at"]
    was_quiet = deal.inactive_since is not None
    deal.active_at, deal.inactive_since = timezone.now(), None
    if was_quiet:
        watch_activity(deal)
        done(deal, [INACTIVE])
    return ["updated_at", "active_at", "inactive_since"]


_STEPS = Steps(MACHINE, _stamp)
advance, touch = _STEPS.advance, _STEPS.touch


def review_of(deal: Deal) -> DealReview:
    review: DealReview
    review, _created = DealReview.objects.get_or_create(deal=deal, defaults={"partner_id": deal.partner_id})
    return review


def start_clock(deal: Deal, now: datetime) -> None:
    """The whole time for a decision from ``now`` on; sets ``decision_due_at``."""
    calendar = calendar_of(deal)
    set_due(deal, now, calendar.due_after(now, decision_days()), calendar)


def resume_clock(deal: Deal, now: datetime) -> None:
    """The working time that was left when the clock stopped, from ``now`` on."""
    if deal.paused_at is None or deal.decision_due_at is None:
        start_clock(deal, now)
        return
    calendar = calendar_of(deal)
    left = calendar.elapsed(deal.paused_at, deal.decision_due_at)
    set_due(deal, now, calendar.add_hours(now, left / timedelta(hours=1)), calendar)


def set_due(deal: Deal, now: datetime, due: datetime, calendar: WorkCalendar) -> None:
    deal.decision_due_at, deal.paused_at = due, None
    whole = calendar.elapsed(now, due) / timedelta(hours=1)
    for share in SHARES:
        at = due if share == 100 else calendar.add_hours(now, whole * share / 100)
        schedule(f"deals.decision_{share}", deal, at, due=due.isoformat())


def start_protection(deal: Deal, until: date) -> None:
    """Protected up to the end of ``until``; sets ``protected_until`` and the reminders before it."""
    calendar = calendar_of(deal)
    deal.protected_until = until
    schedule("deals.protection_end", deal, calendar.end_of(until), until=until.isoformat())
    for days in WARNING_DAYS:
        at = calendar.end_of(until - timedelta(days=days + 1))
        if at > timezone.now():
            schedule(f"deals.protection_{days}", deal, at, until=until.isoformat())


def watch_activity(deal: Deal) -> None:
    """Look again when there was no update for too long."""
    schedule("deals.inactivity", deal, deal.active_at + timedelta(days=inactivity_days()))
