"""Building a scheme as a programme manager would: cards, the written formula, the result, a draft that comes back."""

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from incentives.models import SchemeVersion
from tests.browser.test_sign_in import address, look, sign_in
from tests.kit.world import Tenant, make_tenant
from tests.portal.test_formulas import make_sales

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
ROLLING = '"Volume": band(sales, [0 -> sales * 10%, 1000 -> USD 100 + sales * 25%])'


@pytest.fixture
def north(transactional_db: Any) -> Tenant:
    tenant = make_tenant("north", languages=["en", "fa"])
    with tenant.scope():
        make_sales(tenant)
    return tenant


def in_english(page: Page, live_server: Any, tenant: Tenant) -> None:
    """As the language menu would: the choice holds for what scripts ask, too."""
    page.context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": address(live_server, tenant, "/")}]
    )


def fill_card(page: Page) -> None:
    page.locator(".scheme-add button").first.click()
    page.locator("#c0-label").fill("Volume")
    page.locator("#c0-source").select_option("sales")
    expect(page.locator(".scheme-card .input-group-text").first).to_have_text("%")
    page.locator("input[name=c0-mode][value=rolling]").check()
    page.locator("input[name=c0-step]").first.fill("10")
    page.get_by_role("button", name="Add a step").click()
    expect(page.locator("input[name=c0-from]")).to_have_count(2)
    page.locator("input[name=c0-from]").nth(1).fill("۱۰۰۰")
    page.locator("input[name=c0-step]").nth(1).fill("25")


def test_cards_write_the_formula_and_a_draft_comes_back(page: Page, live_server: Any, north: Tenant) -> None:
    in_english(page, live_server, north)
    sign_in(page, live_server, north, "programme_manager")
    page.goto(address(live_server, north, "/schemes/new/"))
    fill_card(page)
    formula = page.locator("#id_formula")
    expect(formula).to_have_value(ROLLING)
    expect(page.locator(".formula-state")).to_have_text("The formula is right.")
    kept = f"JSON.stringify(localStorage).includes({'1000 -> USD 100'!r}) && !document.querySelector('.htmx-request')"
    page.wait_for_function(kept)
    page.reload()
    page.locator("[data-draft-use]").click()
    expect(page.locator("#c0-label")).to_have_value("Volume")
    expect(formula).to_have_value(ROLLING)
    look(page)
    page.locator("#id_name_en").fill("Volume rebate")
    page.locator("#id_code").fill("volume")
    page.locator("#id_starts").fill("2013-01-01")
    page.get_by_role("button", name="Save the draft").click()
    page.wait_for_url("**/schemes/volume/")
    with north.scope():
        assert SchemeVersion.objects.get().formula == ROLLING
    look(page)


def test_an_error_is_underlined_and_reached_by_a_click(page: Page, live_server: Any, north: Tenant) -> None:
    in_english(page, live_server, north)
    sign_in(page, live_server, north, "programme_manager")
    page.goto(address(live_server, north, "/formulas/"))
    formula = page.locator("#id_formula")
    formula.fill('"🎯 goal": sales * 1%\nsalse * 2%')
    expect(page.locator(".f-wrong")).to_have_text("salse")
    page.locator(".formula-jump").click()
    chosen = "(box) => box.value.slice(box.selectionStart, box.selectionEnd)"
    assert formula.evaluate(chosen) == "salse"
    page.locator("#formula-names [data-insert=sales]").click()
    expect(formula).to_have_value('"🎯 goal": sales * 1%\nsales * 2%')
    expect(page.locator(".f-wrong")).to_have_count(0)
    page.locator("#try-who").fill("p1")
    page.locator("#try-when").select_option(index=0)
    page.locator("#try-when").dispatch_event("change")
    expect(page.locator(".formula-amount")).to_be_visible()
    look(page)
