"""Deals in the portal: registered in one form, kept while typed, decided, and nothing internal on a partner's page."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Customer, Family
from common.errors import Invalid
from deals.enums import DealState
from deals.matching.lookup import index_customers
from deals.models import Deal
from deals.services.drafts import create_draft
from deals.services.rulebook import save_account, save_rule
from programs.authorisations.services import add_authorisation
from programs.models import Enrolment, Programme, Tier
from tests.deals.kit import again, automatic, fields, market, submitted, today
from tests.kit.world import Tenant, make_tenant
from workflow.models import Attachment


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    return alpha


def form(**more: Any) -> dict[str, Any]:
    given = fields()
    given.pop("lines")
    typed = {
        "line-product": ["fiber", ""],
        "line-quantity": ["10", ""],
        "line-amount": ["1000", ""],
        "line-monthly": ["50", ""],
        "line-term_months": ["12", ""],
        "engagement_model": "sell_to",
        "presales_text": "2026-01-05 Visit with a demo",
    }
    return given | typed | more


def test_a_deal_is_registered_and_submitted_in_one_form(shop: Tenant) -> None:
    client = shop.client("partner_seller@p1")
    assert client.get("/deals/new/").status_code == 200
    answer = client.post("/deals/new/", form(then="submit"))
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "Golden Gate Trading" in page
    with shop.scope():
        deal = Deal.objects.get()
    assert (deal.state, deal.value) == (DealState.SUBMITTED, 1600)
    assert deal.presales == [{"day": "2026-01-05", "text": "Visit with a demo"}]


def test_a_product_that_may_not_be_sold_is_named_at_its_line(shop: Tenant) -> None:
    with shop.scope("programme_manager"):
        add_authorisation(
            shop.actors["programme_manager"], effect="refuse", product="waf", reason="No engineer for it."
        )
    lines = {
        name: ["", "7", "8"] for name in ("line-quantity", "line-amount", "line-monthly", "line-term_months")
    }
    typed = form(then="submit", **lines | {"line-product": ["", "fiber", "waf"]})
    answer = shop.client("partner_owner@p1").post("/deals/new/", typed)
    assert answer.status_code == 422
    rows = answer.content.decode().split('<div class="deal-line">')[1:]
    assert ["No engineer for it." in row for row in rows[:3]] == [False, False, True]
    with shop.scope():
        assert Deal.objects.get().state == DealState.DRAFT


def test_what_is_typed_is_kept(shop: Tenant) -> None:
    client = shop.client("partner_owner@p1")
    kept = client.post("/deals/keep/", form(expected_close="20", contact_email="half@"))
    assert "D-000001" in kept.content.decode()
    with shop.scope():
        draft = Deal.objects.get()
    again_kept = client.post("/deals/keep/", form(ref=draft.ref, version=draft.version, city="Dubai"))
    assert again_kept.status_code == 200
    with shop.scope():
        assert (Deal.objects.get().city, Deal.objects.count()) == ("Dubai", 1)
    assert client.get(f"/deals/{draft.ref}/edit/").status_code == 200


def test_a_refused_submission_keeps_the_draft_and_says_why(shop: Tenant) -> None:
    client = shop.client("partner_owner@p1")
    answer = client.post("/deals/new/", form(legal_id="", then="submit"))
    assert answer.status_code == 422
    assert "legal id" in answer.content.decode()
    with shop.scope():
        assert Deal.objects.get().state == DealState.DRAFT


def test_the_check_shows_one_of_three_answers(shop: Tenant) -> None:
    automatic(shop)
    submitted(shop)
    rival = shop.client("partner_owner@p2")
    held = rival.post("/deals/check/", form()).content.decode()
    free = rival.post("/deals/check/", form(legal_id="AB-2")).content.decode()
    assert "Protected" in held
    assert "Free" in free
    assert "Partner p1" not in held


def test_the_pam_asks_the_partner_answers_the_pam_approves(shop: Tenant) -> None:
    deal = submitted(shop)
    pam, owner = shop.client("pam"), shop.client("partner_owner@p1")
    assert f"/deals/{deal.ref}/" in pam.get("/").content.decode()
    assert deal.ref not in shop.client("executive").get("/").content.decode()
    assert deal.ref in pam.get("/deals/review/").content.decode()
    question = {"reason": "other", "fields_asked": ["city"], "text": "Which city?"}
    assert pam.post(f"/deals/{deal.ref}/do/ask/", question).status_code == 302
    page = owner.get(f"/deals/{deal.ref}/").content.decode()
    assert "Which city?" in page
    assert owner.post(f"/deals/{deal.ref}/edit/", form(city="Dubai", then="submit")).status_code == 302
    assert pam.post(f"/deals/{deal.ref}/do/approve/", {}).status_code == 302
    stands = again(shop, deal)
    assert (stands.state, stands.city) == (DealState.APPROVED, "Dubai")
    offered = owner.get(f"/deals/{deal.ref}/").content.decode()
    assert f'value="{today()}"' in _step(offered, "win")
    assert 'value="1000"' in _step(offered, "win")
    won = {"amount": "1,000,000.50", "won_on": str(today())}
    assert owner.post(f"/deals/{deal.ref}/do/win/", won).status_code == 302
    assert again(shop, deal).state == DealState.WON


def _step(page: str, verb: str) -> str:
    return page.split(f'id="step-{verb}"')[1].split("</form>")[0]


def test_a_step_that_the_table_lacks_comes_back_with_the_reason(shop: Tenant) -> None:
    deal = submitted(shop)
    owner = shop.client("partner_owner@p1")
    answer = owner.post(f"/deals/{deal.ref}/do/win/", {"amount": "1", "won_on": "2020-01-01"})
    assert answer.status_code == 422
    assert "Possible now" in answer.content.decode()
    stale = owner.post(f"/deals/{deal.ref}/do/withdraw/", {"version": "1"})
    assert stale.status_code == 422
    assert again(shop, deal).state == DealState.SUBMITTED


def test_a_conflict_with_a_named_account_is_decided_by_the_rule(shop: Tenant) -> None:
    with shop.scope():
        Customer.objects.create(code="C-1", name="Golden Gate", legal_id="AB-1", country="AE")
        seller = shop.actors["direct_seller"].membership_id or 0
        save_account(shop.system, customer="C-1", seller_id=seller)
        Family.objects.filter(code="connectivity").update(names={"fa": "اتصال"})
        save_rule(shop.system, leads="co_sell", on_conflict="co_sell", family="connectivity")
    deal = submitted(shop)
    pam = shop.client("pam")
    pam.cookies["django_language"] = "fa"
    assert "<bdi>اتصال</bdi>" in pam.get(f"/deals/{deal.ref}/conflict/").content.decode()
    pam.cookies["django_language"] = "en"
    side = pam.get(f"/deals/{deal.ref}/conflict/").content.decode()
    assert "Golden Gate" in side
    assert "direct_seller" in side
    assert deal.ref in shop.client("direct_seller").get("/deals/").content.decode()
    assert shop.client("partner_owner@p1").get(f"/deals/{deal.ref}/conflict/").status_code == 404
    refused = pam.post(f"/deals/{deal.ref}/conflict/", {"decision": "go_on"})
    assert refused.status_code == 422
    decided = {"decision": "go_on", "reason": "capability", "text": "Only they can build it."}
    assert pam.post(f"/deals/{deal.ref}/conflict/", decided).status_code == 302
    assert deal.ref in pam.get("/deals/overrides/").content.decode()
    shown = shop.client("partner_owner@p1").get(f"/deals/{deal.ref}/").content.decode()
    for secret in ("Only they can build it", "direct_seller", "Conflict decided", "Evidence and decision"):
        assert secret not in shown


def test_the_rulebook_is_written_in_the_portal(shop: Tenant) -> None:
    boss = shop.client("programme_manager")
    rule = {"leads": "direct", "on_conflict": "refuse", "family": "security"}
    assert boss.post("/deals/rules/new/", rule).status_code == 302
    wanted = {"required_fields": ["city"], "evidence": "Proof of visit", "auto_limit": "500"}
    assert boss.post("/deals/forms/new/", wanted).status_code == 302
    assert (
        boss.post(
            "/deals/reasons/new/", {"kind": "lose", "code": "late", "name": "Too late", "active": "on"}
        ).status_code
        == 302
    )
    page = boss.get("/deals/rules/").content.decode()
    for text in ("Security", "Proof of visit", "Too late", "Direct sales"):
        assert text in page
    owner = shop.client("partner_owner@p1")
    answer = owner.post("/deals/new/", form(then="submit")).content.decode()
    assert "Proof of visit" in answer
    owner.post("/deals/check/", form())
    assert "AB-1" in boss.get("/deals/checks/").content.decode()


def test_one_open_form_is_one_draft_whatever_arrives_first(shop: Tenant) -> None:
    client = shop.client("partner_owner@p1")
    page = client.get("/deals/new/").content.decode()
    key = page.split('name="draft_key" value="')[1].split('"')[0]
    assert len(key) == 32
    for _twice in range(2):
        assert client.post("/deals/keep/", form(draft_key=key)).status_code == 200
    assert client.post("/deals/new/", form(draft_key=key, then="submit")).status_code == 302
    with shop.scope():
        assert Deal.objects.get().state == DealState.SUBMITTED
    late = client.post("/deals/keep/", form(draft_key=key)).content.decode()
    assert "Only a draft" in late
    with shop.scope():
        assert Deal.objects.count() == 1


def test_the_pam_takes_an_unknown_customer_into_the_catalogue(shop: Tenant) -> None:
    with shop.scope():
        index_customers(Customer.objects.bulk_create([Customer(code="C-1", name="Golden Gate Trading LLC")]))
    automatic(shop)
    deal = submitted(shop)
    pam = shop.client("pam")
    address = f"/pipeline/customer/{deal.ref}/new/"
    assert address in pam.get(f"/deals/{deal.ref}/").content.decode()
    assert shop.client("partner_owner@p1").post(address).status_code == 404
    assert pam.post(address).status_code == 302
    with shop.scope():
        assert Customer.objects.get(code=deal.ref).legal_id == "AB-1"
    assert "already" in pam.post(address, follow=True).content.decode()


def pdf(name: str = "visit.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4\nseen", content_type="application/pdf")


def demand(tenant: Tenant, **wanted: Any) -> None:
    boss = tenant.client("programme_manager")
    assert boss.post("/deals/forms/new/", {"evidence": "Proof of visit", **wanted}).status_code == 302


def enrolled(tenant: Tenant, code: str, *partners: str) -> None:
    with tenant.scope():
        programme = Programme.objects.create(code=code, name=code.title())
        tier = Tier.objects.create(programme=programme, code="one", name="One", rank=1)
        for partner in partners:
            Enrolment.objects.create(
                programme=programme, partner=tenant.partners[partner], tier=tier, since=today()
            )


def test_the_files_that_the_operator_demands_come_with_the_form(
    shop: Tenant, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    demand(shop, engagement_model="sell_to", required_fields=["city"])
    owner = shop.client("partner_owner@p1")
    other = owner.get("/deals/needs/?engagement_model=referral").content.decode()
    assert "Proof of visit" not in other
    wanted = owner.get("/deals/needs/?engagement_model=sell_to").content.decode()
    assert "City" in wanted
    assert 'name="file-proof-of-visit"' in wanted
    refused = owner.post("/deals/new/", form(then="submit", city="Dubai"))
    assert (refused.status_code, "Attach “Proof of visit”" in refused.content.decode()) == (422, True)
    with shop.scope():
        draft = Deal.objects.get()
    typed = form(ref=draft.ref, then="submit", city="Dubai", **{"file-proof-of-visit": pdf()})
    assert owner.post("/deals/new/", typed).status_code == 302
    with shop.scope():
        assert Attachment.objects.get().purpose == "proof-of-visit"
    assert again(shop, draft).state == DealState.SUBMITTED


def test_a_demanded_file_can_be_added_on_the_page_of_the_deal(
    shop: Tenant, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    demand(shop)
    owner = shop.client("partner_owner@p1")
    owner.post("/deals/new/", form(then=""))
    with shop.scope():
        deal = Deal.objects.get()
    page = owner.get(f"/deals/{deal.ref}/").content.decode()
    assert '<option value="proof-of-visit">Proof of visit</option>' in page
    address = page.split('enctype="multipart/form-data"')[0].rsplit('action="', 1)[1].split('"')[0]
    added = owner.post(address, {"file": pdf(), "purpose": "proof-of-visit"})
    assert added.status_code == 302
    assert owner.post(f"/deals/{deal.ref}/do/submit/", {}).status_code == 302
    assert again(shop, deal).state == DealState.SUBMITTED


def test_a_file_that_cannot_be_kept_keeps_the_draft(shop: Tenant, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    program = SimpleUploadedFile("run.exe", b"MZ\x90\x00" + b"\x00" * 64)
    answer = shop.client("partner_owner@p1").post("/deals/new/", form(then="submit", **{"file-": program}))
    assert answer.status_code == 422
    with shop.scope():
        assert (Deal.objects.get().state, Attachment.objects.count()) == (DealState.DRAFT, 0)


def test_a_programme_has_its_own_form_and_only_its_members_choose_it(shop: Tenant) -> None:
    enrolled(shop, "gold", "p1")
    demand(shop, evidence="", programme="gold", required_fields=["competitor"])
    owner, rival = shop.client("partner_owner@p1"), shop.client("partner_owner@p2")
    assert '<option value="gold" selected>' in owner.get("/deals/new/").content.decode()
    assert "gold" not in rival.get("/deals/new/").content.decode()
    with shop.scope("partner_owner@p2"), pytest.raises(Invalid) as stranger:
        create_draft(shop.actors["partner_owner@p2"], fields=fields(programme="gold"))
    assert [error.field for error in stranger.value.errors] == ["programme"]
    refused = owner.post("/deals/new/", form(programme="gold", then="submit"))
    assert refused.status_code == 422
    with shop.scope():
        draft = Deal.objects.get()
    assert (draft.programme, draft.state) == ("gold", DealState.DRAFT)
    typed = form(ref=draft.ref, programme="gold", competitor="Asiatech", then="submit")
    assert owner.post("/deals/new/", typed).status_code == 302
    assert owner.post("/deals/new/", form(legal_id="AB-2", then="submit")).status_code == 302


def test_a_form_is_changed_and_ended(shop: Tenant) -> None:
    demand(shop, auto_limit="500", required_fields=["city"])
    boss = shop.client("programme_manager")
    page = boss.get("/deals/rules/").content.decode()
    ends = page.split("/deals/forms/")[2].split("/")[0]
    begun = boss.get(f"/deals/forms/new/?form={ends}").content.decode()
    assert "Proof of visit" in begun
    assert 'value="500"' in begun
    assert boss.post(f"/deals/forms/{ends}/end/").status_code == 302
    assert boss.post(f"/deals/forms/{ends}/end/").status_code == 404
    assert "Proof of visit" not in boss.get("/deals/rules/").content.decode()
    assert submitted(shop).state == DealState.SUBMITTED


def test_only_what_was_asked_for_can_be_typed(shop: Tenant) -> None:
    deal = submitted(shop)
    pam, owner = shop.client("pam"), shop.client("partner_owner@p1")
    question = {"reason": "other", "fields_asked": ["city"], "text": "Which city?"}
    pam.post(f"/deals/{deal.ref}/do/ask/", question)
    page = owner.get(f"/deals/{deal.ref}/edit/").content.decode()
    shut = {
        name: "disabled" in _tag(page, name) for name in ("city", "competitor", "line-amount", "mdf_used")
    }
    assert shut == {"city": False, "competitor": True, "line-amount": True, "mdf_used": True}
    typed = form(city="Dubai", competitor="Sneaked in", then="submit", **{"line-amount": ["1", ""]})
    assert owner.post(f"/deals/{deal.ref}/edit/", typed).status_code == 302
    stands = again(shop, deal)
    assert (stands.city, stands.competitor, stands.value) == ("Dubai", "", 1000)


def _tag(page: str, name: str) -> str:
    return page.split(f'name="{name}"')[1].split(">")[0]


def test_any_keyboard_finds_a_deal(shop: Tenant) -> None:
    deal = submitted(shop, customer_name="شركة الفيصل للتجارة")
    owner = shop.client("partner_owner@p1")
    for words in ("شرکه الفیصل", "الفيصل", "D-000001", "ab-1", "٠٠٠٠٠١"):
        assert deal.ref in owner.get("/deals/", {"search": words}).content.decode(), words
        assert deal.ref in owner.get("/pipeline/list/", {"search": words}).content.decode(), words
    assert deal.ref not in owner.get("/deals/", {"search": "الفيصل البرز"}).content.decode()


def test_days_are_in_the_operators_calendar(db: Any) -> None:
    shop = make_tenant("pars", calendar="jalali", languages=["fa", "en"])
    with shop.scope():
        market()
    owner = shop.client("partner_owner@p1")
    typed = form(expected_close="1406/01/20", presales_text="1405/10/02 Visit", then="")
    kept = owner.post("/deals/new/", typed)
    assert kept.status_code == 302
    with shop.scope():
        deal = Deal.objects.get()
    assert (deal.expected_close, deal.presales) == (
        date(2027, 4, 9),
        [{"day": "2026-12-23", "text": "Visit"}],
    )
    again_shown = owner.get(f"/deals/{deal.ref}/edit/").content.decode()
    assert "1405/10/02 Visit" in again_shown.replace("-", "/")
    page = owner.get(f"/deals/{deal.ref}/").content.decode()
    assert "2026-12-23</bdi>" not in page
    assert "۱۴۰۵" in page or "1405" in page


def test_what_was_not_finished_is_offered(shop: Tenant) -> None:
    owner = shop.client("partner_owner@p1")
    owner.post("/deals/keep/", form())
    assert "/deals/D-000001/edit/" in owner.get("/deals/new/").content.decode()
    assert "/deals/D-000001/edit/" not in shop.client("partner_seller@p1").get("/deals/new/").content.decode()
