"""A small school for tests of training: a certification, a course with a quiz of three questions, published."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from programs.models import Certificate, CourseEnrolment
from programs.training.attempts import begin_attempt, hand_in
from programs.training.authoring import (
    create_course,
    publish_course,
    save_certification,
    save_content,
    save_question,
)
from programs.training.enrolments import enrol
from tenancy.outbox import deliver
from tests.kit.world import Tenant
from workflow.timers import fire_due

BODY = "Welcome.\n\n## First steps\n\nRead *this*.\n\n## At the customer\n\n- a\n- b\n"
RIGHT = {1: [2], 2: [1, 3], 3: [1]}


def question(tenant: Tenant, code: str, kind: str, options: list[tuple[str, bool]], weight: int = 1) -> None:
    save_question(
        tenant.system,
        code=code,
        kind=kind,
        text={"en": f"Question {options[0][0]}?", "fa": "پرسش؟"},
        options=[{"text": {"en": text}, "right": right} for text, right in options],
        weight=weight,
        why={"en": "Because."},
    )


def course(tenant: Tenant, code: str = "sdwan", *, certification: str = "sdwan-pro", **fields: Any) -> None:
    """Published. The quiz: one of three (weight 1), two of three (weight 2), one of two (weight 1)."""
    with tenant.scope():
        actor = tenant.system
        if certification:
            save_certification(actor, code=certification, name="SD-WAN professional", valid_months="24")
            fields["certification"] = certification
        create_course(actor, code=code, name="SD-WAN", **fields)
        save_content(actor, code=code, body={"en": BODY}, summary={"en": "All about it."}, pass_mark=75)
        question(tenant, code, "single", [("a", False), ("b", True), ("c", False)])
        question(tenant, code, "multiple", [("d", True), ("e", False), ("f", True)], weight=2)
        question(tenant, code, "single", [("yes", True), ("no", False)])
        publish_course(actor, code=code)


def enrolled(tenant: Tenant, who: str = "partner_seller@p1", code: str = "sdwan") -> CourseEnrolment:
    with tenant.scope(who):
        return enrol(tenant.actors[who], course=code)


def take(
    tenant: Tenant, enrolment: CourseEnrolment, answers: Any = None, who: str = "partner_seller@p1"
) -> Any:
    with tenant.scope(who):
        actor = tenant.actors[who]
        begin_attempt(actor, enrolment_id=enrolment.pk)
        return hand_in(actor, enrolment_id=enrolment.pk, answers=answers or RIGHT)


def certificates(tenant: Tenant) -> list[Certificate]:
    with tenant.scope():
        return list(Certificate.objects.select_related("certification").order_by("pk"))


def pass_days(tenant: Tenant, monkeypatch: Any, days: int) -> None:
    """So many days later, with everything done that was due by then."""
    at = timezone.now() + timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: at)
    with tenant.scope():
        while fire_due(tenant.system, now=at):
            pass
        while deliver(tenant.system):
            pass


def today() -> date:
    return timezone.now().date()
