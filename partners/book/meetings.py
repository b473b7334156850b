"""Meetings of both sides: planned, moved, held with minutes, or called off."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, NotFound
from common.text import clean_line
from partners.book.enums import MeetingState
from partners.models import Meeting
from partners.selectors import get_partner
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.enums import Urgency
from workflow.notices import declare, names_of, notify, partner_people
from workflow.states import note

LONGEST, LONGEST_TEXT, MOST_GUESTS = 200, 10_000, 50
MOST_MINUTES = 24 * 60
PLANNED = declare("meetings.planned", Urgency.INFO, _("%(partner)s: %(title)s on %(at)s"))
CANCELLED = declare(
    "meetings.cancelled", Urgency.INFO, _("%(partner)s: %(title)s on %(at)s does not take place")
)
HELD = declare("meetings.held", Urgency.INFO, _("%(partner)s: the minutes of %(title)s are there"))


def meetings_for(actor: Actor) -> QuerySet[Meeting]:
    """Meetings that the actor may see, by time."""
    if not actor.can(Permission.WORK_BOOK):
        actor.require(Permission.VIEW_PLANS)
    found: QuerySet[Meeting] = Meeting.objects.select_related("partner", "organiser")
    return found.order_by("starts_at", "pk")


def get_meeting(actor: Actor, pk: int) -> Meeting:
    """One of ``meetings_for``; raises ``NotFound``."""
    meeting = meetings_for(actor).filter(pk=pk).first()
    if meeting is None:
        raise NotFound()
    return meeting


def plan_meeting(actor: Actor, *, partner: str, **fields: Any) -> Meeting:
    """``title, starts_at, minutes_long, place, agenda, guests``. The partner's owners are told.

    Raises ``NotFound`` outside the book, ``InputError`` at the field.
    """
    actor.require(Permission.WORK_BOOK)
    meeting = Meeting(
        partner=get_partner(actor, partner), organiser_id=actor.membership_id, uid=f"{uuid.uuid4()}@sharik"
    )
    _put(meeting, **fields)
    meeting.save()
    note(actor, meeting, "", MeetingState.PLANNED)
    audit.record(actor, "meeting.plan", meeting)
    _tell(meeting, PLANNED)
    return meeting


def change_meeting(actor: Actor, *, meeting_id: int, **fields: Any) -> Meeting:
    """Another time, place or agenda."""
    meeting = _planned(actor, meeting_id)
    _put(meeting, **fields)
    meeting.sequence += 1
    meeting.changed_at = timezone.now()
    meeting.save()
    audit.record(actor, "meeting.change", meeting)
    _tell(meeting, PLANNED)
    return meeting


def cancel_meeting(actor: Actor, *, meeting_id: int) -> Meeting:
    """It does not take place."""
    meeting = _planned(actor, meeting_id)
    meeting.sequence += 1
    meeting.changed_at = timezone.now()
    _move(actor, meeting, MeetingState.CANCELLED)
    _tell(meeting, CANCELLED)
    return meeting


def hold_meeting(actor: Actor, *, meeting_id: int, minutes: str) -> Meeting:
    """It took place: both sides read the minutes. They can be corrected the same way."""
    actor.require(Permission.WORK_BOOK)
    meeting = _locked(actor, meeting_id)
    text = minutes.strip()
    if not text:
        raise InputError("required", _("Write something."), "minutes")
    if len(text) > LONGEST_TEXT:
        raise InputError("too_long", _("At most %(most)s characters."), "minutes", {"most": LONGEST_TEXT})
    if meeting.state == MeetingState.CANCELLED:
        raise Conflict("cancelled", _("This meeting was called off."))
    if meeting.starts_at > timezone.now():
        raise Conflict("not_yet", _("This meeting is still to come."))
    meeting.minutes, meeting.held_by_name = text, actor.name
    _move(actor, meeting, MeetingState.HELD)
    _tell(meeting, HELD)
    return meeting


def _planned(actor: Actor, meeting_id: int) -> Meeting:
    actor.require(Permission.WORK_BOOK)
    meeting = _locked(actor, meeting_id)
    if meeting.state != MeetingState.PLANNED:
        raise Conflict("not_planned", _("This meeting was held or called off."))
    return meeting


def _locked(actor: Actor, meeting_id: int) -> Meeting:
    pk = get_meeting(actor, meeting_id).pk
    rows = Meeting.objects.select_for_update(of=("self",), no_key=True).select_related("partner")
    meeting: Meeting = rows.get(pk=pk)
    return meeting


def _move(actor: Actor, meeting: Meeting, state: str) -> None:
    before, meeting.state = meeting.state, state
    meeting.save()
    note(actor, meeting, before, state)
    audit.record(actor, f"meeting.{state}", meeting)


def _put(
    meeting: Meeting,
    *,
    title: str,
    starts_at: datetime | None,
    minutes_long: int | None,
    place: str = "",
    agenda: str = "",
    guests: Iterable[str] = (),
) -> None:
    meeting.title, meeting.place = clean_line(title), clean_line(place)
    meeting.agenda, meeting.guests = agenda.strip(), _guests(guests)
    if not meeting.title:
        raise InputError("required", _("This must not be empty."), "title")
    for name, most in (("title", LONGEST), ("place", LONGEST), ("agenda", LONGEST_TEXT)):
        if len(getattr(meeting, name)) > most:
            raise InputError("too_long", _("At most %(most)s characters."), name, {"most": most})
    if starts_at is None:
        raise InputError("required", _("This must not be empty."), "starts_at")
    if minutes_long is None or not 0 < minutes_long <= MOST_MINUTES:
        raise InputError("out_of_range", _("A meeting lasts from a minute to a day."), "minutes_long")
    meeting.starts_at = starts_at
    meeting.ends_at = starts_at + timedelta(minutes=minutes_long)


def _guests(guests: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(each.strip() for each in guests if each.strip()))
    if len(found) > MOST_GUESTS:
        raise InputError("too_many", _("At most %(most)s guests."), "guests", {"most": MOST_GUESTS})
    for each in found:
        try:
            validate_email(each)
        except ValidationError as error:
            text = _("“%(value)s” is no e-mail address.")
            raise InputError("bad_email", text, "guests", {"value": each[:80]}) from error
    return found


def _tell(meeting: Meeting, kind: Any) -> None:
    told: dict[str, Any] = {"partner": names_of(meeting.partner), "title": meeting.title}
    if kind is not HELD:
        told["at"] = meeting.starts_at
    to = partner_people(meeting.partner_id, Permission.VIEW_PLANS)
    key = f"{meeting.sequence}-{len(meeting.minutes)}"
    notify(kind, meeting, to=to, path=f"/meetings/{meeting.pk}/", key=key, **told)
