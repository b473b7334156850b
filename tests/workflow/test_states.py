"""States, timers, notices and conversations: the machinery that every workflow stands on."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from common.errors import Forbidden, InputError
from partners.models import Partner
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.outbox import deliver
from tests.kit.world import Tenant
from workflow import settings as workflow_settings
from workflow.conversation import attach_file, attachments_of, messages_about, write_message
from workflow.enums import Urgency
from workflow.models import Notification, Timer
from workflow.notices import declare, members, notify, pams_of, partner_people, staff
from workflow.states import InvalidTransition, Machine, history, move
from workflow.timers import fire_due, on_timer, schedule

pytestmark = pytest.mark.django_db
WAVED = declare("tests.waved", Urgency.INFO, "Hello %(name)s")


class State(models.TextChoices):
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    CLOSED = "closed", "Closed"


MACHINE = Machine(
    {"active": ("suspended", "closed"), "suspended": ("active",)}, State, frozenset({"suspended"})
)


def test_a_way_that_is_not_there_is_refused_with_those_that_are(inside: Tenant) -> None:
    partner = inside.partners["p1"]
    with pytest.raises(InvalidTransition) as refused:
        move(inside.system, partner, "active", MACHINE)
    assert refused.value.as_dict()["allowed"] == ["suspended", "closed"]
    assert "Suspended, Closed" in refused.value.message


def test_a_reason_is_asked_for_and_kept(inside: Tenant) -> None:
    partner = inside.partners["p1"]
    with pytest.raises(InputError):
        move(inside.system, partner, "suspended", MACHINE)
    move(inside.system, partner, "suspended", MACHINE, reason="unpaid", text="Since May")
    assert Partner.objects.get(pk=partner.pk).state == "suspended"
    (line,) = history(partner)
    assert (line.source, line.target, line.reason, line.text) == (
        "active",
        "suspended",
        "unpaid",
        "Since May",
    )


def test_notes_and_internal_history_never_reach_a_partner(alpha: Tenant) -> None:
    partner = alpha.partners["p1"]
    with alpha.scope("programme_manager"):
        actor = alpha.actors["programme_manager"]
        move(actor, partner, "suspended", MACHINE, reason="fraud", internal=True)
        write_message(actor, partner, "Look out", internal=True)
        write_message(actor, partner, "Welcome")
    with alpha.scope("partner_owner@p1"):
        owner = alpha.actors["partner_owner@p1"]
        assert [row.text for row in messages_about(partner)] == ["Welcome"]
        assert not history(partner)
        with pytest.raises(Forbidden):
            write_message(owner, partner, "x", internal=True)
        write_message(owner, partner, "Thank you")
    with alpha.scope("partner_owner@p2"):
        assert not messages_about(partner)
    with alpha.scope("pam"):
        assert len(messages_about(partner)) == 3


def test_files_are_known_by_content(alpha: Tenant, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    partner, owner = alpha.partners["p1"], alpha.actors["partner_owner@p1"]
    with alpha.scope("partner_owner@p1"):
        row = attach_file(owner, partner, name="../../licence.pdf", chunks=[b"%PDF-1.7 ", b"..."])
        assert (row.name, row.content_type, row.size) == ("licence.pdf", "application/pdf", 12)
        for name, content in (
            ("page.html", b"<html>"),
            ("image.png", b"<svg>"),
            ("a.txt", b"<svg onload=x>"),
            ("b.txt", b""),
        ):
            with pytest.raises(InputError):
                attach_file(owner, partner, name=name, chunks=[content])
        assert len(attachments_of(partner)) == 1
        odd = attach_file(owner, partner, name="a\n\u202efdp.‌پ\x9f.pdf", chunks=[b"%PDF-1.7"])
        assert odd.name == "afdp.‌پ.pdf"
        assert attach_file(owner, partner, name="\x07", chunks=[b"%PDF-1.7"]).name == "file"
    with alpha.scope("partner_owner@p2"):
        assert not attachments_of(partner)


def test_a_timer_fires_once_and_a_failing_one_is_put_off(alpha: Tenant) -> None:
    fired: list[int] = []
    on_timer("tests.ring")(lambda actor, pk, payload: fired.append(pk))
    on_timer("tests.fail")(lambda actor, pk, payload: fired.remove(99))
    partner, past = alpha.partners["p1"], timezone.now() - timedelta(hours=1)
    with alpha.scope("partner_owner@p1"):
        for _repeat in range(2):
            schedule("tests.ring", partner, past)
        schedule("tests.fail", partner, past)
        schedule("tests.ring", partner, timezone.now() + timedelta(days=1))
    with alpha.scope():
        assert fire_due(alpha.system) == 1
        assert fire_due(alpha.system) == 0
    assert fired == [partner.pk]
    with alpha.scope():
        assert Timer.objects.get(kind="tests.fail").attempts == 1


def told(alpha: Tenant) -> set[str]:
    names = {actor.membership_id: name for name, actor in alpha.actors.items()}
    with alpha.scope():
        deliver(alpha.system)
        found = {names[row.membership_id] for row in Notification.objects.all()}
        Notification.objects.all().delete()
    return found


def test_notices_reach_those_who_are_meant(alpha: Tenant) -> None:
    partner = alpha.partners["p1"]
    owner: Actor = alpha.actors["partner_owner@p1"]
    cases = (
        (members([owner.membership_id, None]), {"partner_owner@p1"}),
        (partner_people(partner.pk, Permission.MANAGE_COMPANY), {"partner_owner@p1"}),
        (pams_of(partner.pk), {"pam"}),
        (pams_of(alpha.partners["p2"].pk), {"programme_manager"}),
        (staff(Permission.APPROVE_SETTLEMENTS), {"programme_manager", "channel_finance"}),
    )
    for to, expected in cases:
        with alpha.scope("partner_owner@p1"):
            for _repeat in range(2):
                notify(WAVED, partner, to=to, name="x")
        assert told(alpha) == expected


def test_settings_are_checked_and_fall_back(alpha: Tenant) -> None:
    days = workflow_settings.define("tests.days", 5, "Days", least=1, most=10)
    manager = alpha.actors["programme_manager"]
    with alpha.scope("programme_manager"):
        assert days() == 5
        workflow_settings.change_setting(manager, "tests.days", 7)
        assert (days(), workflow_settings.values()["tests.days"]) == (7, 7)
        for wrong in (0, 11, "7", True):
            with pytest.raises(InputError):
                workflow_settings.change_setting(manager, "tests.days", wrong)
    with alpha.scope("pam"), pytest.raises(Forbidden):
        workflow_settings.change_setting(alpha.actors["pam"], "tests.days", 3)
