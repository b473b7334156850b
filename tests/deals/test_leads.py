"""Deals and leads of the same customer: who is in the way of whom, and what a decision makes of the lead."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from catalog.models import Segment, Territory
from common.errors import InputError, NotFound
from deals.enums import DealSource, DealState
from deals.models import ConflictCase, ConflictHit, Deal, DealLine
from deals.services.cases import decide_case
from deals.services.leads import convert_lead
from deals.services.review import approve_deal, take_deal
from deals.services.submission import submit_deal
from marketing.enums import LeadState
from marketing.leads.offers import accept_lead
from marketing.leads.selectors import get_lead
from marketing.leads.working import mark_contacted, qualify_lead
from marketing.models import Lead, LeadSettings
from tenancy.models import OutboxEvent
from tests.api.kit import caller
from tests.deals import kit as deals
from tests.kit.world import Tenant
from tests.marketing import kit as leads
from workflow.states import InvalidTransition

OWNER, RIVAL, BOSS = leads.OWNER, leads.RIVAL, leads.BOSS


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        deals.market()
        Segment.objects.create(code="sme", name="SME")
        place = Territory.objects.create(code="north", name="North")
        Territory.objects.filter(pk=place.pk).update(path=[place.pk])
    return alpha


def held(tenant: Tenant, partner: str, **given: Any) -> Lead:
    """A lead of AB-1 that this partner works on."""
    return leads.lead(tenant, partner=partner, legal_id="AB-1", **given)


def offered(tenant: Tenant, partner: str) -> Lead:
    """A lead of AB-1 that waits for this partner's answer."""
    with tenant.scope():
        for code, each in tenant.partners.items():
            if code != partner:
                LeadSettings.objects.create(partner=each, paused_until=deals.today() + timedelta(days=9))
    lead = leads.lead(tenant, legal_id="AB-1")
    assert lead.partner is not None
    assert (lead.state, lead.partner.code) == (LeadState.OFFERED, partner)
    return lead


def case_of(tenant: Tenant, deal: Deal) -> tuple[ConflictCase, list[ConflictHit]]:
    with tenant.scope():
        case = ConflictCase.objects.get(deal=deal)
        return case, list(ConflictHit.objects.filter(case=case).order_by("pk"))


def cases(tenant: Tenant, deal: Deal) -> int:
    with tenant.scope():
        return int(ConflictCase.objects.filter(deal=deal).count())


def decide(tenant: Tenant, deal: Deal, decision: str, **more: Any) -> Deal:
    with tenant.scope(BOSS):
        return decide_case(tenant.actors[BOSS], ref=deal.ref, decision=decision, **more)


def approve(tenant: Tenant, deal: Deal) -> Deal:
    with tenant.scope(BOSS):
        if deals.again(tenant, deal).state == DealState.SUBMITTED:
            take_deal(tenant.actors[BOSS], ref=deal.ref)
        return approve_deal(tenant.actors[BOSS], ref=deal.ref)


def test_a_lead_that_another_company_works_on_stays_with_it(shop: Tenant) -> None:
    lead = held(shop, "p2")
    deal = deals.submitted(shop)
    case, (hit,) = case_of(shop, deal)
    assert (case.outcome, case.proposed, case.state) == ("warn", "lead", "open")
    assert (hit.lead_id, hit.strength, hit.kind) == (lead.pk, "hard", "legal_id")
    assert (hit.evidence["ref"], hit.evidence["state"]) == (lead.ref, "accepted")
    page = shop.client(BOSS).get(f"/deals/{deal.ref}/conflict/").content.decode()
    assert lead.ref in page
    assert "The lead&#x27;s holder goes on" in page
    assert lead.ref not in shop.client(OWNER).get(f"/deals/{deal.ref}/").content.decode()

    with pytest.raises(InputError) as refused:
        decide(shop, deal, "go_on")
    assert refused.value.field == "reason"
    decide(shop, deal, "lead")
    found = deals.again(shop, deal)
    assert found.state == DealState.REJECTED
    assert leads.again(shop, lead).state == LeadState.ACCEPTED
    own = shop.client(OWNER).get(f"/deals/{deal.ref}/").content.decode()
    assert "follows this customer" in own
    assert lead.ref not in own


def test_against_the_lead_needs_a_reason_and_leaves_it_where_it_is(shop: Tenant) -> None:
    lead = held(shop, "p2")
    deal = deals.submitted(shop)
    decide(shop, deal, "go_on", reason="capability")
    approve(shop, deal)
    assert case_of(shop, deal)[0].against_rule
    assert leads.again(shop, lead).state == LeadState.ACCEPTED


def test_what_nobody_accepted_goes_to_who_is_protected(shop: Tenant) -> None:
    lead = offered(shop, "p2")
    deal = deals.submitted(shop)
    case, (hit,) = case_of(shop, deal)
    assert (case.proposed, hit.evidence["state"]) == ("go_on", "offered")
    with pytest.raises(InputError):
        decide(shop, deal, "lead")
    decide(shop, deal, "go_on")
    approve(shop, deal)
    lead = leads.again(shop, lead)
    assert lead.partner is not None
    assert (lead.state, lead.deal, lead.partner.code) == (LeadState.CONVERTED, deal.ref, "p1")
    with shop.scope(RIVAL), pytest.raises(Exception, match="recalled"):
        get_lead(shop.actors[RIVAL], lead.ref)
    with shop.scope():
        told = OutboxEvent.objects.filter(topic="workflow.notice", payload__kind="leads.recalled")
        assert told.count() == 1


def test_the_own_lead_is_no_rival_and_becomes_the_deal(shop: Tenant) -> None:
    lead = held(shop, "p1")
    deals.automatic(shop)
    deal = deals.submitted(shop)
    assert (deal.state, cases(shop, deal)) == (DealState.APPROVED, 0)
    lead = leads.again(shop, lead)
    assert (lead.state, lead.deal) == (LeadState.CONVERTED, deal.ref)


def test_only_what_is_open_and_wants_the_same_is_in_the_way(shop: Tenant) -> None:
    other = leads.lead(shop, partner="p2", legal_id="AB-2", product="", layer="security")
    assert cases(shop, deals.submitted(shop, legal_id="AB-2")) == 0
    security = deals.submitted(shop, legal_id="AB-2", product="waf")
    assert case_of(shop, security)[1][0].lead_id == other.pk
    anything = leads.lead(shop, partner="p2", legal_id="AB-3", company="Third", product="")
    assert case_of(shop, deals.submitted(shop, legal_id="AB-3"))[1][0].lead_id == anything.pk
    over = leads.lead(shop, partner="p2", legal_id="AB-4", company="Fourth", product="")
    with shop.scope():
        Lead.objects.filter(pk=over.pk).update(state=LeadState.LOST)
    assert cases(shop, deals.submitted(shop, legal_id="AB-4")) == 0


def test_a_name_alike_is_asked_about_and_moves_no_lead(shop: Tenant) -> None:
    lead = leads.lead(shop, company="Golden Gate Trading LLC", city="Dubai", email="a@gmail.com", legal_id="")
    deal = deals.submitted(shop, city="Dubai")
    case, (hit,) = case_of(shop, deal)
    assert (hit.lead_id, hit.strength, case.proposed) == (lead.pk, "weak", "go_on")
    decide(shop, deal, "go_on")
    approve(shop, deal)
    assert leads.again(shop, lead).deal == ""


def qualified(tenant: Tenant, **given: Any) -> Lead:
    lead = held(tenant, "p1", **given)
    with tenant.scope(OWNER):
        mark_contacted(tenant.actors[OWNER], ref=lead.ref)
        qualify_lead(tenant.actors[OWNER], ref=lead.ref)
    return lead


@pytest.mark.parametrize("who", [OWNER, BOSS])
def test_a_qualified_lead_becomes_a_draft(shop: Tenant, who: str) -> None:
    lead = qualified(shop, segment="sme", territory="north", text="Two sites", engagement_model="sell_with")
    with shop.scope(who):
        deal = convert_lead(shop.actors[who], ref=lead.ref)
    found = deals.again(shop, deal)
    assert (found.state, found.source, found.external_id) == (DealState.DRAFT, DealSource.LEAD, lead.ref)
    assert (found.customer_name, found.legal_id, found.country) == ("Golden Gate Trading", "AB-1", "AE")
    assert (found.contact_name, found.city, found.description) == ("Sara Karimi", "Dubai", "Two sites")
    assert found.engagement_model == "sell_with"
    with shop.scope():
        assert found.partner.code == "p1"
        assert found.segment is not None
        assert found.segment.code == "sme"
        assert [line.product.code for line in DealLine.objects.filter(deal=found)] == ["fiber"]
    lead = leads.again(shop, lead)
    assert (lead.state, lead.deal) == (LeadState.CONVERTED, found.ref)


def test_the_button_and_the_api_make_the_draft(shop: Tenant) -> None:
    lead = held(shop, "p1")
    owner, button = shop.client(OWNER), f"/deals/from-lead/{lead.ref}/"
    assert button not in owner.get(f"/leads/{lead.ref}/").content.decode()
    early = owner.post(button, follow=True)
    assert early.redirect_chain[-1][0] == f"/leads/{lead.ref}/"
    assert "cannot become" in early.content.decode()
    with shop.scope(OWNER):
        mark_contacted(shop.actors[OWNER], ref=lead.ref)
        qualify_lead(shop.actors[OWNER], ref=lead.ref)
    assert button in owner.get(f"/leads/{lead.ref}/").content.decode()
    assert shop.client("executive").post(button).status_code == 403
    assert shop.client(RIVAL).post(button).status_code == 404
    made = owner.post(button, follow=True)
    assert made.redirect_chain[-1][0] == "/deals/D-000001/edit/"
    assert "Golden Gate Trading" in made.content.decode()

    with shop.scope(OWNER):
        again = leads.lead(shop, partner="p1", legal_id="AB-9", company="Nine")
        mark_contacted(shop.actors[OWNER], ref=again.ref)
    api = caller(shop, OWNER)
    assert api.post(f"leads/{again.ref}/convert/").body["code"] == "invalid_transition"
    api.post(f"leads/{again.ref}/qualify/")
    answer = api.post(f"leads/{again.ref}/convert/")
    assert (answer.status, answer.body["state"]) == (200, "converted")
    assert api.get(f"deals/{answer.body['deal']}/").body["source"] == "lead"


def test_a_lead_that_is_not_qualified_makes_no_draft(shop: Tenant) -> None:
    lead = held(shop, "p1")
    with shop.scope(OWNER), pytest.raises(InvalidTransition), transaction.atomic():
        convert_lead(shop.actors[OWNER], ref=lead.ref)
    with shop.scope(RIVAL), pytest.raises(NotFound):
        convert_lead(shop.actors[RIVAL], ref=lead.ref)
    with shop.scope():
        assert not Deal.objects.exists()


def test_the_draft_of_a_lead_is_submitted_without_a_conflict(shop: Tenant) -> None:
    lead = qualified(shop)
    with shop.scope(OWNER):
        deal = convert_lead(shop.actors[OWNER], ref=lead.ref)
    other = offered_and_accepted(shop)
    assert other.pk != lead.pk
    with shop.scope(), transaction.atomic():
        Deal.objects.filter(pk=deal.pk).update(expected_close=deals.today())
    with shop.scope(OWNER):
        submit_deal(shop.actors[OWNER], ref=deal.ref)
    assert case_of(shop, deal)[1][0].lead_id == other.pk  # A new lead of the same customer, not the own one.


def offered_and_accepted(tenant: Tenant) -> Lead:
    row = offered(tenant, "p2")
    with tenant.scope(RIVAL):
        accept_lead(tenant.actors[RIVAL], ref=row.ref)
    return row
