"""Forms that show what is asked for, and rows of forms on a phone, in Persian."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from programs.models import Tier
from tests.browser.test_sign_in import address, look, sign_in
from tests.kit.browser import overflow
from tests.kit.world import Tenant, make_tenant
from tests.programs.kit import monthly, programme

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
FIELDS = ("kpi", "window", "months", "certification", "source", "threshold", "values")


@pytest.fixture
def persian(transactional_db: Any) -> Tenant:
    tenant = make_tenant(
        "pars", languages=["fa", "en"], calendar="jalali", currency="IRR", time_zone="Asia/Tehran"
    )
    with tenant.scope():
        programme(tenant)
        monthly()
    return tenant


def shown(page: Page) -> set[str]:
    return {name for name in FIELDS if page.locator(f"#div_id_{name}").is_visible()}


def test_a_requirement_asks_only_what_its_kind_needs(page: Page, live_server: Any, persian: Tenant) -> None:
    with persian.scope():
        gold = Tier.objects.get(code="gold").pk
    sign_in(page, live_server, persian, "programme_manager")
    page.goto(address(live_server, persian, f"/tiers/levels/{gold}/ask/"))
    expected = {
        "all": set(),
        "any": set(),
        "kpi": {"kpi", "window", "months", "threshold", "values"},
        "growth": {"kpi", "window", "months", "threshold", "values"},
        "certificates": {"certification", "threshold", "values"},
        "source": {"source", "threshold", "values"},
    }
    for kind, fields in expected.items():
        page.select_option("#id_asks", kind)
        assert shown(page) == fields, kind
    page.select_option("#id_asks", "kpi")
    page.select_option("#id_window", "fiscal_year")
    assert "months" not in shown(page)
    look(page)
    page.goto(address(live_server, persian, f"/tiers/levels/{gold}/give/"))
    page.select_option("#id_kind", "protection_days")
    expect(page.locator("#div_id_value")).to_be_visible()
    page.select_option("#id_kind", "dedicated_pam")
    expect(page.locator("#div_id_value")).to_be_hidden()
    look(page)


def test_rows_of_a_template_fit_a_phone(page: Page, live_server: Any, persian: Tenant) -> None:
    sign_in(page, live_server, persian, "programme_manager")
    page.goto(address(live_server, persian, "/plans/templates/new/"))
    look(page)
    page.set_viewport_size({"width": 360, "height": 800})
    assert overflow(page) <= 0
    sideways = page.locator(".table-responsive").evaluate_all(
        "all => all.map(one => one.scrollWidth - one.clientWidth)"
    )
    assert max(sideways) <= 1
    expect(page.locator("label[for=id_o0_weight]")).to_be_visible()
