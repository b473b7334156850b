"""A quiz in Persian with the keyboard alone; a broken network loses no answer."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from programs.models import QuizAttempt
from tests.browser.test_sign_in import address, look, sign_in
from tests.kit.browser import Unplug
from tests.kit.world import Tenant, make_tenant
from tests.programs.schooling import course, enrolled

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def persian(transactional_db: Any) -> Tenant:
    tenant = make_tenant("pars", languages=["en", "fa"], time_zone="Asia/Tehran")
    course(tenant)
    return tenant


def kept(tenant: Tenant) -> dict[str, list[int]]:
    with tenant.scope():
        answers: dict[str, list[int]] = QuizAttempt.objects.get().answers
        return answers


def wait_until_kept(page: Page, tenant: Tenant, answers: dict[str, list[int]]) -> None:
    """Every arrow on the way to an answer is one, and is kept; the last one counts."""
    for _look in range(50):
        if kept(tenant) == answers:
            return
        page.wait_for_timeout(100)
    assert kept(tenant) == answers


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what ``selector`` names has the focus, as somebody without a mouse does."""
    for _press in range(80):
        if page.evaluate("one => document.activeElement?.matches(one) ?? false", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"The tab key does not come to {selector}.")


def question(number: int) -> str:
    return f"[data-question='{number}']"


def choose(page: Page, number: int, value: int) -> None:
    """Radio buttons are one stop of the tab key: the space bar takes the first, arrows go on from there."""
    tab_to(page, f"{question(number)} input")
    page.keyboard.press("Space")
    for _press in range(4):
        if page.locator(f"{question(number)} input[value='{value}']").is_checked():
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"Arrows do not come to answer {value}.")


def tick(page: Page, number: int, value: int) -> None:
    """Boxes are stops of their own."""
    tab_to(page, f"{question(number)} input[value='{value}']")
    page.keyboard.press("Space")


def from_the_top(page: Page) -> None:
    """Tab begins again at the first thing of the page."""
    page.evaluate("document.activeElement?.blur(); getSelection().setPosition(document.body, 0)")


def enter(page: Page, selector: str) -> None:
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_quiz_with_the_keyboard(page: Page, live_server: Any, persian: Tenant, unplug: Unplug) -> None:
    enrolment = enrolled(persian)
    sign_in(page, live_server, persian, "partner_seller.p1")
    page.goto(address(live_server, persian, "/training/"))
    look(page)
    enter(page, f"a.choice[href='/training/learn/{enrolment.pk}/']")
    look(page)
    from_the_top(page)
    enter(page, "form[action$='/quiz/start/'] button")
    expect(page.locator("[data-quiz]")).to_be_visible()
    look(page)

    from_the_top(page)
    choose(page, 1, 2)
    expect(page.locator(f"{question(1)} .quiz-kept")).to_have_text("نگه داشته شد")
    wait_until_kept(page, persian, {"1": [2]})
    with unplug("/quiz/answer/"):
        from_the_top(page)
        for value in (1, 3):
            tick(page, 2, value)
            from_the_top(page)
        expect(page.locator(f"{question(2)} .quiz-kept")).not_to_be_empty()
        assert kept(persian) == {"1": [2]}
    enter(page, ".quiz-end .btn-primary")

    # The third one is open; nothing that was chosen is lost, and the focus is where something is to be done.
    expect(page.locator(".alert-danger")).to_be_visible()
    expect(page.locator(f"{question(2)} input:checked")).to_have_count(2)
    expect(page.locator(".quiz-question.is-open")).to_have_count(1)
    look(page)
    assert kept(persian) == {"1": [2], "2": [1, 3], "3": []}
    from_the_top(page)
    choose(page, 3, 1)
    enter(page, ".quiz-end .btn-primary")
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
