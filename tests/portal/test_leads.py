"""Leads in the portal: offered without saying who it is, accepted, worked on; placed and explained by the operator's people."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from marketing.enums import LeadState, OfferState
from marketing.leads.offers import accept_lead, decline_lead
from marketing.models import Lead, PinnedCustomer
from tests.kit.world import Tenant, make_partner
from tests.marketing.kit import (
    BOSS,
    OWNER,
    RIVAL,
    again,
    capture,
    customer,
    holder,
    lead,
    market,
    offers,
    without_people,
)

HIDDEN = ("Sara", "Golden Gate", "Dubai", "golden-gate", "Call me", "+9714")


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    return alpha


def offered(tenant: Tenant, **given: Any) -> tuple[Any, str]:
    """An offered lead, and the owner of the company that it is offered to."""
    row = lead(tenant, text="Call me at home", phone="+97141234567", **given)
    return row, holder(tenant, row)


def read(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_partner_decides_without_knowing_who_it_is(shop: Tenant) -> None:
    row, who = offered(shop, size="medium", territory="north")
    client = shop.client(who)
    assert row.ref in read(client.get("/leads/"))
    page = client.get(f"/leads/{row.ref}/")
    text = read(page)
    assert page.status_code == 200
    assert "Fiber" in text and "North" in text and "50 to 249 people" in text
    for address in ("/leads/", f"/leads/{row.ref}/", "/"):
        shown = read(client.get(address))
        assert not [word for word in HIDDEN if word in shown], address
    answer = client.post(f"/leads/{row.ref}/do/accept/", {"version": row.version})
    assert answer.status_code == 302
    after = read(client.get(f"/leads/{row.ref}/"))
    assert not [word for word in HIDDEN if word not in after]
    assert "Golden Gate Trading" in read(client.get("/leads/"))


def test_a_declined_lead_is_gone_and_says_why(shop: Tenant) -> None:
    row, who = offered(shop)
    client = shop.client(who)
    address = f"/leads/{row.ref}/do/decline/"
    refused = client.post(address, {"text": "Too far away"})
    assert refused.status_code == 422
    assert "Too far away" in read(refused)
    answer = client.post(address, {"reason": "outside_area", "text": "Too far away", "spam": "on"})
    assert answer["Location"] == "/leads/"
    (last, *_rest) = offers(shop, row)
    assert (last.state, last.reason, last.text, last.spam) == (
        OfferState.DECLINED, "outside_area", "Too far away", True,
    )  # fmt: skip
    gone = client.get(f"/leads/{row.ref}/")
    assert gone.status_code == 410
    assert "Your company declined this lead." in read(gone)
    assert client.post(f"/leads/{row.ref}/do/accept/").status_code == 410
    assert (
        shop.client("partner_seller@p1" if who == RIVAL else "partner_seller@p2").get("/leads/").status_code
        == 200
    )


def test_a_lead_is_worked_on_to_its_qualification(shop: Tenant) -> None:
    row, who = offered(shop)
    with shop.scope(who):
        accept_lead(shop.actors[who], ref=row.ref)
    client = shop.client(who)
    for verb, typed, state in (
        ("contacted", {"text": "Met at the fair"}, LeadState.CONTACTED),
        ("progress", {"text": "Sent a brochure"}, LeadState.CONTACTED),
        ("qualify", {}, LeadState.QUALIFIED),
        ("lose", {"reason": "price"}, LeadState.LOST),
    ):
        assert client.post(f"/leads/{row.ref}/do/{verb}/", typed).status_code == 302, verb
        assert again(shop, row).state == state
    page = read(client.get(f"/leads/{row.ref}/"))
    assert "Met at the fair" in page and "Sent a brochure" in page and "Price" in page
    assert 'id="steps"' not in page


def test_country_and_language_are_words_of_the_reader(shop: Tenant) -> None:
    row, _who = offered(shop)
    with shop.scope():
        row.contacts.update(country="IR", language="fa")
    page = read(shop.client("programme_manager").get(f"/leads/{row.ref}/"))
    assert "<bdi>Iran</bdi>" in page and "<bdi>Persian</bdi>" in page
    with shop.scope():
        row.contacts.update(country="QQ", language="zz")
    page = read(shop.client("programme_manager").get(f"/leads/{row.ref}/"))
    assert "<bdi>QQ</bdi>" in page and "<bdi>zz</bdi>" in page


def test_who_reaches_which_lead(shop: Tenant) -> None:
    row, who = offered(shop)
    other = OWNER if who == RIVAL else RIVAL
    assert shop.client(other).get(f"/leads/{row.ref}/").status_code == 404
    assert shop.client("partner_finance@p1").get("/leads/").status_code == 403
    assert shop.client("support_agent").get("/leads/").status_code == 403
    boss = read(shop.client(BOSS).get(f"/leads/{row.ref}/"))
    assert "Golden Gate Trading" in boss and "do/accept" not in boss
    assert shop.client(BOSS).post(f"/leads/{row.ref}/do/accept/").status_code == 404
    assert shop.client("executive").get(f"/leads/{row.ref}/").status_code == 200


def test_the_list_is_searched_by_what_the_reader_may_know(shop: Tenant) -> None:
    row, who = offered(shop)
    assert row.ref in read(shop.client(BOSS).get("/leads/?search=golden"))
    assert row.ref not in read(shop.client(who).get("/leads/?search=golden"))
    assert row.ref in read(shop.client(who).get(f"/leads/?search={row.ref}"))
    given = capture(shop, company="Other Works", partner="p1").lead
    assert given.ref in read(shop.client(OWNER).get("/leads/?search=other"))


def manual(tenant: Tenant) -> Any:
    """A lead that both have declined."""
    row = lead(tenant)
    for _time in range(2):
        who = holder(tenant, row)
        with tenant.scope(who):
            decline_lead(tenant.actors[who], ref=row.ref, reason="no_capacity", text="Not this month")
    return again(tenant, row)


def test_the_queue_is_placed_by_hand(shop: Tenant) -> None:
    row = manual(shop)
    boss, pam = shop.client(BOSS), shop.client("pam")
    assert row.ref in read(pam.get("/leads/queue/"))
    assert row.ref in read(pam.get("/"))
    page = read(boss.get(f"/leads/{row.ref}/"))
    assert "Not this month" in page and "Was asked already" in page and "No partner fits" in page
    refused = boss.post(f"/leads/{row.ref}/do/offer/", {"partner": "p1", "text": "Please"})
    assert refused.status_code == 422
    assert "This company declined the lead." in read(refused) and "Please" in read(refused)
    with shop.scope():
        made = make_partner("p9")
    taken = {"partner": "p9", "at_once": "on"}
    assert boss.post(f"/leads/{row.ref}/do/offer/", taken)["Location"] == f"/leads/{row.ref}/"
    now = again(shop, row)
    assert (now.state, now.partner_id) == (LeadState.ACCEPTED, made.pk)
    assert pam.get(f"/leads/{row.ref}/").status_code == 404  # not in the PAM's book
    assert boss.post(f"/leads/{row.ref}/do/recall/", {"text": "A mistake"}).status_code == 302
    assert again(shop, row).state == LeadState.MANUAL
    assert row.ref in read(boss.get("/leads/queue/"))
    assert shop.client(OWNER).get("/leads/queue/").status_code == 404
    assert shop.client("executive").get("/leads/queue/").status_code == 403


def test_a_lead_is_entered_by_hand(shop: Tenant) -> None:
    boss = shop.client(BOSS)
    wrong = boss.post("/leads/new/", {"person": "Sara Karimi", "text": "Call her", "product": "fiber"})
    assert wrong.status_code == 422
    assert "Give a phone number or an e-mail address." in read(wrong) and "Call her" in read(wrong)
    typed = {"person": "Sara Karimi", "email": "s@gate.example", "product": "fiber", "country": "AE"}
    made = boss.post("/leads/new/", typed)
    assert made["Location"] == "/leads/L-000001/"
    page = read(boss.get(made["Location"]))
    assert "Ways to reach the person" in page and "Highest weight" in page
    again_there = boss.post("/leads/new/", typed | {"partner": "p1", "email": "o@works.example"})
    assert "do/accept" not in read(shop.client(OWNER).get(again_there["Location"]))
    assert "o@works.example" in read(shop.client(OWNER).get(again_there["Location"]))
    with shop.scope():
        assert Lead.objects.filter(state=LeadState.ACCEPTED).count() == 1
    assert shop.client(OWNER).get("/leads/new/").status_code == 404
    assert shop.client("executive").get("/leads/new/").status_code == 403


def test_a_pam_is_told_where_a_lead_went_that_is_not_the_own_books(shop: Tenant) -> None:
    typed = {"person": "Sara", "email": "s@gate.example", "product": "fiber"}
    without_people(shop, "p1")
    answer = shop.client("pam").post("/leads/new/", typed, follow=True)
    assert answer.redirect_chain == [("/leads/", 302)]
    assert "Lead L-000001 was taken in: Offered." in read(answer)


def test_of_partners_outside_of_the_book_only_the_number_is_told(shop: Tenant) -> None:
    rows = [lead(shop), lead(shop, company="Other Works")]  # the second goes to who has fewer
    mine = next(row for row in rows if holder(shop, row) == OWNER)
    page = strip_tags(read(shop.client("pam").get(f"/leads/{mine.ref}/")))
    assert "and 1 outside of your book" in page and "Partner p2" not in page
    boss = read(shop.client(BOSS).get(f"/leads/{mine.ref}/"))
    assert "outside of your book" not in boss and "Partner p2" in boss


def test_pause_and_capacity(shop: Tenant) -> None:
    owner = shop.client(OWNER)
    until = timezone.now().date() + timedelta(days=9)
    assert owner.get("/leads/availability/").status_code == 200
    late = owner.post("/leads/availability/", {"paused_until": "2001-01-01", "capacity": "77"})
    assert late.status_code == 422
    assert "This day is over." in read(late) and "At most 10 is possible." in read(late)
    saved = owner.post("/leads/availability/", {"paused_until": until.isoformat(), "capacity": "۴"})
    assert saved["Location"] == "/leads/"
    assert "You take no new leads up to and with" in read(owner.get("/leads/"))
    boss = shop.client(BOSS)
    assert f'value="{until.isoformat()}"' in read(boss.get("/leads/of/p1/"))
    assert boss.post("/leads/of/p1/", {"paused_until": "", "capacity": ""}).status_code == 302
    assert "You take no new leads" not in read(owner.get("/leads/"))
    assert shop.client("pam").get("/leads/of/p2/").status_code == 404


def test_customers_are_pinned_and_unpinned(shop: Tenant) -> None:
    with shop.scope():
        customer("c-1")
    boss = shop.client(BOSS)
    assert boss.post("/leads/pins/new/", {"customer": "no", "partner": "p1"}).status_code == 422
    assert boss.post("/leads/pins/new/", {"customer": "c-1", "partner": "p1"})["Location"] == "/leads/pins/"
    assert "C-1" in read(boss.get("/leads/pins/"))
    with shop.scope():
        pin = PinnedCustomer.objects.get()
    assert boss.post(f"/leads/pins/{pin.pk}/remove/").status_code == 302
    with shop.scope():
        assert not PinnedCustomer.objects.exists()


def test_a_company_and_the_operator_talk_about_a_lead(shop: Tenant) -> None:
    row = capture(shop, partner="p1").lead
    address = f"/about/marketing.lead/{row.pk}/message/"
    assert shop.client(OWNER).post(address, {"text": "He is away until Monday"}).status_code == 302
    assert (
        shop.client("pam").post(address, {"text": "Ask for the budget", "audience": "note"}).status_code
        == 302
    )
    staff, own = (read(shop.client(who).get(f"/leads/{row.ref}/")) for who in ("pam", OWNER))
    assert "He is away until Monday" in staff and "Ask for the budget" in staff
    assert "He is away until Monday" in own and "Ask for the budget" not in own
    assert shop.client(RIVAL).post(address, {"text": "Me too"}).status_code == 404
