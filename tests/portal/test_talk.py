"""Conversation, files and history on an object's page: who sees, writes and fetches what."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client

from partners.models import Partner
from portal.workflow.about import about, register_about, registered
from tenancy.outbox import deliver
from tests.kit.world import Tenant
from workflow.conversation import attach_file, attachments_of, messages_about, write_message
from workflow.models import Attachment, Notification
from workflow.states import note

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 licence"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


class State(models.TextChoices):
    ACTIVE = "active", "In business"
    SUSPENDED = "suspended", "Resting"


def place(partner: Partner, verb: str) -> str:
    return f"/about/partners.partner/{partner.pk}/{verb}/"


def write(client: Client, partner: Partner, text: str, audience: str = "comment") -> Any:
    here = f"/partners/{partner.code}/conversation/"
    return client.post(place(partner, "message"), {"text": text, "audience": audience, "next": here})


def page(tenant: Tenant, name: str, code: str = "p1") -> str:
    return str(tenant.client(name).get(f"/partners/{code}/conversation/").content.decode())


def test_comments_reach_both_sides_and_notes_only_ours(alpha: Tenant) -> None:
    partner = alpha.partners["p1"]
    assert write(alpha.client("partner_owner@p1"), partner, "Hello <b>you</b>").status_code == 302
    pam = alpha.client("pam")
    answer = write(pam, partner, "Careful with them", "note")
    assert answer.headers["Location"] == "/partners/p1/conversation/#conversation"
    write(pam, partner, "Welcome")
    ours, theirs = page(alpha, "pam"), page(alpha, "partner_owner@p1")
    assert all(text in ours for text in ("Careful with them", "Note, not seen by the partner", "Welcome"))
    assert "Hello &lt;b&gt;you&lt;/b&gt;" in theirs
    assert "Welcome" in theirs
    assert "Careful" not in theirs
    assert "audience" not in theirs
    assert "Welcome" not in page(alpha, "partner_owner@p2", "p2")


def test_a_partner_cannot_smuggle_a_note_in(alpha: Tenant) -> None:
    partner = alpha.partners["p1"]
    write(alpha.client("partner_owner@p1"), partner, "mine", "note")
    with alpha.scope("partner_owner@p1"):
        assert [(row.text, row.internal) for row in messages_about(partner)] == [("mine", False)]


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [
        ("partner_owner@p1", "p1", 302),
        ("partner_seller@p1", "p1", 403),
        ("partner_owner@p2", "p1", 404),
        ("pam", "p1", 302),
        ("pam", "p2", 404),
        ("programme_manager", "p2", 302),
        ("executive", "p1", 403),
    ],
)
def test_who_may_write(alpha: Tenant, name: str, code: str, status: int) -> None:
    partner = alpha.partners[code]
    assert write(alpha.client(name), partner, "x").status_code == status
    file = {"file": SimpleUploadedFile("a.pdf", PDF)}
    assert alpha.client(name).post(place(partner, "file"), file).status_code == status
    shown = "talk-text" in page(alpha, name, code)
    assert shown is (status == 302)


def test_what_nobody_registered_is_not_there(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    for label in ("tenancy.membership", "nothing", "partners.Partner"):
        assert client.post(f"/about/{label}/1/message/", {"text": "x"}).status_code == 404


def test_an_empty_message_is_refused_and_a_refused_one_is_not_lost(alpha: Tenant) -> None:
    partner, client = alpha.partners["p1"], alpha.client("pam")
    assert write(client, partner, "   ").status_code == 422
    long = write(client, partner, "y" * 10_001)
    assert long.status_code == 422
    assert "yyyyy" in long.content.decode()


def test_a_file_goes_up_and_comes_down_the_same(alpha: Tenant) -> None:
    partner, owner = alpha.partners["p1"], alpha.client("partner_owner@p1")
    sent = {"file": SimpleUploadedFile("پروانه.pdf", PDF), "purpose": "licence"}
    assert owner.post(place(partner, "file"), sent).headers["Location"].endswith("/conversation/#files")
    html = page(alpha, "partner_owner@p1")
    assert "پروانه.pdf" in html
    assert "Licence" in html
    with alpha.scope():
        row = Attachment.objects.get()
    for name in ("partner_owner@p1", "partner_seller@p1", "pam", "executive"):
        answer = alpha.client(name).get(f"/files/{row.pk}/")
        assert b"".join(answer) == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%D9%BE")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "no-store" in answer.headers["Cache-Control"]
    assert alpha.client("partner_owner@p2").get(f"/files/{row.pk}/").status_code == 404
    assert alpha.client().get(f"/files/{row.pk}/").status_code == 302


def test_strangers_and_internal_files(alpha: Tenant, beta: Tenant) -> None:
    partner = alpha.partners["p1"]
    sent = {"file": SimpleUploadedFile("credit.pdf", PDF), "internal": "on"}
    alpha.client("pam").post(place(partner, "file"), sent)
    with alpha.scope():
        row = Attachment.objects.get()
    assert row.internal
    assert alpha.client("pam").get(f"/files/{row.pk}/").status_code == 200
    assert alpha.client("partner_owner@p1").get(f"/files/{row.pk}/").status_code == 404
    assert "credit.pdf" not in page(alpha, "partner_owner@p1")
    assert beta.client("programme_manager").get(f"/files/{row.pk}/").status_code == 404


def test_a_file_of_a_type_that_nobody_registered_stays_closed(alpha: Tenant) -> None:
    with alpha.scope("programme_manager"):
        manager = alpha.actors["programme_manager"]
        row = attach_file(manager, manager.operator, name="a.pdf", chunks=[PDF])
    assert alpha.client("programme_manager").get(f"/files/{row.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.html", b"<html>"), ("a.exe", b"MZ\x90"), ("a.png", b"<svg onload=x>"), ("empty.pdf", b"")],
)
def test_other_files_are_refused_at_the_field(alpha: Tenant, name: str, content: bytes) -> None:
    partner, owner = alpha.partners["p1"], alpha.client("partner_owner@p1")
    answer = owner.post(place(partner, "file"), {"file": SimpleUploadedFile(name, content), "purpose": ""})
    assert answer.status_code == 422
    assert "is-invalid" in answer.content.decode()
    with alpha.scope("partner_owner@p1"):
        assert not attachments_of(partner)


def test_the_other_side_is_told_of_a_comment_but_not_of_a_note(alpha: Tenant) -> None:
    partner = alpha.partners["p1"]
    write(alpha.client("partner_owner@p1"), partner, "Question")
    write(alpha.client("pam"), partner, "Secret", "note")
    write(alpha.client("pam"), partner, "Answer")
    with alpha.scope():
        deliver(alpha.system)
        rows = {row.membership_id: row for row in Notification.objects.filter(kind="workflow.commented")}
    pam, owner = (alpha.actors[name].membership_id for name in ("pam", "partner_owner@p1"))
    assert set(rows) == {pam, owner}
    assert rows[owner].path == "/partners/p1/conversation/"
    assert rows[owner].params == {"author": "pam", "title": {"name": "Partner p1", "names": {}}}


def test_history_has_words_and_hides_what_is_internal(alpha: Tenant) -> None:
    partner, manager = alpha.partners["p1"], alpha.actors["programme_manager"]
    with alpha.scope("programme_manager"):
        note(manager, partner, "active", "suspended", reason="unpaid", text="Since May")
        note(manager, partner, "suspended", "strange", reason="own", internal=True)
        steps = about(manager, partner, states=State, reasons={"unpaid": "Bills are open"})["about"].steps
    assert [(step.label, step.reason, step.text) for step in steps] == [
        ("Resting", "Bills are open", "Since May"),
        ("strange", "own", ""),
    ]
    theirs = page(alpha, "partner_owner@p1")
    assert "Since May" in theirs
    assert "strange" not in theirs


def test_registering_again_replaces(alpha: Tenant) -> None:
    for allowed in (True, False):
        register_about("tests.thing", fetch=lambda actor, pk: None, may_write=lambda actor, obj, a=allowed: a)  # type: ignore[misc]
        assert registered("tests.thing").may_attach(alpha.system, None) is allowed


def test_a_comment_names_its_author(alpha: Tenant) -> None:
    with alpha.scope("pam"):
        write_message(alpha.actors["pam"], alpha.partners["p1"], "Good morning")
    assert '<strong dir="auto">pam</strong>' in page(alpha, "partner_owner@p1")
