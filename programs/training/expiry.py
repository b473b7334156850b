"""The clock of certificates: warnings before the end, days of grace, the end itself, and people who leave.

One timer per certificate, for the next day on which something happens. Late or twice it has the effect of once.
"""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from programs.enums import HELD_STATES, CertificateState
from programs.models import Certificate
from programs.training import notices
from programs.training.numbers import WARNING_DAYS, replace_days
from programs.training.rules import CERTIFICATE
from programs.training.stakes import stake_of
from tenancy.actors import Actor
from tenancy.outbox import on
from tenancy.services import MEMBER_LEFT
from workflow.calendar import work_calendar
from workflow.notices import names_of
from workflow.states import move
from workflow.timers import on_timer, schedule

TIMER = "training.certificate"
DAY = timedelta(days=1)


def settle(actor: Actor, certificate: Certificate) -> None:
    """Bring a certificate to where it stands today, and wait for its next day."""
    today = timezone.now().astimezone(actor.operator.zone).date()
    age(actor, certificate, today)
    following = next_day(certificate, today)
    if following is not None:
        schedule(TIMER, certificate, work_calendar(actor.operator).end_of(following - DAY))


def next_day(certificate: Certificate, today: date) -> date | None:
    """The next day after ``today`` on which something happens to it; none when all is over."""
    if certificate.state not in HELD_STATES or certificate.valid_until is None:
        return None
    end = certificate.valid_until
    days = [end - timedelta(days=before) for before in WARNING_DAYS]
    days += [end + DAY, (certificate.counts_until or end) + DAY]
    return min((day for day in days if day > today), default=None)


def age(actor: Actor, certificate: Certificate, today: date) -> None:
    """Warn, let expire, end: whatever ``today`` asks for and was not done yet."""
    end = certificate.valid_until
    if certificate.state not in HELD_STATES or end is None or end - timedelta(days=WARNING_DAYS[0]) > today:
        return
    if today > (certificate.counts_until or end):
        move(actor, certificate, CertificateState.EXPIRED, CERTIFICATE)
        notices.tell(notices.EXPIRED, certificate)
        return
    if certificate.state == CertificateState.PASSED:
        move(actor, certificate, CertificateState.EXPIRING, CERTIFICATE)
    reached = _reached(end, today)
    if certificate.warned_on is None or certificate.warned_on < reached:
        _warn(actor, certificate, end, today)
        certificate.warned_on = today
        certificate.save(update_fields=["warned_on"])


def _reached(end: date, today: date) -> date:
    """The last day of a warning that has come."""
    days = [end - timedelta(days=before) for before in WARNING_DAYS] + [end + DAY]
    return max(day for day in days if day <= today)


def _warn(actor: Actor, certificate: Certificate, end: date, today: date) -> None:
    key = today.isoformat()
    if today > end:
        notices.tell(notices.GRACE, certificate, key=key, until=certificate.counts_until)
        return
    facts: dict[str, Any] = {"days": (end - today).days, "until": end}
    stake = stake_of(actor, certificate)
    if stake is None:
        notices.tell(notices.EXPIRES, certificate, key=key, **facts)
        return
    facts["tier"] = names_of(stake.tier)
    if stake.reward is None:
        notices.tell(notices.EXPIRES_TIER, certificate, key=key, **facts)
        return
    money = {"amount": str(stake.reward), "currency": stake.currency}
    notices.tell(notices.EXPIRES_MONEY, certificate, person=False, key=key, reward=money, **facts)
    notices.tell_person(notices.EXPIRES_TIER, certificate, key=key, **facts)


@on_timer(TIMER)
def look(actor: Actor, certificate_id: int, payload: dict[str, Any]) -> None:
    found = Certificate.objects.select_for_update(no_key=True, of=("self",)).select_related("certification")
    certificate = found.filter(pk=certificate_id).first()
    if certificate is not None:
        settle(actor, certificate)


@on(MEMBER_LEFT)
def person_left(actor: Actor, payload: dict[str, Any]) -> None:
    """The company is told the same day; what the person was certified in still counts for a while."""
    today = timezone.now().astimezone(actor.operator.zone).date()
    until = today + timedelta(days=replace_days())
    held = Certificate.objects.filter(
        member_id=payload["member_id"], member__active=False, state__in=HELD_STATES
    ).select_related("certification")
    for certificate in held.select_for_update(no_key=True, of=("self",)):
        certificate.replace_until = until
        certificate.save(update_fields=["replace_until"])
        notices.tell(notices.LEFT, certificate, person=False, key=today.isoformat(), until=until)
