"""From the PDF's line to the transaction, in Persian: list, statement, line, explanation, transactions."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from incentives.models import Statement
from tests.browser.test_sign_in import address, look, sign_in
from tests.kit.pdf import Document
from tests.kit.statements import full_statement
from tests.kit.world import Tenant, make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def north(transactional_db: Any) -> Tenant:
    return make_tenant("north", languages=["fa", "en"], calendar="jalali")


@pytest.fixture
def statement(north: Tenant) -> Statement:
    return full_statement(north)


def test_a_partner_sees_why_in_persian(
    page: Page, live_server: Any, north: Tenant, statement: Statement
) -> None:
    here = address(live_server, north, "/")
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "fa", "url": here}])
    sign_in(page, live_server, north, "partner_owner.p1")
    page.goto(address(live_server, north, "/statements/"))
    look(page)
    page.locator(f"a[href='/statements/{statement.number}/']").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    look(page)

    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    content = download.value.path().read_bytes()
    document = Document(content)
    first = document.tables()[-1][1]
    assert "۲۴۰٫۶۰" in first[-1]
    path = f"/statements/{statement.number}/lines/1/"
    expect(page.locator(f"a.amount-link[href='{path}']")).to_contain_text("۲۴۰٫۶۰")
    # From here on only what the PDF itself says: the link of its line.
    links = [link.decode() for link in re.findall(rb"/URI\(([^)]*)\)", content)]
    (said,) = {urlsplit(link).path for link in links if link.endswith("/lines/1/")}
    assert {urlsplit(link).hostname for link in links} == {north.host}
    page.goto(address(live_server, north, said))
    expect(page.locator("html")).to_have_attribute("lang", "fa")
    expect(page.locator(".why-proof .state-good")).to_have_text("محاسبهٔ دوباره از عددهای ثبت‌شدهٔ تسویه: برابر")
    expect(page.locator(".why-steps").first).to_contain_text("۱۲٬۰۳۰٫۰۰")
    look(page)
    page.locator(".why-inputs a.amount-link").first.click()
    rows = page.locator("#transactions tbody tr")
    expect(rows).to_have_count(25)
    expect(rows.first).to_contain_text("۲۰۰٫۵۰")
    expect(page.locator("#transactions .state-good")).to_be_visible()
    page.locator("#transactions a[rel=next]").click()
    expect(page.locator("#transactions tbody tr")).to_have_count(25)
