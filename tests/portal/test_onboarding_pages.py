"""Onboarding in the portal: the partner follows its checklist, the operator decides, the manager builds templates."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.models import Checklist, ChecklistStep, OnboardingStep
from partners.onboarding.running import start_onboarding
from performance.tasks import deliver_events
from tests.kit.world import Tenant

LEGAL = {"legal_name": "P One LLC", "legal_id": "AE-77", "tax_number": "T-1", "signatory": "Ada"}


@pytest.fixture
def house(alpha: Tenant) -> Tenant:
    with alpha.scope("programme_manager"):
        start_onboarding(alpha.actors["programme_manager"], code="p1")
    deliver_events(alpha.system)
    return alpha


def step_of(tenant: Tenant, kind: str) -> OnboardingStep:
    with tenant.scope():
        found: OnboardingStep = OnboardingStep.objects.get(kind=kind)
        return found


def test_a_step_is_handed_in_sent_back_and_approved_with_a_file(house: Tenant) -> None:
    owner, pam = house.client("partner_owner@p1"), house.client("pam")
    assert "Legal and tax identity" in owner.get("/onboarding/").content.decode()
    page = f"/onboarding/steps/{step_of(house, 'legal').pk}/"
    refused = owner.post(f"{page}submit/", {"legal_name": "Kept name"})
    assert refused.status_code == 422
    assert "Kept name" in refused.content.decode()
    file = SimpleUploadedFile("register.pdf", b"%PDF-1.7 extract")
    assert owner.post(f"{page}submit/", LEGAL | {"file": file}).status_code == 302
    seen = pam.get(page).content.decode()
    assert "register.pdf" in seen
    assert "AE-77" in seen
    assert pam.post(f"{page}return/", {"text": ""}).status_code == 422
    assert pam.post(f"{page}return/", {"text": "Sign it."}).status_code == 302
    assert "Sign it." in owner.get(page).content.decode()
    assert owner.post(f"{page}submit/", LEGAL).status_code == 302
    assert pam.post(f"{page}approve/", {}).status_code == 302
    assert step_of(house, "legal").state == "done"


def test_the_distributor_reads_and_strangers_see_nothing(house: Tenant) -> None:
    page = f"/onboarding/steps/{step_of(house, 'legal').pk}/"
    assert house.client("partner_owner@p2").get(page).status_code == 404
    assert house.client("partner_seller@p1").get(page).status_code == 403
    with house.scope("programme_manager"):
        start_onboarding(house.actors["programme_manager"], code="p1sub")
    above = house.client("partner_owner@p1")
    assert above.get("/onboarding/partners/p1sub/").status_code == 200
    with house.scope():
        below = OnboardingStep.objects.get(kind="legal", partner__code="p1sub")
    answer = above.get(f"/onboarding/steps/{below.pk}/")
    assert "Send for approval" not in answer.content.decode()
    assert above.post(f"/onboarding/steps/{below.pk}/submit/", LEGAL).status_code == 403


def test_the_overview_and_the_stuck_list(house: Tenant) -> None:
    with house.scope():
        OnboardingStep.objects.filter(kind="profile").update(due_at=timezone.now())
    for who in ("pam", "programme_manager"):
        client = house.client(who)
        assert "Partner p1" in client.get("/onboarding/").content.decode()
        stuck = client.get("/onboarding/stuck/").content.decode()
        assert "Tell us about your company" in stuck
        assert "Tell us about your company" not in client.get("/onboarding/stuck/?waiting=1").content.decode()


def test_the_overview_asks_as_often_for_three_as_for_one(house: Tenant) -> None:
    def queries() -> int:
        client = house.client("programme_manager")
        client.get("/onboarding/")
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/onboarding/").status_code == 200
        return len(caught)

    one = queries()
    for code in ("p2", "p1sub"):
        with house.scope("programme_manager"):
            start_onboarding(house.actors["programme_manager"], code=code)
    assert queries() == one


def test_a_template_is_built_with_forms(house: Tenant) -> None:
    client = house.client("programme_manager")
    made = client.post("/onboarding/checklists/new/", {"name": "ISVs", "roles": ["isv"], "active": "on"})
    assert made.status_code == 302
    with house.scope():
        checklist = Checklist.objects.get(name="ISVs")
    plan = {
        "kind": "document",
        "name": "Insurance",
        "side": "partner",
        "approver": "pam",
        "due_days": "7",
        "amount": "1",
        "mandatory": "on",
    }
    address = f"/onboarding/checklists/{checklist.pk}/steps/new/"
    assert client.post(address, plan).status_code == 422  # which document?
    assert client.post(address, plan | {"document_kind": "insurance", "name_fa": "بیمه"}).status_code == 302
    with house.scope():
        first = ChecklistStep.objects.get(checklist=checklist)
    assert (first.due_days, first.names) == (7, {"fa": "بیمه"})
    free = plan | {"kind": "free", "name": "Visit", "after": str(first.pk)}
    assert client.post(address, free).status_code == 302
    with house.scope():
        second = ChecklistStep.objects.get(name="Visit")
    assert client.post(f"/onboarding/checklists/steps/{second.pk}/up/").status_code == 302
    assert client.post(f"/onboarding/checklists/steps/{first.pk}/remove/").status_code == 302
    with house.scope():
        left = ChecklistStep.objects.get(checklist=checklist)
    assert (left.name, left.after) == ("Visit", None)


def test_a_partner_added_by_hand_gets_a_checklist_by_a_button(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    assert "Start onboarding" in client.get("/onboarding/partners/p2/").content.decode()
    assert client.post("/onboarding/partners/p2/start/").status_code == 302
    page = client.get("/onboarding/partners/p2/").content.decode()
    assert "Start onboarding" not in page
    assert client.post("/onboarding/partners/p2/stop/", {"text": "changed their mind"}).status_code == 302
    assert "Start onboarding" in client.get("/onboarding/partners/p2/").content.decode()
