"""A quiz in Persian with the keyboard alone; a broken network loses no answer."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from programs.models import QuizAttempt
from programs.training.attempts import begin_attempt
from tests.browser.test_sign_in import address, look, sign_in
from tests.kit.world import Tenant, make_tenant
from tests.programs.schooling import course, enrolled

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
SELLER = "partner_seller@p1"


@pytest.fixture
def persian(transactional_db: Any) -> Tenant:
    tenant = make_tenant("pars", languages=["en", "fa"], time_zone="Asia/Tehran")
    course(tenant)
    return tenant


def kept(tenant: Tenant) -> dict[str, list[int]]:
    with tenant.scope():
        answers: dict[str, list[int]] = QuizAttempt.objects.get().answers
        return answers


def test_a_quiz_with_the_keyboard(page: Page, live_server: Any, persian: Tenant) -> None:
    enrolment = enrolled(persian)
    sign_in(page, live_server, persian, "partner_seller.p1")
    page.goto(address(live_server, persian, "/training/"))
    look(page)
    page.goto(address(live_server, persian, f"/training/learn/{enrolment.pk}/"))
    look(page)
    with persian.scope(SELLER):
        begin_attempt(persian.actors[SELLER], enrolment_id=enrolment.pk)
    page.goto(address(live_server, persian, f"/training/learn/{enrolment.pk}/quiz/"))
    look(page)
    # Radio buttons are one stop of the tab key and moved by arrows; boxes are toggled with the space bar.
    page.locator("[data-question='1'] input[value='2']").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-question='1'] .quiz-kept")).not_to_be_empty()
    assert kept(persian) == {"1": [2]}
    page.route("**/quiz/answer/", lambda route: route.abort())
    for option in (1, 3):
        page.locator(f"[data-question='2'] input[value='{option}']").focus()
        page.keyboard.press("Space")
    expect(page.locator("[data-question='2'] .quiz-kept")).not_to_be_empty()
    assert kept(persian) == {"1": [2]}
    page.unroute("**/quiz/answer/")
    page.locator(".quiz-end .btn-primary").press("Enter")
    # The third one is open; nothing that was chosen is lost.
    expect(page.locator(".alert-danger")).to_be_visible()
    expect(page.locator("[data-question='2'] input:checked")).to_have_count(2)
    look(page)
    assert kept(persian) == {"1": [2], "2": [1, 3]}
    page.locator("[data-question='3'] input[value='1']").check()
    page.locator(".quiz-end .btn-primary").press("Enter")
    page.wait_for_url(re.compile("/result/1/"))
    expect(page.locator(".alert-success")).to_be_visible()
    look(page)


def test_the_builder_and_the_team(page: Page, live_server: Any, persian: Tenant) -> None:
    sign_in(page, live_server, persian, "programme_manager")
    for path in (
        "/training/courses/",
        "/training/courses/sdwan/build/",
        "/training/courses/sdwan/material/",
        "/training/courses/sdwan/questions/2/",
        "/training/certificates/",
        "/training/people/",
    ):
        page.goto(address(live_server, persian, path))
        look(page)
    page.context.clear_cookies()
    sign_in(page, live_server, persian, "partner_owner.p1")
    page.goto(address(live_server, persian, "/training/team/"))
    look(page)
