"""A partner's life in Persian: applies without a login, is taken on, walks its checklist, and is put into a tier.

Both sides do everything in the browser; only the mails are read out of the outbox, and the worker is asked to deliver.
"""

from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from partners.models import Checklist, ChecklistStep, Criterion, OnboardingStep, Partner
from tests.browser.test_application import link_in, write
from tests.browser.test_sign_in import address, look, sign_in
from tests.browser.test_workflow import persian  # noqa: F401  (the fixture)
from tests.kit.world import Tenant
from tests.partners.applying import deliver_all, newest

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
WORD = "ساربان و شتر در کویر"


def test_from_application_to_tier(page: Page, live_server: Any, persian: Tenant) -> None:  # noqa: F811
    walk = Walk(page, live_server, persian)
    walk.prepare_checklist()
    walk.prepare_programme()
    walk.apply()
    walk.take_on()
    walk.first_login()
    walk.fill_in_profile()
    walk.hand_in_identity()
    walk.approve_identity()
    walk.meet()
    assert walk.partner().state == "active"
    walk.see_tier()


class Walk:
    """The steps of the way, each by the person who takes it."""

    def __init__(self, page: Page, live_server: Any, tenant: Tenant) -> None:
        self.page, self.server, self.tenant = page, live_server, tenant

    def open(self, path: str) -> None:
        self.page.goto(address(self.server, self.tenant, path))

    def become(self, who: str) -> None:
        self.page.context.clear_cookies()
        sign_in(self.page, self.server, self.tenant, who)

    def partner(self) -> Partner:
        with self.tenant.scope():
            found: Partner = Partner.objects.get(code="kavir")
            return found

    def step(self, kind: str) -> str:
        with self.tenant.scope():
            return f"/onboarding/steps/{OnboardingStep.objects.get(kind=kind, partner__code='kavir').pk}/"

    def prepare_checklist(self) -> None:
        """The manager builds a short checklist for resellers."""
        self.become("programme_manager")
        self.open("/onboarding/checklists/new/")
        self.page.fill("[name=name]", "نمایندگان فروش")
        self.page.check("[name=roles][value=reseller]")
        look(self.page)
        self.page.click("main form .btn-primary")
        self.page.wait_for_load_state()
        with self.tenant.scope():
            made = Checklist.objects.get(name="نمایندگان فروش").pk
        for kind, name, side, approver in (
            ("profile", "از شرکتتان بگویید", "partner", "nobody"),
            ("legal", "هویت حقوقی", "partner", "pam"),
            ("free", "دیدار خوشامد", "operator", "nobody"),
        ):
            self.open(f"/onboarding/checklists/{made}/steps/new/")
            self.page.select_option("[name=kind]", kind)
            self.page.fill("[name=name]", name)
            self.page.select_option("[name=side]", side)
            self.page.select_option("[name=approver]", approver)
            self.page.click("main form .btn-primary")
            self.page.wait_for_load_state()
        with self.tenant.scope():
            assert ChecklistStep.objects.filter(checklist_id=made).count() == 3

    def prepare_programme(self) -> None:
        """The manager takes the four tiers that the product brings along."""
        self.open("/tiers/programmes/")
        look(self.page)
        self.page.locator("form[action$='/from/four/'] button").click()
        self.page.wait_for_load_state()
        look(self.page)

    def apply(self) -> None:
        self.page.context.clear_cookies()
        self.open("/apply/")
        write(self.page)
        self.page.check("[name=consent]")
        self.page.click("#form button.btn-primary")
        self.page.wait_for_url("**/apply/sent/")
        deliver_all(self.tenant)
        self.open(link_in(mail.outbox[-1], "apply"))
        self.page.locator("button[name=then][value=send]").click()
        self.page.wait_for_load_state()
        deliver_all(self.tenant)
        assert newest(self.tenant).state == "screening"

    def take_on(self) -> None:
        """The account manager scores and approves it."""
        self.become("pam")
        self.open("/applications/")
        self.page.click(f"text={newest(self.tenant).company_name}")
        with self.tenant.scope():
            codes = list(Criterion.objects.values_list("code", flat=True))
        for code in codes:
            self.page.fill(f"[name=value-{code}]", "۸۰")
        self.page.locator("#scores button.btn-primary").click()
        self.page.wait_for_load_state()
        self.page.locator("summary", has_text="تأیید").click()
        self.page.fill("#id_approve_code", "kavir")
        self.page.locator("#step-approve button").click()
        self.page.locator("#confirm button[value=ok]").click()
        expect(self.page.locator(".page-head-sub")).to_contain_text("تأییدشده")
        deliver_all(self.tenant)

    def first_login(self) -> None:
        self.page.context.clear_cookies()
        invitation = next(one for one in reversed(mail.outbox) if "/invitation/" in str(one.body))
        self.open(link_in(invitation, "invitation"))
        self.page.fill("input[name=password]", WORD)
        self.page.click("main form .btn-primary")
        self.page.wait_for_load_state()
        self.open("/onboarding/")
        expect(self.page.locator("main")).to_contain_text("از شرکتتان بگویید")
        look(self.page)

    def fill_in_profile(self) -> None:
        self.open(self.step("profile"))
        self.page.fill("[name=city]", "کرمان")
        self.page.fill("[name=address]", "خیابان بهمنیار، شمارهٔ ۱۲")
        self.page.fill("[name=phone]", "۰۳۴ ۳۲۴۵ ۱۲۰۱")
        self.page.locator("form[action$='/submit/'] .btn-primary").click()
        self.page.wait_for_load_state()
        assert self.partner().city == "کرمان"

    def hand_in_identity(self) -> None:
        self.open(self.step("legal"))
        for name in ("legal_name", "tax_number", "signatory"):
            field = self.page.locator(f"[name={name}]")
            if not field.input_value():
                field.fill("۴۱۱۳۳۲۲۵۵" if name == "tax_number" else "نرگس فلاح")
        self.page.locator("form[action$='/submit/'] .btn-primary").click()
        self.page.wait_for_load_state()
        look(self.page)

    def approve_identity(self) -> None:
        """Whose book the company is in sees it; the account manager who took it on holds the book."""
        self.become("pam")
        self.open("/onboarding/stuck/?waiting=1")
        look(self.page)
        self.open(self.step("legal"))
        self.page.locator("form[action$='/approve/'] .btn-primary").click()
        self.page.wait_for_load_state()

    def meet(self) -> None:
        self.open(self.step("free"))
        self.page.locator("form[action$='/submit/'] .btn-primary").click()
        self.page.wait_for_load_state()
        deliver_all(self.tenant)

    def see_tier(self) -> None:
        """The partner reads where it stands and what the next tier takes."""
        self.page.context.clear_cookies()
        self.open("/accounts/login/")
        self.page.fill("input[name=login]", "narges@kavir.ir")
        self.page.fill("input[name=password]", WORD)
        self.page.click("main form .btn-primary")
        self.page.wait_for_load_state()
        self.open("/tiers/mine/")
        expect(self.page.locator("main")).to_contain_text("ثبت‌شده")
        expect(self.page.locator("main")).to_contain_text("نقره‌ای")
        look(self.page)
        assert self.partner().tier == "registered"
