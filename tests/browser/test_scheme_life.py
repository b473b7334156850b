"""A scheme's life in Persian: draft, simulation, a second person, publishing, the partner's confirmation, what-if."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from incentives.accrual import evaluate_periods
from incentives.accrual.affected import Change
from incentives.models import Accrual, Acknowledgement, Simulation
from incentives.selectors import current_period
from incentives.simulation.running import run_simulation
from performance.models import Kpi, Measurement
from performance.tasks import deliver_events
from tests.browser.test_sign_in import address, look, sign_in
from tests.incentives.test_approval import want_four_eyes
from tests.kit.world import Tenant, make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
FORMULA = '"حجم": sales * band(sales, [0 -> 1%, 10000 -> 2%])'


@pytest.fixture
def pars(transactional_db: Any) -> Tenant:
    """An operator in Persian that wants four eyes; p1 sold in this quarter and the one before."""
    tenant = make_tenant(
        "pars", languages=["fa", "en"], calendar="jalali", currency="IRR", time_zone="Asia/Tehran"
    )
    with tenant.scope():
        want_four_eyes(tenant)
        kpi = Kpi.objects.create(code="sales", name="فروش", measure="sum_amount", period="quarter")
        running = current_period(tenant.system, "quarter")
        for period, value in ((running, 9000), (running.previous(), 20000)):
            Measurement.objects.create(
                kpi=kpi, period=period.code, partner=tenant.partners["p1"], value=value, lines=1
            )
    return tenant


def become(page: Page, live_server: Any, tenant: Tenant, who: str) -> None:
    page.context.clear_cookies()
    sign_in(page, live_server, tenant, who)
    # A home fetches its charts; leaving before they are there would be noted as an error.
    page.wait_for_load_state("networkidle")


def draft(page: Page, live_server: Any, tenant: Tenant) -> None:
    """Written as a formula, and tried before it is saved."""
    page.goto(address(live_server, tenant, "/schemes/new/"))
    page.locator("#id_name_fa").fill("بازگشت وجه حجمی")
    page.locator("#id_code").fill("volume")
    page.locator("input[name=mode][value=expert]").check()
    page.locator("#id_formula").fill(FORMULA)
    with tenant.scope():
        start = current_period(tenant.system, "quarter").start
        year, month, day = tenant.operator.days.from_date(start)
    page.locator("#id_starts").fill(f"{year:04d}-{month:02d}-{day:02d}")
    page.get_by_role("button", name="شبیه‌سازی آنچه اینجا نوشته شده").click()
    expect(page.locator("#simulation .state")).to_be_visible()
    finish_simulation(tenant)
    expect(page.locator("#simulation .stats")).to_contain_text("۴۰۰")
    look(page)
    page.get_by_role("button", name="ذخیره پیش‌نویس").click()
    page.wait_for_url("**/schemes/volume/")


def finish_simulation(tenant: Tenant) -> int:
    """What the worker does."""
    with tenant.scope():
        job = int(Simulation.objects.latest("pk").pk)
    run_simulation(tenant.system, job)
    return job


def simulate(page: Page, live_server: Any, tenant: Tenant) -> None:
    page.goto(address(live_server, tenant, "/schemes/volume/simulate/"))
    look(page)
    page.locator("main form .btn-primary").click()
    page.wait_for_url("**/simulations/*/")
    expect(page.locator("#simulation")).to_be_visible()
    job = finish_simulation(tenant)
    expect(page.locator(".list-card")).to_contain_text("Partner p1")
    look(page)
    page.goto(address(live_server, tenant, f"/simulations/compare/?of={job}&of={job - 1}"))
    expect(page.locator(".compare")).to_contain_text("۴۰۰")
    look(page)


def approve(page: Page, live_server: Any, tenant: Tenant) -> None:
    """Submitted by one, approved by another, published by the first."""
    page.goto(address(live_server, tenant, "/schemes/volume/publish/"))
    expect(page.locator("main form .btn-primary")).to_be_disabled()
    page.goto(address(live_server, tenant, "/schemes/volume/approval/"))
    page.locator("#submit-text").fill("لطفاً پله دوم را ببینید.")
    page.locator("button[value=submit]").click()
    expect(page.locator("button[value=approve]")).to_have_count(0)
    look(page)
    become(page, live_server, tenant, "channel_finance")
    page.goto(address(live_server, tenant, "/schemes/volume/approval/"))
    expect(page.locator("main")).to_contain_text("لطفاً پله دوم را ببینید.")
    look(page)
    page.locator("button[value=approve]").click()
    expect(page.locator(".state-good").first).to_be_visible()
    become(page, live_server, tenant, "programme_manager")
    page.goto(address(live_server, tenant, "/schemes/volume/publish/"))
    page.locator("main form .btn-primary").click()
    page.wait_for_url("**/schemes/volume/")


def confirm(page: Page, live_server: Any, tenant: Tenant) -> None:
    page.goto(address(live_server, tenant, "/schemes/volume/"))
    page.get_by_role("link", name="خواندن و تأیید").click()
    expect(page.locator(".scheme-plain")).to_contain_text("حجم")
    look(page)
    page.get_by_role("button", name="از قواعد آگاهیم").click()
    expect(page.locator(".alert-success").first).to_be_visible()
    look(page)


def test_from_a_draft_to_a_confirmed_scheme(page: Page, live_server: Any, pars: Tenant) -> None:
    become(page, live_server, pars, "programme_manager")
    draft(page, live_server, pars)
    simulate(page, live_server, pars)
    approve(page, live_server, pars)
    deliver_events(pars.system)
    with pars.scope():
        kpi, running = Kpi.objects.get(), current_period(pars.system, "quarter")
        evaluate_periods(pars.system, [Change(kpi.pk, running.code, pars.partners["p1"].pk, None)])
        accrual = Accrual.objects.get(partner=pars.partners["p1"], period=running.code)
    become(page, live_server, pars, "partner_owner.p1")
    confirm(page, live_server, pars)
    with pars.scope():
        assert Acknowledgement.objects.get().name == "partner_owner@p1"
    page.goto(address(live_server, pars, f"/rewards/accruals/{accrual.pk}/"))
    page.locator(f'a[href$="/rewards/accruals/{accrual.pk}/what-if/"]').click()
    page.wait_for_load_state("load")  # The scripts answer what is typed from then on.
    amount = page.locator(".whatif-amount")
    expect(amount).to_contain_text("۹۰")
    page.locator('input[name="more-sales"]').fill("۱۰۰۰")
    expect(amount).to_contain_text("۲۰۰")
    look(page)
    slider = page.locator("input[type=range]")
    slider.focus()
    slider.press("Home")
    expect(amount).to_contain_text("۹۰")
    expect(page.locator('input[name="more-sales"]')).to_have_value("0")
