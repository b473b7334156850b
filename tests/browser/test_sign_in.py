"""Signing in and turning on the second factor, in Persian, as a person would."""

import re
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Page, expect

from tests.kit.browser import overflow, problems
from tests.kit.world import PASSWORD, Tenant, make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def persian(transactional_db: Any) -> Tenant:
    return make_tenant(
        "pars", languages=["fa", "en"], calendar="jalali", currency="IRR", time_zone="Asia/Tehran"
    )


def address(live_server: Any, tenant: Tenant, path: str) -> str:
    return f"http://{tenant.host}:{live_server.url.rsplit(':', 1)[1]}{path}"


def sign_in(page: Page, live_server: Any, tenant: Tenant, who: str) -> None:
    page.goto(address(live_server, tenant, "/accounts/login/"))
    page.fill("input[name=login]", f"{who}@{tenant.operator.slug}.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form .btn-primary")
    page.wait_for_load_state()


def code_now(secret: str) -> str:
    """The code that an authenticator app would show."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def look(page: Page) -> None:
    """No serious finding of axe, and no page wider than a phone."""
    assert problems(page) == [], page.url
    page.set_viewport_size({"width": 360, "height": 800})
    assert overflow(page) <= 0, page.url
    assert problems(page) == [], page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_second_factor_in_persian(page: Page, live_server: Any, persian: Tenant) -> None:
    page.goto(address(live_server, persian, "/accounts/login/"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    look(page)
    sign_in(page, live_server, persian, "pam")
    expect(page.locator(".sidebar")).to_be_visible()
    look(page)
    for path in ("/accounts/profile/", "/accounts/security/", "/accounts/2fa/", "/accounts/sessions/"):
        page.goto(address(live_server, persian, path))
        look(page)
    page.goto(address(live_server, persian, "/accounts/2fa/totp/activate/"))
    # Changing how one signs in asks for the password again.
    look(page)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile("totp/activate"))
    secret = page.input_value("#authenticator_secret")
    assert page.locator("img.qr").evaluate("image => image.complete && image.naturalWidth > 0")
    look(page)
    page.fill("input[name=code]", code_now(secret))
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile("recovery-codes"))
    look(page)
    page.context.clear_cookies()
    sign_in(page, live_server, persian, "pam")
    assert "/accounts/2fa/authenticate/" in page.url
    look(page)


def test_the_people_pages(page: Page, live_server: Any, persian: Tenant) -> None:
    sign_in(page, live_server, persian, "programme_manager")
    for path in (
        "/",
        "/people/",
        "/people/invitations/",
        "/people/invite/",
        "/tokens/",
        "/tokens/new/",
        "/nothing/",
    ):
        page.goto(address(live_server, persian, path))
        look(page)
    page.goto(address(live_server, persian, "/people/"))
    page.fill("input[type=search]", "seller.p1")
    expect(page.locator("#list-body tbody tr")).to_have_count(1)
    assert "search=seller.p1" in page.url


def test_a_draft_survives_and_an_error_loses_nothing(page: Page, live_server: Any, persian: Tenant) -> None:
    sign_in(page, live_server, persian, "programme_manager")
    page.goto(address(live_server, persian, "/people/invite/"))
    page.fill("input[name=email]", "half@pars.example")
    page.goto(address(live_server, persian, "/people/"))
    page.goto(address(live_server, persian, "/people/invite/"))
    page.click("[data-draft-use]")
    expect(page.locator("input[name=email]")).to_have_value("half@pars.example")
    page.fill("input[name=email]", "half")
    page.click("main form .form-actions .btn-primary")
    expect(page.locator("input[name=email]")).to_have_value("half")
    expect(page.locator("input[name=email]")).to_be_focused()
    look(page)


def test_the_theme_is_kept(page: Page, live_server: Any, persian: Tenant) -> None:
    sign_in(page, live_server, persian, "executive")
    page.click("[data-theme-toggle]")
    page.click("[data-theme-toggle]")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    look(page)


def test_taking_away_access_asks_first_and_says_so(page: Page, live_server: Any, persian: Tenant) -> None:
    sign_in(page, live_server, persian, "partner_owner.p1")
    seller = persian.actors["partner_seller@p1"].membership_id
    page.goto(address(live_server, persian, f"/people/{seller}/"))
    page.click("form[data-confirm] .btn-danger")
    expect(page.locator("dialog#confirm")).to_be_visible()
    look(page)
    page.click("dialog#confirm [value=cancel]")
    expect(page.locator("dialog#confirm")).to_be_hidden()
    page.click("form[data-confirm] .btn-danger")
    page.click("dialog#confirm [value=ok]")
    page.wait_for_url(re.compile("/people/$"))
    expect(page.locator("#toasts .notice")).to_have_count(1)
    expect(page.locator("#list-body .state-bad")).to_have_count(1)
    look(page)


def test_the_language_changes_and_the_page_stays(page: Page, live_server: Any, persian: Tenant) -> None:
    sign_in(page, live_server, persian, "programme_manager")
    page.goto(address(live_server, persian, "/people/?search=pam"))
    page.click(".topbar [data-bs-toggle=dropdown]:has(.ti-language)")
    page.click("button[name=language][value=en]")
    page.wait_for_url(re.compile("search=pam"))
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    expect(page.locator("h1")).to_have_text("People")
