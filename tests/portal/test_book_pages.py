"""The workspace's pages, and what partners see of it."""

from datetime import UTC, datetime, timedelta

from partners.models import Meeting, Task
from tests.api.kit import caller
from tests.kit.world import Tenant


def test_a_task_is_written_worked_on_and_done(alpha: Tenant) -> None:
    pam, owner = alpha.client("pam"), alpha.client("partner_owner@p1")
    form = {"partner": "p1", "title": "Name a technician", "side": "partner", "due_on": "۲۰۲۰-۰۱-۰۵"}
    wrong = pam.post("/tasks/new/", form | {"partner": "p2"})
    assert wrong.status_code == 422
    assert "There is no such partner." in wrong.content.decode()
    made = pam.post("/tasks/new/", form)
    assert made.status_code == 302, made.content.decode()
    page = made.headers["Location"]
    assert "Overdue" in pam.get("/tasks/").content.decode()
    assert "Name a technician" in pam.get("/book/").content.decode()
    assert "Name a technician" in pam.get("/book/overdue/").content.decode()
    assert "Name a technician" in pam.get("/book/partner/p1/").content.decode()
    assert "It is done" in owner.get(page).content.decode()
    assert alpha.client("partner_owner@p2").get(page).status_code == 404
    assert owner.post(f"{page}cancel/", {"reason": "No."}).status_code == 404
    assert owner.post(f"{page}done/").status_code == 302
    assert pam.post(f"{page}reopen/").status_code == 302
    assert pam.post(f"{page}cancel/", {"reason": "Not needed."}).status_code == 302
    assert "Not needed." in owner.get(page).content.decode()


def test_a_meeting_is_planned_and_its_file_goes_into_any_calendar(alpha: Tenant) -> None:
    pam, owner = alpha.client("pam"), alpha.client("partner_owner@p1")
    form = {"partner": "p1", "title": "Kick-off", "day": "2099-04-01", "at": "۹:۳۰", "minutes_long": "45"}
    wrong = pam.post("/meetings/new/", form | {"at": "late"})
    assert "Write the time as 10:30." in wrong.content.decode()
    made = pam.post("/meetings/new/", form | {"guests": "a@b.example\nc@d.example"})
    assert made.status_code == 302, made.content.decode()
    page = made.headers["Location"]
    file = owner.get(f"{page}calendar/")
    assert file.headers["Content-Type"].startswith("text/calendar")
    assert b"DTSTART:20990401T093000Z" in file.content
    assert alpha.client("partner_owner@p2").get(f"{page}calendar/").status_code == 404
    with alpha.scope():
        meeting = Meeting.objects.get()
        meeting.starts_at = datetime.now(UTC) - timedelta(hours=2)
        meeting.save()
    assert pam.post(f"{page}minutes/", {"minutes": "Agreed on May."}).status_code == 302
    assert "Agreed on May." in owner.get(page).content.decode()


def test_notes_and_internal_tasks_stay_with_the_operator(alpha: Tenant) -> None:
    pam, owner = alpha.client("pam"), alpha.client("partner_owner@p1")
    assert pam.post("/book/partner/p1/note/", {"text": "Secret wish", "pinned": "on"}).status_code == 302
    assert "Secret wish" in pam.get("/book/partner/p1/").content.decode()
    assert pam.get("/book/partner/p2/").status_code == 404
    assert owner.get("/book/partner/p1/").status_code == 404
    hidden = {
        "partner": "p1",
        "title": "Secret task",
        "side": "operator",
        "due_on": "2099-01-01",
        "internal": "on",
    }
    page = pam.post("/tasks/new/", hidden).headers["Location"]
    assert owner.get(page).status_code == 404
    assert "Secret" not in owner.get("/tasks/").content.decode()
    assert "Secret" not in owner.get("/company/", follow=True).content.decode()


def test_the_api_has_tasks(alpha: Tenant) -> None:
    pam, owner = caller(alpha, "pam"), caller(alpha, "partner_owner@p1", "tasks:write")
    body = {"partner": "p1", "title": "Send it", "due_on": "2099-01-01", "side": "partner"}
    made = pam.post("tasks/", body)
    assert made.status == 201
    assert owner.post("tasks/", body).status == 403
    assert pam.post("tasks/", body | {"internal": True}).body["errors"][0]["field"] == "internal"
    one = f"tasks/{made.body['id']}/"
    assert owner.post(f"{one}done/", {"text": "Sent."}).body["done_by"] == "partner_owner@p1"
    assert pam.post(f"{one}cancel/", {"reason": "x"}).status == 409
    assert caller(alpha, "partner_owner@p2").get(one).status == 404
    with alpha.scope():
        assert Task.objects.count() == 1
