"""A lead's way in Persian: entered by the operator, offered without saying who it is, accepted, contacted, qualified."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Product
from marketing.leads.offers import decline_lead
from marketing.models import Lead
from tests.browser.test_deal_to_reward import sign_in_anew
from tests.browser.test_sign_in import address, look, persian, sign_in  # noqa: F401  (the fixture)
from tests.kit.world import Tenant
from tests.marketing.kit import BOSS, again, capture, holder, market

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PERSON, COMPANY, PHONE = "سارا کریمی", "بازرگانی دروازه زرین", "09121234567"
HIDDEN = (PERSON, COMPANY, "9121234567", "sara@", "فردا زنگ بزنید")


def enter(page: Page, live_server: Any, tenant: Tenant) -> str:
    """The operator's manager types a lead in; answers its number."""
    page.goto(address(live_server, tenant, "/leads/new/"))
    page.fill("[name=person]", PERSON)
    page.fill("[name=text]", "فردا زنگ بزنید")
    page.locator("main form .btn-primary").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()  # nobody could reach her
    expect(page.locator("[name=text]")).to_have_value("فردا زنگ بزنید")
    look(page)
    page.fill("[name=company]", COMPANY)
    page.fill("[name=phone]", PHONE.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")))
    page.fill("[name=email]", "sara@zarrin.example")
    page.fill("[name=country]", "IR")
    page.select_option("[name=product]", "fiber")
    page.select_option("[name=timing]", "now")
    page.fill("[name=territory]", "north")
    page.locator("main form .btn-primary").click()
    page.wait_for_url("**/leads/L-*/")
    return page.url.rstrip("/").rsplit("/", 1)[1]


def take(page: Page, verb: str, **typed: str) -> None:
    """Open one of the steps, fill it in, do it."""
    step = page.locator(f"details:has(#step-{verb})")
    step.locator("summary").click()
    for name, text in typed.items():
        step.locator(f"[name={name}]").fill(text)
    step.locator("button").click()
    page.wait_for_load_state()


def test_from_entry_to_qualification(page: Page, live_server: Any, persian: Tenant) -> None:  # noqa: F811
    with persian.scope():
        market()
        Product.objects.filter(code="fiber").update(names={"fa": "فیبر نوری"})
    sign_in(page, live_server, persian, BOSS)
    ref = enter(page, live_server, persian)
    expect(page.locator("#who")).to_contain_text(COMPANY)
    expect(page.locator("#routing")).to_contain_text("بیشترین وزن")
    expect(page.locator("#score tbody tr")).to_have_count(5)
    look(page)

    with persian.scope():
        row = Lead.objects.get(ref=ref)
    who = holder(persian, row).replace("@", ".")
    sign_in_anew(page, live_server, persian, who)
    expect(page.locator("main")).to_contain_text(ref)  # on the start page
    for path in ("/", "/leads/", f"/leads/{ref}/"):
        page.goto(address(live_server, persian, path))
        assert not [word for word in HIDDEN if word in page.content()], path
        look(page)
    expect(page.locator("#wish")).to_contain_text("فیبر نوری")
    expect(page.locator("#who")).to_have_count(0)

    page.locator("#steps .lead-main button").click()
    expect(page.locator("#who")).to_contain_text(PERSON)
    expect(page.locator("#who")).to_contain_text("فردا زنگ بزنید")
    look(page)
    take(page, "contacted", text="با خانم کریمی صحبت شد")
    take(page, "qualify")
    expect(page.locator("#history")).to_contain_text("با خانم کریمی صحبت شد")
    assert again(persian, row).state == "qualified"
    page.goto(address(live_server, persian, "/leads/availability/"))
    look(page)


def test_the_queue_and_placing_by_hand(page: Page, live_server: Any, persian: Tenant) -> None:  # noqa: F811
    with persian.scope():
        market()
    row = capture(persian).lead
    for _time in range(2):
        who = holder(persian, row)
        with persian.scope(who):
            decline_lead(persian.actors[who], ref=row.ref, reason="no_capacity")
    sign_in(page, live_server, persian, "pam")
    for path in ("/", "/leads/queue/"):
        page.goto(address(live_server, persian, path))
        expect(page.locator("main")).to_contain_text(row.ref)
        look(page)
    page.locator("#list-body a", has_text=row.ref).click()
    take(page, "offer", partner="p1")
    refusal = page.locator("#step-offer .invalid-feedback")
    expect(refusal).to_be_visible()  # it declined the lead
    look(page)
    take_open = page.locator("#step-disqualify")
    page.locator("details:has(#step-disqualify) summary").click()
    take_open.locator("[name=reason]").select_option("no_need")
    take_open.locator("button").click()
    page.wait_for_load_state()
    assert again(persian, row).state == "disqualified"
