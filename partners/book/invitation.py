"""A meeting as an iCalendar file (RFC 5545): the same UID for its whole life, a sequence that grows with each change."""

from icalendar import Calendar, Event, vCalAddress, vText

from partners.book.enums import MeetingState
from partners.models import Meeting

PRODUCT = "-//Sharik//Meetings//EN"


def calendar_file(meeting: Meeting, link: str) -> bytes:
    """The file; ``link`` is the meeting's page. A meeting that was called off takes itself out of calendars."""
    gone = meeting.state == MeetingState.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if gone else "PUBLISH")
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.changed_at)
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.ends_at)
    event.add("summary", meeting.title)
    event.add("status", "CANCELLED" if gone else "CONFIRMED")
    event.add("url", link)
    if meeting.place:
        event.add("location", meeting.place)
    if meeting.agenda:
        event.add("description", meeting.agenda)
    if meeting.organiser:
        event["organizer"] = _person(meeting.organiser.email, meeting.organiser.name)
    for guest in meeting.guests:
        event.add("attendee", _person(guest, guest), encode=False)
    calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made


def _person(email: str, name: str) -> vCalAddress:
    found = vCalAddress(f"MAILTO:{email}")
    found.params["cn"] = vText(name)
    return found
