"""The account manager's workspace: whose tasks, notes and meetings, health with its reasons, handing over."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.utils import ProgrammingError
from icalendar import Calendar

from common.errors import Conflict, Forbidden, InputError, NotFound
from partners.book import meetings, notes, tasks
from partners.book.handing import hand_over
from partners.book.health import health_of
from partners.book.invitation import calendar_file
from partners.book.registry import ideas, overdue
from partners.models import BookEntry, HandOver, Meeting, Note, Task
from performance.tasks import deliver_events
from tenancy.enums import Audience, Role
from tenancy.models import Membership
from tenancy.scope import scope
from tenancy.services import add_membership, ensure_person
from tests.kit.world import Tenant
from workflow.models import Notification
from workflow.settings import change_setting

TODAY = date(2026, 5, 10)


def act(tenant: Tenant, name: str, step: Any, **given: Any) -> Any:
    with tenant.scope(name):
        return step(tenant.actors[name], **given)


def add(tenant: Tenant, title: str = "Send the price list", **given: Any) -> Task:
    fields = {"partner": "p1", "title": title, "due_on": TODAY, **given}
    made: Task = act(tenant, "pam", tasks.add_task, **fields)
    return made


def test_the_partner_finishes_what_its_side_does_and_nothing_else(alpha: Tenant) -> None:
    ours, theirs = add(alpha), add(alpha, side="partner")
    hidden = add(alpha, "Ask legal", internal=True)
    deliver_events(alpha.system)
    with alpha.scope("partner_owner@p1"):
        seen = tasks.tasks_for(alpha.actors["partner_owner@p1"])
        assert {task.pk for task in seen} == {ours.pk, theirs.pk}
        assert not Task.objects.filter(pk=hidden.pk).exists()
    with pytest.raises(Forbidden):
        act(alpha, "partner_owner@p1", tasks.finish_task, task_id=ours.pk)
    with pytest.raises(NotFound):
        act(alpha, "partner_owner@p1", tasks.finish_task, task_id=hidden.pk)
    with pytest.raises(NotFound):
        act(alpha, "partner_owner@p2", tasks.finish_task, task_id=theirs.pk)
    done = act(alpha, "partner_owner@p1", tasks.finish_task, task_id=theirs.pk)
    assert (done.state, done.done_by_name) == ("done", "partner_owner@p1")
    with pytest.raises(Conflict):
        act(alpha, "pam", tasks.finish_task, task_id=theirs.pk)
    deliver_events(alpha.system)
    with alpha.scope():
        told = Notification.objects.get(kind="tasks.asked", object_id=theirs.pk)
        assert told.membership_id == alpha.actors["partner_owner@p1"].membership_id
        assert told.done_at is not None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "title"),
        ({"due_on": None}, "due_on"),
        ({"side": "nobody"}, "side"),
        ({"side": "partner", "internal": True}, "internal"),
    ],
)
def test_a_task_says_what_who_and_when(alpha: Tenant, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as error:
        add(alpha, **given)
    assert error.value.field == field


def test_an_account_manager_works_in_the_own_book_alone(alpha: Tenant) -> None:
    for step, given in (
        (tasks.add_task, {"title": "x", "due_on": TODAY}),
        (notes.add_note, {"text": "x"}),
        (meetings.plan_meeting, {"title": "x", "starts_at": datetime.now(UTC), "minutes_long": 30}),
    ):
        with pytest.raises(NotFound):
            act(alpha, "pam", step, partner="p2", **given)
        with pytest.raises(Forbidden):
            act(alpha, "executive", step, partner="p1", **given)
    of_other = act(alpha, "programme_manager", tasks.add_task, partner="p2", title="x", due_on=TODAY)
    with pytest.raises(NotFound):
        act(alpha, "pam", tasks.finish_task, task_id=of_other.pk)


def test_a_partner_never_sees_a_note(alpha: Tenant) -> None:
    note = act(alpha, "pam", notes.add_note, partner="p1", text="They pay late.")
    for name in ("partner_owner@p1", "partner_owner@p2"):
        with pytest.raises(ProgrammingError), alpha.scope(name):
            Note.objects.exists()
        with pytest.raises(Forbidden):
            act(alpha, name, notes.notes_for)
    act(alpha, "programme_manager", notes.change_note, note_id=note.pk, text="They pay in time.", pinned=True)
    with alpha.scope("pam"):
        assert [(row.text, row.pinned) for row in Note.objects.all()] == [("They pay in time.", True)]


def planned(tenant: Tenant, starts_at: datetime, **given: Any) -> Meeting:
    fields = {"partner": "p1", "title": "Quarter", "starts_at": starts_at, "minutes_long": 90, **given}
    made: Meeting = act(tenant, "pam", meetings.plan_meeting, **fields)
    return made


def test_a_meeting_keeps_its_name_in_calendars_when_it_moves(alpha: Tenant) -> None:
    begins = datetime(2099, 3, 1, 9, 30, tzinfo=UTC)
    made = planned(
        alpha, begins, agenda="Goals, deals", guests=["a@b.example", "a@b.example"], place="Room 4"
    )
    with alpha.scope("partner_owner@p1"):
        first: Any = Calendar.from_ical(
            calendar_file(meetings.get_meeting(alpha.actors["partner_owner@p1"], made.pk), "u")
        )
    moved = {"title": "Quarter", "starts_at": begins + timedelta(days=1), "minutes_long": 60}
    act(alpha, "pam", meetings.change_meeting, meeting_id=made.pk, **moved)
    act(alpha, "pam", meetings.cancel_meeting, meeting_id=made.pk)
    with alpha.scope("pam"):
        last: Any = Calendar.from_ical(calendar_file(meetings.get_meeting(alpha.actors["pam"], made.pk), "u"))
    before, after = (calendar.walk("VEVENT")[0] for calendar in (first, last))
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 2)
    assert (first["METHOD"], last["METHOD"], after["STATUS"]) == ("PUBLISH", "CANCEL", "CANCELLED")
    assert before["DTSTART"].dt == begins
    assert before["DTEND"].dt == begins + timedelta(minutes=90)
    assert str(before["ATTENDEE"]) == "MAILTO:a@b.example"
    with pytest.raises(InputError) as wrong:
        planned(alpha, begins, guests=["nobody"])
    assert wrong.value.field == "guests"


def test_minutes_are_written_when_it_is_over_and_both_sides_read_them(alpha: Tenant) -> None:
    coming = planned(alpha, datetime.now(UTC) + timedelta(hours=1))
    with pytest.raises(Conflict):
        act(alpha, "pam", meetings.hold_meeting, meeting_id=coming.pk, minutes="All agreed.")
    held = planned(alpha, datetime.now(UTC) - timedelta(hours=3))
    act(alpha, "pam", meetings.hold_meeting, meeting_id=held.pk, minutes="All agreed.")
    with alpha.scope("partner_owner@p1"):
        assert meetings.get_meeting(alpha.actors["partner_owner@p1"], held.pk).minutes == "All agreed."
    with pytest.raises(Forbidden):
        act(alpha, "partner_owner@p1", meetings.hold_meeting, meeting_id=held.pk, minutes="No.")


def test_the_score_is_the_weighted_mean_of_its_parts_with_reasons(alpha: Tenant) -> None:
    pk = alpha.partners["p1"].pk
    for day, done in ((1, True), (2, True), (3, False), (4, False)):
        made = add(alpha, side="partner", due_on=date(2099, 1, day))
        if done:
            act(alpha, "partner_owner@p1", tasks.finish_task, task_id=made.pk)
    today = date(2099, 2, 1)
    add(alpha, due_on=date(2099, 1, 5))
    with alpha.scope("programme_manager"):
        for key in ("certificates", "deals"):
            change_setting(alpha.actors["programme_manager"], f"book.weight_{key}", 0)
    with alpha.scope("pam"):
        health = health_of(alpha.actors["pam"], [pk], today)[pk]
        lines = {line.part.code: line for line in health.lines}
        # Kept dates: 2 of 4; what we owe: one late thing costs a quarter. Both weigh the same.
        keeps, ours = lines["keeps"].reading, lines["ours"].reading
        assert keeps and ours
        assert [keeps.score, ours.score] == [Decimal("0.5"), Decimal("0.75")]
        assert dict(keeps.why.params) == {"kept": 2, "all": 4}
        assert lines["attainment"].reading is None
        assert health.score == Decimal("62.5")
        sides = [late.side for late in overdue(alpha.actors["pam"], [pk], today)]
        assert sides == ["partner", "partner", "operator"]
        assert sum(line.points for line in health.lines) == health.score


def test_what_to_do_next_follows_from_what_is_there(alpha: Tenant) -> None:
    pk, pam = alpha.partners["p1"].pk, alpha.actors["pam"]

    def found() -> set[str]:
        with alpha.scope("pam"):
            return {idea.path for idea in ideas(pam, [pk], datetime.now(UTC).date())}

    assert found() == {"/meetings/new/?partner=p1", "/pipeline/", "/plans/new/?partner=p1"}
    planned(alpha, datetime.now(UTC) + timedelta(days=2))
    assert found() == {"/pipeline/", "/plans/new/?partner=p1"}


def second_pam(tenant: Tenant) -> Membership:
    with scope(tenant.operator.pk, Audience.AUTH):
        person = ensure_person(email="second@alpha.example", name="second", password="correct horse battery")
        return add_membership(person, role=Role.PAM)


def test_a_book_is_handed_over_with_what_is_open(alpha: Tenant) -> None:
    former, other = alpha.actors["pam"].membership_id or 0, second_pam(alpha)
    open_one, done = add(alpha), add(alpha, "Old")
    act(alpha, "pam", tasks.finish_task, task_id=done.pk)
    coming = planned(alpha, datetime.now(UTC) + timedelta(days=2))
    held = planned(alpha, datetime.now(UTC) - timedelta(days=2))
    given = {"former_id": former, "member_id": other.pk, "text": "They want a call each Sunday."}
    with pytest.raises(InputError) as outside:
        act(alpha, "programme_manager", hand_over, partners=["p2"], **given)
    assert outside.value.field == "partners"
    with pytest.raises(Forbidden):
        act(alpha, "pam", hand_over, partners=["p1"], **given)
    act(alpha, "programme_manager", hand_over, partners=["p1"], **given)
    deliver_events(alpha.system)
    with alpha.scope():
        assert list(BookEntry.objects.values_list("member_id", flat=True)) == [other.pk]
        owners = dict(Task.objects.values_list("pk", "owner_id"))
        assert owners == {open_one.pk: other.pk, done.pk: former}
        organisers = dict(Meeting.objects.values_list("pk", "organiser_id"))
        assert organisers == {coming.pk: other.pk, held.pk: former}
        row = HandOver.objects.get()
        assert (row.text, row.moved) == ("They want a call each Sunday.", 2)
        told = Notification.objects.filter(object_type="partners.handover")
        assert {(each.kind, each.membership_id) for each in told} == {
            ("book.received", other.pk),
            ("book.given", former),
            ("book.yours", alpha.actors["partner_owner@p1"].membership_id),
        }
    with pytest.raises(ProgrammingError), alpha.scope("partner_owner@p1"):
        HandOver.objects.exists()
    with alpha.scope("pam"):
        assert not Task.objects.exists()
