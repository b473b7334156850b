"""The vault: added by the partner, checked by the operator, warned about, at last no longer valid."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.errors import Conflict, Forbidden, InputError, Invalid, NotFound
from partners.documents import services
from partners.models import OnboardingStep, PartnerDocument
from partners.onboarding.running import start_onboarding
from performance.tasks import deliver_events
from tests.kit.world import Tenant
from workflow.models import Notification, Timer
from workflow.timers import fire_due

PDF = b"%PDF-1.7 licence"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def do(tenant: Tenant, who: str, service: Any, **given: Any) -> Any:
    with tenant.scope(who):
        return service(tenant.actors[who], **given)


def today() -> date:
    return timezone.now().date()


def add(
    tenant: Tenant, who: str = "partner_owner@p1", days: int | None = 100, **more: Any
) -> PartnerDocument:
    given = {
        "partner": "p1",
        "kind": "licence",
        "number": "L-1",
        "file_name": "licence.pdf",
        "chunks": [PDF],
        "valid_until": None if days is None else today() + timedelta(days=days),
    }
    found: PartnerDocument = do(tenant, who, services.add_document, **(given | more))
    return found


def fresh(tenant: Tenant, document: PartnerDocument) -> PartnerDocument:
    with tenant.scope():
        found: PartnerDocument = PartnerDocument.objects.get(pk=document.pk)
        return found


def accept(tenant: Tenant, document: PartnerDocument, who: str = "pam") -> None:
    do(tenant, who, services.accept_document, document_id=document.pk)
    deliver_events(tenant.system)


def step(tenant: Tenant) -> OnboardingStep:
    with tenant.scope():
        found: OnboardingStep = OnboardingStep.objects.get(kind="document", document_kind="licence")
        return found


def test_a_checked_document_completes_its_step_and_its_end_opens_it_again(alpha: Tenant) -> None:
    do(alpha, "programme_manager", start_onboarding, code="p1")
    document = add(alpha)
    assert step(alpha).state == "pending"
    accept(alpha, document)
    assert step(alpha).state == "done"
    with alpha.scope():
        last = today() - timedelta(days=1)
        PartnerDocument.objects.update(valid_until=last)
        services.expire(alpha.system, document.pk, last.isoformat())
    deliver_events(alpha.system)
    assert fresh(alpha, document).state == "expired"
    assert step(alpha).state == "expired"
    accept(alpha, add(alpha))
    assert step(alpha).state == "done"
    assert fresh(alpha, document).state == "replaced"


def test_both_sides_are_warned_four_times(alpha: Tenant) -> None:
    document = add(alpha, days=100)
    accept(alpha, document)
    with alpha.scope():
        timers = Timer.objects.filter(kind="documents.warn", object_id=document.pk)
        assert sorted(timer.payload["days"] for timer in timers) == [7, 30, 60, 90]
        days = {(timer.due_at.date() - today()).days for timer in timers}
        assert days == {100 - each for each in (7, 30, 60, 90)}
        for number, timer in enumerate(timers):
            timer.due_at = timezone.now() - timedelta(minutes=number)
            timer.save()
        assert fire_due(alpha.system) == 4
    deliver_events(alpha.system)
    with alpha.scope():
        rows = Notification.objects.filter(object_id=document.pk)
        assert rows.filter(kind="documents.ending").count() == 4
        assert rows.filter(kind="documents.ending_of").count() == 4


def test_a_document_does_not_end_on_its_last_day(alpha: Tenant) -> None:
    document = add(alpha, days=0)
    accept(alpha, document)
    with alpha.scope():
        services.expire(alpha.system, document.pk, today().isoformat())
    assert fresh(alpha, document).state == "valid"


def test_a_refused_document_says_why_and_takes_the_step_back(alpha: Tenant) -> None:
    do(alpha, "programme_manager", start_onboarding, code="p1")
    document = add(alpha)
    with pytest.raises(InputError):
        do(alpha, "pam", services.refuse_document, document_id=document.pk, text=" ")
    accept(alpha, document)
    do(alpha, "pam", services.refuse_document, document_id=document.pk, text="It is forged.")
    deliver_events(alpha.system)
    assert fresh(alpha, document).reason == "It is forged."
    assert step(alpha).state == "action_required"
    with pytest.raises(Conflict):
        do(alpha, "pam", services.accept_document, document_id=document.pk)


def test_who_may_what(alpha: Tenant) -> None:
    document = add(alpha)
    for who, error in (
        ("partner_owner@p1", Forbidden),
        ("partner_owner@p2", NotFound),
        ("executive", Forbidden),
    ):
        with pytest.raises(error):
            do(alpha, who, services.accept_document, document_id=document.pk)
    with pytest.raises(NotFound):
        add(alpha, "partner_owner@p2")
    with pytest.raises(Forbidden):
        add(alpha, partner="p1sub")
    own = add(alpha, "pam")
    with pytest.raises(Forbidden) as refused:
        do(alpha, "pam", services.accept_document, document_id=own.pk)
    assert refused.value.code == "second_person"
    do(alpha, "partner_owner@p1", services.withdraw_document, document_id=document.pk)
    assert fresh(alpha, document).state == "withdrawn"


def test_wrong_values_are_told_together(alpha: Tenant) -> None:
    with pytest.raises(Invalid) as refused:
        add(alpha, kind="nothing", number="x" * 81, days=-1)
    assert {error.field for error in refused.value.errors} == {"kind", "number", "valid_until"}
    with pytest.raises(InputError) as wrong:
        add(alpha, chunks=[b"MZ program"])
    assert wrong.value.field == "file"
    with alpha.scope():
        assert not PartnerDocument.objects.exists()
