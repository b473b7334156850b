"""The bell, a conversation and the settings, in Persian, as people would use them."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tenancy.outbox import deliver
from tests.browser.test_sign_in import address, look, sign_in
from tests.kit.world import Tenant, make_tenant
from workflow.notices import members, notify
from workflow.settings import value_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def persian(transactional_db: Any, settings: Any, tmp_path: Path) -> Tenant:
    settings.MEDIA_ROOT = tmp_path
    return make_tenant(
        "pars", languages=["fa", "en"], calendar="jalali", currency="IRR", time_zone="Asia/Tehran"
    )


def tell(tenant: Tenant, who: str, key: str) -> None:
    from portal.workflow.talk import COMMENTED

    with tenant.scope():
        to = members([tenant.actors[who].membership_id])
        notify(COMMENTED, tenant.partners["p1"], to=to, path="/company/", key=key, author="Ali", title="p1")
        deliver(tenant.system)


def test_the_bell_moves_by_itself_and_leads_to_the_object(
    page: Page, live_server: Any, persian: Tenant
) -> None:
    sign_in(page, live_server, persian, "partner_owner.p1")
    bell = page.locator(".bell > a")
    expect(bell).to_have_attribute("aria-label", "اعلان‌ها")
    expect(page.locator(".bell-number")).to_have_count(0)
    tell(persian, "partner_owner@p1", "1")
    # A page that is looked at again asks at once; otherwise it would take half a minute.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".bell-number")).to_have_text("۱")
    expect(page.locator(".bell [role=status]")).to_contain_text("۱ اعلان خوانده‌نشده")
    look(page)
    bell.click()
    line = page.locator("#bell-list .choice")
    expect(line).to_contain_text("پیامی نوشت")
    look(page)
    line.click()
    page.wait_for_url(re.compile("/company/|/partners/p1/"))
    expect(page.locator(".bell-number")).to_have_count(0)
    page.goto(address(live_server, persian, "/notifications/"))
    look(page)
    page.goto(address(live_server, persian, "/notifications/preferences/"))
    look(page)


def test_a_note_and_a_file_in_a_conversation(
    page: Page, live_server: Any, persian: Tenant, tmp_path: Path
) -> None:
    sign_in(page, live_server, persian, "programme_manager")
    page.goto(address(live_server, persian, "/partners/p1/conversation/"))
    look(page)
    page.fill("#talk-text", "یادداشتی برای خودمان")
    page.locator("input[name=audience][value=note]").check()
    page.locator("#conversation .btn-primary").click()
    expect(page.locator(".talk-item.is-internal")).to_contain_text("یادداشتی برای خودمان")
    licence = tmp_path / "پروانه.pdf"
    licence.write_bytes(b"%PDF-1.4 x")
    page.set_input_files("#file-file", licence)
    page.locator("#files form .btn").click()
    expect(page.locator(".files a")).to_have_text("پروانه.pdf")
    look(page)
    with page.expect_download() as fetched:
        page.locator(".files a").click()
    assert Path(fetched.value.path()).read_bytes() == b"%PDF-1.4 x"
    assert fetched.value.suggested_filename == "پروانه.pdf"


def test_a_setting_is_changed_in_persian_digits(page: Page, live_server: Any, persian: Tenant) -> None:
    sign_in(page, live_server, persian, "programme_manager")
    page.goto(address(live_server, persian, "/settings/"))
    look(page)
    field = page.locator("input[name='notices.mails_a_day']")
    field.fill("۳۰")
    field.press("Enter")
    expect(page.locator("#notices-mails_a_day [name=reset]")).to_be_visible()
    with persian.scope():
        assert value_of("notices.mails_a_day") == 30
    look(page)
    page.goto(address(live_server, persian, "/settings/holidays/"))
    page.fill("#id_days", "1405/01/01 نوروز")
    page.locator("form:has(#id_days) .btn").click()
    expect(page.locator(".choices .row-title")).to_have_text("نوروز")
    look(page)
