"""A deal's whole way in Persian: the partner registers, the PAM approves on the board, it is won, the sale arrives, it pays."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from common.calendars import get_calendar
from deals.models import Deal
from incentives.services import SchemeData, VersionData, create_scheme, publish_version
from performance.services import create_kpi
from tests.browser.test_sign_in import address, look, persian, sign_in  # noqa: F401  (the fixture)
from tests.deals.kit import market
from tests.deals.test_winning import feed, settle
from tests.kit.world import Tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
OWNER = "partner_owner.p1"


def jalali(days: int) -> str:
    """A day from today as a Persian types it."""
    year, month, day = get_calendar("jalali").from_date(timezone.localdate() + timedelta(days=days))
    return f"{year}/{month:02}/{day:02}"


def schemes(tenant: Tenant) -> None:
    starts = timezone.localdate() - timedelta(days=100)
    with tenant.scope():
        market()
        create_kpi(tenant.system, code="sales", name="Sales", measure="sum_amount")
        for code, name, kind, formula, eligibility in (
            ("volume", "پاداش حجم فروش", "rebate", "volume: sales * 10%", {}),
            ("fee", "حق معرفی", "referral", "amount * 5%", {"kinds": ["referral_won"]}),
        ):
            draft = create_scheme(
                tenant.system,
                scheme=SchemeData(code=code, name=name, kind=kind),
                version=VersionData(formula=formula, starts=starts, eligibility=eligibility),
            )
            publish_version(tenant.system, version_id=draft.pk)
    settle(tenant)


def sign_in_anew(page: Page, live_server: Any, tenant: Tenant, who: str) -> None:
    page.context.clear_cookies()
    sign_in(page, live_server, tenant, who)


def move(page: Page, live_server: Any, tenant: Tenant, verb: str) -> None:
    """Choose a move from the card's menu on the board, with the keyboard."""
    page.goto(address(live_server, tenant, "/pipeline/"))
    page.locator(".board-card button").focus()
    page.keyboard.press("Enter")
    page.locator(f".board-card a[href*='#step-{verb}']").click()
    expect(page.locator(f"#step-{verb}")).to_be_visible()


def test_from_registration_to_rebate_and_referral_fee(page: Page, live_server: Any, persian: Tenant) -> None:  # noqa: F811
    schemes(persian)
    sign_in(page, live_server, persian, OWNER)
    page.goto(address(live_server, persian, "/deals/new/"))
    page.fill("[name=customer_name]", "شرکت داده‌پردازی البرز")
    page.fill("[name=legal_id]", "AB-1")
    page.fill("[name=country]", "AE")
    page.locator("[name=line-product]").first.select_option("fiber")
    page.locator("[name=line-quantity]").first.fill("۱۰")
    page.locator("[name=line-amount]").first.fill("۱۰۰۰۰۰۰")
    page.fill("[name=expected_close]", jalali(40))
    page.select_option("[name=engagement_model]", "referral")
    expect(page.locator("#deal-ref")).not_to_have_value("")  # the draft is kept
    page.locator("button[name=then][value=submit]").click()
    page.wait_for_url("**/deals/D-*/")
    with persian.scope():
        deal: Deal = Deal.objects.get()
    assert deal.state == "submitted"

    sign_in_anew(page, live_server, persian, "pam")
    page.goto(address(live_server, persian, "/pipeline/"))
    expect(page.locator(".board-card")).to_have_count(1)
    look(page)
    move(page, live_server, persian, "approve")
    page.locator("#step-approve button").click()
    page.wait_for_load_state()

    sign_in_anew(page, live_server, persian, OWNER)
    move(page, live_server, persian, "win")
    page.locator("#step-win [name=amount]").fill("۹۰۰۰۰۰")
    page.locator("#step-win [name=won_on]").fill(jalali(0))
    page.locator("#step-win button").click()
    page.wait_for_load_state()
    settle(persian)
    feed(persian, "S-1", amount="800000", currency="IRR", attributes={"deal": deal.ref})
    settle(persian)

    page.goto(address(live_server, persian, f"/pipeline/won/{deal.ref}/"))
    expect(page.locator("main")).to_contain_text("S-1")
    look(page)
    page.goto(address(live_server, persian, "/rewards/"))
    rewards = page.locator("main")
    expect(rewards).to_contain_text("پاداش حجم فروش")
    expect(rewards).to_contain_text("۸۰٬۰۰۰")  # 10 % of the sale, which counts once
    expect(rewards).to_contain_text("حق معرفی")
    expect(rewards).to_contain_text("۴۵٬۰۰۰")  # 5 % of the won amount
    page.goto(address(live_server, persian, "/pipeline/figures/"))
    expect(page.locator(".stats")).to_contain_text("۱۰۰")  # of one decided deal, one was won
    look(page)
