"""From a public application to a partner in onboarding, in Persian: the company without a login, then the operator's people."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import FilePayload, Page, expect

from partners.applications.offers import save_offers
from partners.models import Criterion, Partner
from partners.scouting.services import create_prospect, score_prospect
from tests.browser.test_sign_in import address, look, sign_in
from tests.browser.test_workflow import persian  # noqa: F401  (the fixture)
from tests.kit.world import Tenant
from tests.partners.applying import LEGAL_ID, deliver_all, newest

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def offer(tenant: Tenant) -> None:
    with tenant.scope():
        texts = {"money": {"fa": "تا ۲۰ درصد سود"}, "support": {"fa": "پشتیبانی فنی در چهار ساعت"}}
        save_offers(tenant.system, role="reseller", texts=texts)


def link_in(message: Any, part: str) -> str:
    """The path of the link in a mail."""
    found = re.search(rf"https?://[^/]+(/{part}/\S+)", str(message.body))
    assert found, message.body
    return found.group(1)


def write(page: Page) -> None:
    page.fill("[name=company_name]", "شرکت ارتباط نوین کویر")
    page.fill("[name=legal_id]", LEGAL_ID)
    expect(page.locator("[name=country]")).to_have_value("IR")
    page.fill("[name=phone]", "۰۲۱ ۸۸۵۵ ۱۲۰۱")
    page.fill("[name=contact_name]", "نرگس فلاح")
    page.fill("[name=contact_email]", "narges@kavir.ir")
    page.check("[name=roles][value=reseller]")
    page.check("[name=layers][value=cloud]")
    page.fill("[name=founded]", "۱۳۹۲")
    page.fill("[name=technicians]", "۴")


def test_a_company_applies_and_is_taken_on(page: Page, live_server: Any, persian: Tenant) -> None:  # noqa: F811
    cache.clear()  # the limits of earlier tests
    offer(persian)
    page.goto(address(live_server, persian, "/apply/"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("main")).to_contain_text("تا ۲۰ درصد سود")
    look(page)
    page.click("#form button.btn-primary")
    expect(page.locator("[name=company_name].is-invalid")).to_be_visible()
    look(page)
    write(page)
    page.check("[name=consent]")
    page.click("#form button.btn-primary")
    page.wait_for_url("**/apply/sent/")
    look(page)

    deliver_all(persian)
    page.goto(address(live_server, persian, link_in(mail.outbox[-1], "apply")))
    look(page)
    licence: FilePayload = {"name": "پروانه.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"}
    page.set_input_files("#file-file", licence)
    page.locator("#files form button").click()
    expect(page.locator("#files .files")).to_contain_text("پروانه.pdf")
    page.locator("button[name=then][value=send]").click()
    expect(page.locator("main")).to_contain_text("در حال بررسی")
    look(page)
    deliver_all(persian)
    application = newest(persian)
    assert (application.state, application.founded, application.city) == ("screening", 2013, "")

    sign_in(page, live_server, persian, "pam")
    page.goto(address(live_server, persian, "/applications/"))
    look(page)
    page.click(f"text={application.company_name}")
    look(page)
    with persian.scope():
        codes = list(Criterion.objects.values_list("code", flat=True))
    for code in codes:
        page.fill(f"[name=value-{code}]", "۷۵")
    page.locator("#scores button.btn-primary").click()
    expect(page.locator(".page-head-sub")).to_contain_text("امتیازدهی‌شده")
    page.locator("summary", has_text="تأیید").click()
    page.fill("#id_approve_code", "kavir")
    page.locator("#step-approve button").click()
    page.locator("#confirm button[value=ok]").click()
    expect(page.locator(".page-head-sub")).to_contain_text("تأییدشده")
    look(page)
    with persian.scope():
        partner = Partner.objects.get(code="kavir")
        assert (partner.state, partner.legal_id) == ("onboarding", LEGAL_ID)

    deliver_all(persian)
    page.context.clear_cookies()
    page.goto(address(live_server, persian, link_in(mail.outbox[-1], "invitation")))
    page.fill("input[name=password]", "ساربان و شتر در کویر")
    page.click("main form .btn-primary")
    page.wait_for_load_state()
    expect(page.locator(".sidebar")).to_be_visible()


def test_the_pages_of_scouting_and_setup(page: Page, live_server: Any, persian: Tenant) -> None:  # noqa: F811
    with persian.scope():
        for name, points in (("داده‌نگار ارس", 90), ("نت‌گستر ایلام", 20)):
            made = create_prospect(persian.system, fields={"company_name": name, "layer": "cloud"})
            codes = Criterion.objects.values_list("code", flat=True)
            score_prospect(persian.system, code=made.code, scores=dict.fromkeys(codes, points))
    sign_in(page, live_server, persian, "programme_manager")
    page.goto(address(live_server, persian, "/scouting/"))
    expect(page.locator(".chart .plot-container, .plotly .main-svg").first).to_be_visible()
    look(page)
    page.locator("main td a").first.click()
    page.wait_for_url("**/scouting/S-*/")
    look(page)
    paths = ("scouting/new/", "applications/offers/", "applications/criteria/", "applications/blocked/")
    for path in paths:
        page.goto(address(live_server, persian, f"/{path}"))
        look(page)
