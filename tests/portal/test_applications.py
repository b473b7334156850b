"""The public form, the applicant's page, and the review, as pages."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.applications.applying import create_draft
from partners.applications.offers import save_offers
from partners.models import Criterion, Partner
from tests.kit.world import Tenant
from tests.partners.applying import FIELDS, LEGAL_ID, applied, deliver_all, drafted, newest

pytestmark = pytest.mark.django_db
FORM = {**FIELDS, "consent": "on"}
#: What each page has of its own: the nonce of its policy and the token of its forms.
ONCE = re.compile(r'(nonce|value)="[^"]*"')


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def test_the_public_page_tells_the_offers_in_the_visitors_language(alpha: Tenant) -> None:
    texts = {"money": {"en": "Up to 20 % margin", "fa": "تا ۲۰ درصد سود"}}
    with alpha.scope("programme_manager"):
        save_offers(alpha.actors["programme_manager"], role="reseller", texts=texts)
    page = alpha.client().get("/apply/").content.decode()
    assert "Up to 20 % margin" in page
    persian = alpha.client(**{"accept-language": "fa"}).get("/apply/").content.decode()
    assert "تا ۲۰ درصد سود" in persian
    assert 'dir="rtl"' in persian


def test_an_application_is_written_confirmed_and_sent_without_a_login(alpha: Tenant) -> None:
    visitor = alpha.client()
    answer = visitor.post("/apply/", FORM)
    assert answer.status_code == 302
    assert "secret" not in answer["Location"]
    deliver_all(alpha)
    body = str(mail.outbox[-1].body)
    link = next(line for line in body.splitlines() if "/apply/" in line)
    path = "/apply/" + link.partition("/apply/")[2]
    assert visitor.get(path).status_code == 200
    file = SimpleUploadedFile("licence.pdf", b"%PDF-1.4 x")
    assert visitor.post(f"{path}file/", {"file": file, "purpose": "licence"}).status_code == 302
    kept = {name: value for name, value in FIELDS.items() if name != "contact_email"}
    assert visitor.post(f"{path}send/", kept | {"city": "Sharjah", "then": "send"}).status_code == 302
    deliver_all(alpha)
    application = newest(alpha)
    assert (application.state, application.city) == ("screening", "Sharjah")
    page = visitor.get(path).content.decode()
    assert application.number in page
    assert "In review" in page
    assert "licence.pdf" in page
    for inside in ("screening", "Score", "Flag", "scored"):
        assert inside not in page


def test_errors_stand_at_their_fields_and_keep_what_was_typed(alpha: Tenant) -> None:
    answer = alpha.client().post("/apply/", FORM | {"contact_email": "sara", "founded": "soon"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Novin Network Ltd" in page
    answer = alpha.client().post("/apply/", FORM | {"founded": "soon", "country": "IR", "legal_id": "123"})
    assert answer.status_code == 422
    assert newest_or_none(alpha) is None


def newest_or_none(tenant: Tenant) -> Any:
    with tenant.scope():
        from partners.models import Application

        return Application.objects.first()


def test_who_applies_makes_no_difference_to_the_answer(alpha: Tenant) -> None:
    """A known partner, a blocked one and a stranger get the same bytes after the same queries."""
    with alpha.scope():
        Partner.objects.filter(code="p1").update(name="Taken", legal_id="TAKEN-1", website="https://taken.ae")
    pages, shapes = [], []
    cases = (
        {"legal_id": "TAKEN-1", "company_name": "Taken", "contact_email": "partner_owner.p1@alpha.example"},
        {"legal_id": "NEW-1", "company_name": "Fresh", "contact_email": "new@fresh.ae"},
    )
    for case in cases:
        visitor = alpha.client()
        answer = visitor.post("/apply/", FORM | case)
        page = visitor.get(answer["Location"]).content.decode()
        pages.append((answer.status_code, answer["Location"], ONCE.sub("", page)))
        with CaptureQueriesContext(connection) as caught:
            create_draft(alpha.operator, language="en", fields=FIELDS | case)
        shapes.append([query["sql"].split()[0] for query in caught.captured_queries])
        deliver_all(alpha)
    assert pages[0] == pages[1]
    assert shapes[0] == shapes[1]
    assert len(shapes[0]) > 3
    assert len({message.subject for message in mail.outbox}) == 1


def test_ten_forms_an_hour_from_one_address(alpha: Tenant) -> None:
    visitor = alpha.client()
    answers = [visitor.post("/apply/", FORM | {"country": "?"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_links_that_open_nothing_are_404_for_everybody(alpha: Tenant, beta: Tenant) -> None:
    secret = drafted(alpha)
    assert alpha.client().get("/apply/guess/").status_code == 404
    assert beta.client().get(f"/apply/{secret}/").status_code == 404
    assert alpha.client("programme_manager").get(f"/apply/{secret}/").status_code == 200


def test_the_review_from_flags_to_the_new_partner(alpha: Tenant) -> None:
    with alpha.scope():
        Partner.objects.filter(code="p1").update(name="Novin Networks", phone="+971 4 123 4567")
    number, secret = applied(alpha)
    pam = alpha.client("pam")
    page = pam.get(f"/applications/{number}/").content.decode()
    assert "Same phone as a partner" in page
    assert "Novin Networks" in page  # side by side: p1 is in the own book
    assert number in pam.get("/applications/").content.decode()
    with alpha.scope():
        codes = list(Criterion.objects.values_list("code", flat=True))
    scores = {f"value-{code}": "80" for code in codes} | {"source-fit": "talked on the phone"}
    assert pam.post(f"/applications/{number}/do/score/", scores | {"value-fit": "many"}).status_code == 422
    assert pam.post(f"/applications/{number}/do/score/", scores).status_code == 302
    assert "talked on the phone" in pam.get(f"/applications/{number}/").content.decode()
    assert pam.post(f"/applications/{number}/do/approve/", {"code": "novin"}).status_code == 302
    assert newest(alpha).state == "scored"
    manager = alpha.client("programme_manager")
    assert manager.post(f"/applications/{number}/do/approve/", {"code": "p1"}).status_code == 422
    assert manager.post(f"/applications/{number}/do/approve/", {"code": "novin"}).status_code == 302
    deliver_all(alpha)
    with alpha.scope():
        assert Partner.objects.get(code="novin").state == "onboarding"
    assert "Approved" in alpha.client().get(f"/apply/{secret}/").content.decode()


def test_a_question_is_answered_on_the_page_of_the_link(alpha: Tenant) -> None:
    number, secret = applied(alpha)
    pam = alpha.client("pam")
    asked = {"text": "Which phone\nreaches you?", "fields_asked": ["phone"]}
    assert pam.post(f"/applications/{number}/do/ask/", asked).status_code == 302
    visitor = alpha.client()
    page = visitor.get(f"/apply/{secret}/").content.decode()
    assert "reaches you?" in page
    assert 'name="phone"' in page
    assert 'name="company_name"' not in page
    sent = visitor.post(f"/apply/{secret}/send/", {"phone": "+971 4 765 4321", "then": "send"})
    assert sent.status_code == 302
    deliver_all(alpha)
    assert newest(alpha).state == "screening"
    assert visitor.post(f"/apply/{secret}/withdraw/").status_code == 302
    assert visitor.post(f"/apply/{secret}/send/", {}).status_code == 422


def test_notes_and_files_of_staff_stay_with_staff(alpha: Tenant) -> None:
    number, secret = applied(alpha)
    pk = newest(alpha).pk
    pam = alpha.client("pam")
    note = {"text": "Their CEO is an old friend", "audience": "note", "next": "/"}
    assert pam.post(f"/about/partners.application/{pk}/message/", note).status_code in (302, 404)
    page = pam.get(f"/applications/{number}/")
    url = page.context["about"].message_url
    assert pam.post(url, note).status_code == 302
    assert "old friend" in pam.get(f"/applications/{number}/").content.decode()
    assert "old friend" not in alpha.client().get(f"/apply/{secret}/").content.decode()


def test_programme_managers_keep_offers_criteria_and_the_block_list(alpha: Tenant) -> None:
    manager = alpha.client("programme_manager")
    saved = manager.post("/applications/offers/?role=msp", {"support-en": "A hotline of your own"})
    assert saved.status_code == 302
    assert "A hotline of your own" in alpha.client().get("/apply/").content.decode()
    assert "Technical staff" in manager.get("/applications/criteria/").content.decode()
    new = {"code": "lab", "name_en": "Own laboratory", "axis": "technical", "weight": "4", "active": "on"}
    assert manager.post("/applications/criteria/new/", new).status_code == 302
    assert manager.post("/applications/criteria/lab/", new | {"weight": "400"}).status_code == 422
    assert manager.post("/applications/criteria/lab/", new | {"weight": "5"}).status_code == 302
    blocked = {"kind": "domain", "value": "bad.example", "reason": "Fraud"}
    assert manager.post("/applications/blocked/new/", blocked).status_code == 302
    assert "bad.example" in manager.get("/applications/blocked/").content.decode()
    assert alpha.client("pam").get("/applications/blocked/").status_code == 403


def test_years_are_those_of_the_operators_calendar(beta: Tenant) -> None:
    """Beta counts in Jalali years: 1392 is kept as 2013, and read as 1392 again."""
    number, _secret = applied(beta, country="IR", legal_id=LEGAL_ID, founded="1392")
    assert newest(beta).founded == 2013
    shown = beta.client("pam", accept_language="fa").get(f"/applications/{number}/").content.decode()
    assert "۱۳۹۲" in shown
    assert "2013" not in shown
