"""A partner's life in Persian: applies without a login, is taken on, walks its checklist, is put into a tier and rises.

Both sides do everything in the browser. Only the mails are read out of the outbox, the worker is asked to deliver, the
operator's system sends the sales, and the night comes when the test says so.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import FilePayload, Locator, Page, expect

from common.calendars import get_calendar
from partners.models import Criterion, OnboardingStep, Partner, PartnerDocument
from programs.tasks import evaluate_tiers
from tests.browser.test_application import link_in, write
from tests.browser.test_sign_in import address, look, sign_in
from tests.browser.test_workflow import persian  # noqa: F401  (the fixture)
from tests.deals.kit import market
from tests.deals.test_winning import feed, settle
from tests.kit.world import Tenant
from tests.partners.applying import deliver_all, newest

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
OWNER, WORD = "narges@kavir.ir", "ساربان و شتر در کویر"
#: Kind, name, who does it, who approves it, what has to be settled before.
STEPS = (
    ("profile", "از شرکتتان بگویید", "partner", "nobody", ""),
    ("legal", "هویت حقوقی", "partner", "pam", ""),
    ("document", "پروانه کسب", "partner", "pam", ""),
    ("contract", "پذیرش قرارداد", "partner", "nobody", "هویت حقوقی"),
    ("training", "نخستین آموزش", "partner", "nobody", "پذیرش قرارداد"),
    ("free", "دیدار خوشامد", "operator", "nobody", "پذیرش قرارداد"),
)
MATERIAL = (
    "خوش آمدید.\n\n## چرا ابر\n\nمشتری برای آنچه به کار می‌برد می‌پردازد.\n\n## نزد مشتری\n\nاز نیاز آغاز کنید."
)
#: How it is answered, the question, its answers, the right ones by their line.
QUIZ = (
    ("single", "مشتری برای چه می‌پردازد؟", "مصرف\nکارساز\nکابل", (1,)),
    ("multiple", "چه چیزهایی را می‌پرسیم؟", "نیاز\nرنگ ساختمان\nبودجه", (1, 3)),
)


def jalali(days: int) -> str:
    """A day from today as a Persian types it."""
    year, month, day = get_calendar("jalali").from_date(timezone.localdate() + timedelta(days=days))
    return f"{year}/{month:02}/{day:02}"


def test_from_application_to_a_higher_tier(page: Page, live_server: Any, persian: Tenant) -> None:  # noqa: F811
    cache.clear()  # the limits of earlier tests
    with persian.scope():
        market()
    manager = Manager(page, live_server, persian)
    manager.build_checklist()
    manager.publish_contract()
    manager.publish_course()
    manager.take_the_four_tiers()

    partner, pam = Company(page, live_server, persian), AccountManager(page, live_server, persian)
    partner.apply()
    pam.take_on()
    partner.log_in_first()
    partner.fill_in_profile()
    partner.hand_in_identity()
    partner.add_licence()
    pam.approve()
    partner.accept_contract()
    partner.learn()
    assert partner.row().state == "onboarding"
    pam.meet()
    assert (partner.row().state, partner.row().tier) == ("active", "registered")

    partner.see_first_tier()
    feed(persian, "S-1", partner="kavir", amount="150000", currency="IRR")
    settle(persian)
    evaluate_tiers()
    settle(persian)
    assert partner.row().tier == "silver"
    partner.see_second_tier()
    pam.see_it()


class Walker:
    """Somebody who walks through pages."""

    def __init__(self, page: Page, live_server: Any, tenant: Tenant) -> None:
        self.page, self.server, self.tenant = page, live_server, tenant

    def open(self, path: str) -> None:
        self.page.goto(address(self.server, self.tenant, path))

    def go(self, what: str | Locator) -> None:
        """Press something that leads to another page."""
        with self.page.expect_navigation():
            (self.page.locator(what) if isinstance(what, str) else what).first.click()

    def save(self) -> None:
        self.go("main form .form-actions .btn-primary")
        expect(self.page.locator(".is-invalid, .alert-danger")).to_have_count(0)

    def sign_in(self, who: str) -> None:
        self.page.context.clear_cookies()
        sign_in(self.page, self.server, self.tenant, who)
        expect(self.page.locator(".sidebar")).to_be_attached()

    def row(self) -> Partner:
        with self.tenant.scope():
            found: Partner = Partner.objects.get(code="kavir")
            return found

    def step(self, kind: str) -> str:
        with self.tenant.scope():
            return f"/onboarding/steps/{OnboardingStep.objects.get(kind=kind, partner__code='kavir').pk}/"

    @property
    def main(self) -> Locator:
        return self.page.locator("main")


class Manager(Walker):
    """The programme manager prepares what partners meet."""

    def build_checklist(self) -> None:
        self.sign_in("programme_manager")
        self.open("/onboarding/checklists/new/")
        self.page.fill("[name=name]", "نمایندگان فروش")
        self.page.check("[name=roles][value=reseller]")
        look(self.page)
        self.save()
        checklist = self.page.url
        for kind, name, side, approver, after in STEPS:
            self.go("a[href$='/steps/new/']")
            self.page.select_option("[name=kind]", kind)
            if kind == "document":
                self.page.select_option("[name=document_kind]", "licence")
            self.page.fill("[name=name]", name)
            self.page.select_option("[name=side]", side)
            self.page.select_option("[name=approver]", approver)
            if after:
                self.page.select_option("[name=after]", label=after)
            self.save()
        assert self.page.url == checklist
        expect(self.page.locator(".onb-row")).to_have_count(len(STEPS))
        look(self.page)

    def publish_contract(self) -> None:
        self.open("/contracts/new/")
        self.page.fill("[name=name]", "قرارداد همکاری")
        self.save()
        self.go("form[action$='/draft/'] button")
        self.page.fill("[name=text_fa]", "# موضوع\n\nفروش خدمات **ابری** به نام خود شریک.")
        look(self.page)
        self.save()
        self.go("a[href$='/publish/']")
        self.save()
        look(self.page)

    def publish_course(self) -> None:
        self.open("/training/courses/new/")
        self.page.fill("[name=code]", "cloud-start")
        self.page.fill("[name=name]", "آغاز کار با ابر")
        self.save()
        self.go("a[href$='/material/']")
        self.page.fill("[name=body_fa]", MATERIAL)
        self.page.fill("[name=pass_mark]", "۷۵")
        self.save()
        for kind, text, options, right in QUIZ:
            self.go("a[href$='/questions/new/']")
            self.page.select_option("[name=kind]", kind)
            self.page.fill("[name=text_fa]", text)
            self.page.fill("[name=options_fa]", options)
            for line in right:
                self.page.check(f"[name=right][value='{line}']")
            self.save()
        look(self.page)
        self.page.locator("form[action$='/publish/'] button").click()
        self.go("#confirm button[value=ok]")

    def take_the_four_tiers(self) -> None:
        self.open("/tiers/programmes/")
        look(self.page)
        self.page.fill("[name=unit]", "۱۰۰٬۰۰۰")
        self.go("form[action$='/from/four/'] button")
        expect(self.main).to_contain_text("نقره‌ای")
        look(self.page)


class Company(Walker):
    """The company, from the first look at the form to its second tier."""

    def apply(self) -> None:
        self.page.context.clear_cookies()
        self.open("/apply/")
        write(self.page)
        self.page.check("[name=consent]")
        self.go("#form button.btn-primary")
        deliver_all(self.tenant)
        self.open(self.link("apply"))
        self.go("button[name=then][value=send]")
        expect(self.main).to_contain_text("در حال بررسی")
        deliver_all(self.tenant)
        assert newest(self.tenant).state == "screening"

    def link(self, part: str) -> str:
        """The link in the newest mail to the company that has one."""
        fitting = [one for one in mail.outbox if OWNER in one.to and f"/{part}/" in str(one.body)]
        return link_in(fitting[-1], part)

    def log_in_first(self) -> None:
        """From the mail of the invitation to a start page that says what is next."""
        self.page.context.clear_cookies()
        self.open(self.link("invitation"))
        look(self.page)
        self.page.fill("input[name=password]", WORD)
        self.go("main form .btn-primary")
        expect(self.main).to_contain_text("از شرکتتان بگویید")
        look(self.page)
        self.open("/onboarding/")
        expect(self.page.locator(".onb-row")).to_have_count(len(STEPS))
        look(self.page)

    def log_in(self) -> None:
        self.page.context.clear_cookies()
        self.open("/accounts/login/")
        self.page.fill("input[name=login]", OWNER)
        self.page.fill("input[name=password]", WORD)
        self.go("main form .btn-primary")

    def fill_in_profile(self) -> None:
        self.go("a.onb-next")
        self.page.fill("[name=city]", "کرمان")
        self.page.fill("[name=address]", "خیابان بهمنیار، شمارهٔ ۱۲")
        look(self.page)
        self.go("form[action$='/submit/'] .btn-primary")
        deliver_all(self.tenant)
        assert self.row().city == "کرمان"

    def hand_in_identity(self) -> None:
        self.open(self.step("legal"))
        self.page.fill("[name=tax_number]", "۴۱۱۳۳۲۲۵۵")
        self.page.fill("[name=signatory]", "نرگس فلاح")
        self.go("form[action$='/submit/'] .btn-primary")
        expect(self.page.locator(".page-head-sub")).to_contain_text("در حال بررسی")
        look(self.page)

    def add_licence(self) -> None:
        self.open(self.step("document"))
        self.go("a[href*='/documents/new/']")
        expect(self.page.locator("[name=kind]")).to_have_value("licence")
        self.page.fill("[name=number]", "ک-۱۲۸۸")
        self.page.fill("[name=valid_from]", jalali(-100))
        self.page.fill("[name=valid_until]", jalali(600))
        licence: FilePayload = {"name": "پروانه.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"}
        self.page.set_input_files("[name=file]", licence)
        look(self.page)
        self.save()
        look(self.page)

    def accept_contract(self) -> None:
        self.log_in()
        self.open("/onboarding/")
        self.go("a.onb-next")
        self.go("a.btn-primary[href='/contracts/']")
        self.go("a.btn-primary[href*='/versions/']")
        expect(self.page.locator("article strong")).to_have_text("ابری")
        self.page.fill("[name=capacity]", "مدیرعامل")
        self.page.check("[name=agreed]")
        look(self.page)
        self.go("form[action*='/accept/'] .btn-primary")
        expect(self.main).to_contain_text("مدیرعامل")
        look(self.page)
        deliver_all(self.tenant)

    def learn(self) -> None:
        """Read, take the quiz, and pass."""
        self.open(self.step("training"))
        self.go("a.btn-primary[href='/training/']")
        self.go("a[href='/training/courses/cloud-start/']")
        self.go("form[action$='/begin/'] button")
        for _section in range(3):
            self.go("form[action$='/read/'] button")
        self.go("form[action$='/quiz/start/'] button")
        for _kind, text, options, right in QUIZ:
            field = self.page.locator("fieldset", has_text=text)
            for line in right:
                field.get_by_label(options.split("\n")[line - 1], exact=True).check()
        self.go(".quiz-end .btn-primary")
        expect(self.page.locator(".alert-success")).to_be_visible()
        settle(self.tenant)
        self.open(self.step("training"))
        expect(self.page.locator(".page-head-sub")).to_contain_text("انجام‌شده")

    def see_first_tier(self) -> None:
        """Where it begins, and what the next tier takes."""
        self.log_in()
        self.open("/tiers/mine/")
        expect(self.page.locator("[aria-current=step]")).to_contain_text("ثبت‌شده")
        expect(self.page.locator(".tier-sentence")).to_contain_text("۱۰۰٬۰۰۰")
        expect(self.page.locator(".tier-sentence")).to_contain_text("نقره‌ای")
        expect(self.page.locator(".tier-sentence")).not_to_contain_text(re.compile("[A-Za-z]{2}"))
        look(self.page)

    def see_second_tier(self) -> None:
        """The sale has lifted it; the page says so with the number behind it, and names the next one."""
        self.open("/tiers/mine/")
        expect(self.page.locator("[aria-current=step]")).to_contain_text("نقره‌ای")
        expect(self.main).to_contain_text("۱۵۰٬۰۰۰")
        expect(self.page.locator(".tier-sentence")).to_contain_text("طلایی")
        expect(self.page.locator(".tier-history")).to_contain_text("ثبت‌شده")
        look(self.page)
        self.open("/notifications/")
        expect(self.main).to_contain_text("نقره‌ای")


class AccountManager(Walker):
    """The operator's side of one partner."""

    def take_on(self) -> None:
        self.sign_in("pam")
        self.open("/applications/")
        self.go(self.page.get_by_text(newest(self.tenant).company_name))
        with self.tenant.scope():
            codes = list(Criterion.objects.values_list("code", flat=True))
        for code in codes:
            self.page.fill(f"[name=value-{code}]", "۸۰")
        self.go("#scores button.btn-primary")
        expect(self.page.locator(".page-head-sub")).to_contain_text("امتیازدهی‌شده")
        self.page.locator("summary", has_text="تأیید").click()
        self.page.fill("#id_approve_code", "kavir")
        self.page.locator("#step-approve button").click()
        self.go("#confirm button[value=ok]")
        expect(self.page.locator(".page-head-sub")).to_contain_text("تأییدشده")
        deliver_all(self.tenant)

    def approve(self) -> None:
        """What waits for the operator: the identity and the licence."""
        self.sign_in("pam")
        self.open("/onboarding/stuck/?waiting=1")
        look(self.page)
        self.go(f"a[href='{self.step('legal')}']")
        look(self.page)
        self.go("form[action$='/approve/'] .btn-primary")
        with self.tenant.scope():
            document = PartnerDocument.objects.get().pk
        self.open("/documents/")
        self.go(f"a[href='/documents/{document}/']")
        look(self.page)
        self.go("form[action$='/accept/'] .btn-primary")
        deliver_all(self.tenant)
        self.open(self.step("document"))
        expect(self.page.locator(".page-head-sub")).to_contain_text("انجام‌شده")

    def meet(self) -> None:
        self.sign_in("pam")
        self.open(self.step("free"))
        self.page.fill("form[action$='/submit/'] [name=text]", "دیدار در کرمان؛ سه مشتری نخست نام برده شد.")
        self.go("form[action$='/submit/'] .btn-primary")
        settle(self.tenant)

    def see_it(self) -> None:
        self.sign_in("pam")
        self.open("/tiers/of/kavir/")
        expect(self.main).to_contain_text("نقره‌ای")
        look(self.page)
