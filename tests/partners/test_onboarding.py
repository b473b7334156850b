"""A partner comes in: the checklist opens step by step, both sides do theirs, and the system sees the rest."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.errors import Conflict, Forbidden, InputError, Invalid, NotFound
from partners.models import ChecklistStep, Onboarding, OnboardingStep, Partner
from partners.onboarding import running, steps, templates
from partners.onboarding.enums import OnboardingState, StepKind, StepState
from partners.onboarding.selectors import progress_of
from performance.facts import tell_fact
from performance.models import Credit
from performance.tasks import deliver_events
from tenancy import outbox
from tests.kit.world import Tenant
from workflow.models import Notification, Timer
from workflow.timers import fire_due

PROFILE = {"city": "Dubai", "address": "1 Quay", "phone": "+971 4 123 4567"}
LEGAL = {"legal_name": "P One LLC", "legal_id": "AE-77", "tax_number": "T-1", "signatory": "Ada"}


@pytest.fixture
def house(alpha: Tenant) -> Tenant:
    """``p1`` is being taken on with the checklist of the product."""
    with alpha.scope():
        Partner.objects.filter(code="p1").update(state="onboarding")
    do(alpha, "programme_manager", running.start_onboarding, code="p1")
    deliver_events(alpha.system)
    return alpha


def do(tenant: Tenant, who: str, service: Any, **given: Any) -> Any:
    with tenant.scope(who):
        return service(tenant.actors[who], **given)


def step(tenant: Tenant, kind: str, number: int = 0) -> OnboardingStep:
    with tenant.scope():
        found: OnboardingStep = OnboardingStep.objects.filter(kind=kind, partner__code="p1")[number]
        return found


def submit(tenant: Tenant, kind: str, who: str = "partner_owner@p1", **given: Any) -> OnboardingStep:
    do(tenant, who, steps.submit_step, step_id=step(tenant, kind).pk, **given)
    deliver_events(tenant.system)
    return step(tenant, kind)


def test_from_the_template_to_the_active_partner(house: Tenant) -> None:
    assert step(house, StepKind.USERS).state == StepState.DONE  # p1 has four people
    assert submit(house, StepKind.PROFILE, answers=PROFILE).state == StepState.DONE
    assert submit(house, StepKind.LEGAL, answers=LEGAL).state == StepState.SUBMITTED
    assert step(house, StepKind.CONTRACT).opened_at is None
    do(house, "pam", steps.approve_step, step_id=step(house, StepKind.LEGAL).pk)
    assert step(house, StepKind.CONTRACT).opened_at is not None
    for kind in (StepKind.CONTRACT, StepKind.DOCUMENT):
        do(house, "pam", steps.confirm_step, step_id=step(house, kind).pk, text="on paper")
    do(house, "pam", steps.submit_step, step_id=step(house, StepKind.FREE).pk, text="met them")
    deliver_events(house.system)
    with house.scope():
        assert Partner.objects.get(code="p1").state == "onboarding"
    do(house, "pam", steps.confirm_step, step_id=step(house, StepKind.DOCUMENT, 1).pk, text="on paper")
    deliver_events(house.system)
    with house.scope():
        partner = Partner.objects.get(code="p1")
        assert (partner.state, partner.city, partner.legal_id) == ("active", "Dubai", "AE-77")
        assert partner.joined_on is not None
        assert Onboarding.objects.get().state == OnboardingState.FINISHED
        assert Credit.objects.filter(kind="joined", partner=partner).count() == 1
        assert Notification.objects.filter(kind="onboarding.active").count() == 2


def test_wrong_answers_are_told_at_their_field_and_change_nothing(house: Tenant) -> None:
    with house.scope("partner_owner@p1"), pytest.raises(Invalid) as refused:
        found = step_id(house, StepKind.PROFILE)
        steps.submit_step(house.actors["partner_owner@p1"], step_id=found, answers={"phone": "call me"})
    assert {error.field for error in refused.value.errors} == {"city", "address", "phone"}
    assert step(house, StepKind.PROFILE).state == StepState.PENDING


def step_id(tenant: Tenant, kind: str) -> int:
    found: OnboardingStep = OnboardingStep.objects.filter(kind=kind)[0]
    return found.pk


def test_each_side_does_its_own_and_no_more(house: Tenant) -> None:
    legal, contract = step(house, StepKind.LEGAL), step(house, StepKind.CONTRACT)
    with pytest.raises(NotFound):
        do(house, "partner_owner@p2", steps.submit_step, step_id=legal.pk, answers=LEGAL)
    with pytest.raises(Forbidden):
        do(house, "partner_seller@p1", steps.submit_step, step_id=legal.pk, answers=LEGAL)
    with pytest.raises(Conflict):
        do(house, "partner_owner@p1", steps.submit_step, step_id=contract.pk, text="x")
    submit(house, StepKind.LEGAL, answers=LEGAL)
    for who, service, given in (
        ("partner_owner@p1", steps.approve_step, {}),
        ("partner_owner@p1", steps.skip_step, {"text": "no"}),
        ("pam", steps.skip_step, {"text": "no"}),
        ("executive", steps.approve_step, {}),
    ):
        with pytest.raises(Forbidden):
            do(house, who, service, step_id=legal.pk, **given)


def test_what_was_done_can_turn_out_wrong(house: Tenant) -> None:
    submit(house, StepKind.LEGAL, answers=LEGAL)
    pk = step(house, StepKind.LEGAL).pk
    with pytest.raises(InputError):
        do(house, "pam", steps.return_step, step_id=pk, text="")
    do(house, "pam", steps.return_step, step_id=pk, text="The number is another one.")
    back = step(house, StepKind.LEGAL)
    assert (back.state, back.holder) == (StepState.ACTION_REQUIRED, "partner")
    submit(house, StepKind.LEGAL, answers=LEGAL | {"legal_id": "AE-78"})
    do(house, "pam", steps.approve_step, step_id=pk)
    do(house, "pam", steps.return_step, step_id=pk, text="The register says otherwise.")
    assert step(house, StepKind.LEGAL).state == StepState.ACTION_REQUIRED
    with pytest.raises(Conflict):
        do(house, "pam", steps.approve_step, step_id=pk)


def test_events_complete_steps_before_they_are_open(house: Tenant) -> None:
    partner = house.partners["p1"]
    with house.scope():
        for topic in ("bank.confirmed", "deals.submitted"):
            outbox.emit(topic, {"partner_id": partner.pk})
        tell_fact(kind="training", reference="course:1", partner="p1", occurred_at=timezone.now())
    deliver_events(house.system)
    for kind in (StepKind.BANK, StepKind.FIRST_DEAL, StepKind.TRAINING):
        assert step(house, kind).state == StepState.DONE


def test_an_approved_application_begins_once(alpha: Tenant) -> None:
    payload = {"partner_id": alpha.partners["p2"].pk, "application_id": 1}
    with alpha.scope():
        outbox.emit("partners.application_approved", payload)
        outbox.emit("partners.application_approved", payload)
    deliver_events(alpha.system)
    with alpha.scope():
        assert Onboarding.objects.get().partner.code == "p2"
    with pytest.raises(Conflict):
        do(alpha, "programme_manager", running.start_onboarding, code="p2")


def test_reminders_come_before_on_and_after_the_day(house: Tenant) -> None:
    """Each reminder plans the next one; ``days`` is how far the step is from the end of its last day."""
    pk = step(house, StepKind.PROFILE).pk
    planned = []
    for days in (2.5, 0.5, -0.5, -6.0):
        due = timezone.now() + timedelta(days=days)
        with house.scope():
            timer = Timer.objects.get(kind="onboarding.remind", object_id=pk)
            Timer.objects.exclude(pk=timer.pk).delete()
            timer.due_at, timer.payload = timezone.now() - timedelta(hours=1), {"due": due.isoformat()}
            timer.save()
            OnboardingStep.objects.filter(pk=pk).update(due_at=due)
            assert fire_due(house.system) == 1
            after = Timer.objects.get(kind="onboarding.remind", object_id=pk).due_at
        planned.append(round((after - due).total_seconds() / 86400, 1))
    assert planned == [-1.0, 0.0, 5.5, 11.0]
    deliver_events(house.system)
    with house.scope():
        rows = Notification.objects.filter(object_id=pk)
        counts = {kind: rows.filter(kind=f"onboarding.{kind}").count() for kind in ("reminder", "overdue")}
        assert counts == {"reminder": 2, "overdue": 2}
        managers = rows.filter(kind="onboarding.stuck").values_list("membership_id", flat=True)
        assert set(managers) == {house.actors["pam"].membership_id}


def test_a_reminder_of_an_older_date_does_nothing(house: Tenant) -> None:
    pk = step(house, StepKind.PROFILE).pk
    submit(house, StepKind.PROFILE, answers=PROFILE)
    with house.scope():
        Timer.objects.filter(object_id=pk).update(due_at=timezone.now())
        fire_due(house.system)
    deliver_events(house.system)
    with house.scope():
        assert not Notification.objects.filter(object_id=pk, kind="onboarding.reminder").exists()


def test_a_changed_template_leaves_running_checklists_alone(house: Tenant) -> None:
    with house.scope():
        plan = ChecklistStep.objects.get(kind=StepKind.PROFILE)
    given = {"checklist_id": plan.checklist_id, "step_id": plan.pk}
    do(house, "programme_manager", templates.save_step, **given, name="Another name")
    assert step(house, StepKind.PROFILE).name != "Another name"
    with pytest.raises(Forbidden):
        do(house, "pam", templates.save_step, **given, name="No")


def test_steps_of_a_template_never_wait_for_each_other(house: Tenant) -> None:
    with house.scope():
        legal = ChecklistStep.objects.get(kind=StepKind.LEGAL)
        contract = ChecklistStep.objects.get(kind=StepKind.CONTRACT)
    with pytest.raises(InputError) as refused:
        do(
            house,
            "programme_manager",
            templates.save_step,
            checklist_id=legal.checklist_id,
            step_id=legal.pk,
            after_id=contract.pk,
        )
    assert refused.value.code == "circle"


def test_progress_names_the_next_step_of_the_partner(house: Tenant) -> None:
    with house.scope():
        found = progress_of(list(OnboardingStep.objects.all()))
    assert (found.done, found.total) == (1, 11)
    assert found.next is not None
    assert found.next.kind == StepKind.PROFILE
