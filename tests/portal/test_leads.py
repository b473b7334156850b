"""Leads in the portal: offered without saying who it is, accepted, worked on; placed and explained by the operator's people."""

from typing import Any

import pytest

from marketing.enums import LeadState, OfferState
from marketing.leads.offers import accept_lead
from tests.kit.world import Tenant
from tests.marketing.kit import BOSS, OWNER, RIVAL, again, capture, holder, lead, market, offers

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
