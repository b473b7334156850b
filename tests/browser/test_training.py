"""A quiz in Persian with the keyboard alone; a broken network loses no answer."""

from typing import Any

import pytest
from playwright.sync_api import Page

from programs.models import QuizAttempt
from tests.browser.test_sign_in import address, look, sign_in
from tests.kit.world import Tenant, make_tenant
from tests.programs.schooling import course

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
