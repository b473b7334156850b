"""The directory: what the world sees, what it never sees, and how a question reaches the partner."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import ProgrammingError, transaction

from catalog.models import Family
from common.errors import Conflict, InputError
from marketing.leads.capture import take_in
from marketing.leads.selectors import leads_for
from marketing.models import Lead, LeadContact
from partners.enums import PartnerState
from partners.models import Partner
from programs.benefits import save_benefit
from programs.directory.entries import refresh_entries
from programs.directory.listings import (
    approve_listing,
    list_partner,
    reject_listing,
    submit_listing,
    withdraw_listing,
)
from programs.directory.public import find_entries
from programs.enums import ListingState
from programs.models import DirectoryEntry, DirectoryListing, Programme, Tier
from programs.models import Enrolment as TierEnrolment
from tenancy.access import as_applicant
from tenancy.outbox import deliver
from tests.kit.world import Tenant
from workflow.models import Notification, Transition

OWNER, MANAGER = "partner_owner@p1", "programme_manager"


@pytest.fixture
def town(alpha: Tenant) -> Tenant:
    cache.clear()
    with alpha.scope():
        Family.objects.create(code="security", name="Security", names={"fa": "امنیت"}, layer="security")
        p1 = alpha.partners["p1"]
        p1.names, p1.city, p1.roles, p1.layers = {"en": "Golden Gate"}, "Shiraz", ["reseller"], ["security"]
        p1.phone, p1.legal_id = "+98 21 000", "SECRET-LEGAL-ID"
        p1.save()
    return alpha


def submitted(tenant: Tenant, **given: Any) -> DirectoryListing:
    with tenant.scope(OWNER):
        wanted = {"texts": {"en": "We build networks."}, "families": ["security"]} | given
        return submit_listing(tenant.actors[OWNER], **wanted)


def approved(tenant: Tenant) -> DirectoryListing:
    listing = submitted(tenant)
    with tenant.scope("pam"):
        return approve_listing(tenant.actors["pam"], listing_id=listing.pk)


def test_only_approved_words_are_shown(town: Tenant) -> None:
    listing = submitted(town)
    browser = town.client()
    assert "Golden Gate" not in browser.get("/directory/").content.decode()
    with town.scope(MANAGER):
        manager = town.actors[MANAGER]
        with pytest.raises(InputError):
            reject_listing(manager, listing_id=listing.pk, reason="")
        approve_listing(manager, listing_id=listing.pk)
    assert "We build networks." in browser.get("/directory/").content.decode()
    # New words wait; the old ones stay.
    submitted(town, texts={"en": "We are the cheapest."})
    page = browser.get("/directory/golden-gate/").content.decode()
    assert "We build networks." in page
    assert "cheapest" not in page
    with town.scope(MANAGER):
        reject_listing(town.actors[MANAGER], listing_id=listing.pk, reason="No comparisons")
    assert "We build networks." in browser.get("/directory/").content.decode()
    with town.scope(OWNER):
        withdraw_listing(town.actors[OWNER], listing_id=listing.pk)
    assert browser.get("/directory/golden-gate/").status_code == 404


def test_what_is_meant_for_nobody_else_stays_inside(town: Tenant) -> None:
    approved(town)
    page = town.client().get("/directory/golden-gate/").content.decode()
    for secret in ("SECRET-LEGAL-ID", "+98 21 000", "alpha.example"):
        assert secret not in page, secret
    # As a word: tokens of chance may hold the two letters.
    assert not re.search(r"(?<![\w-])p1(?![\w-])", page)
    with town.scope(MANAGER), as_applicant(town.operator.pk):
        assert DirectoryEntry.objects.count() == 1
        for model in (Partner, DirectoryListing, Lead, LeadContact):
            with pytest.raises(ProgrammingError), transaction.atomic():
                model.objects.count()
        with pytest.raises(ProgrammingError), transaction.atomic():
            DirectoryEntry.objects.update(name="Hacked")


def test_another_operators_host_shows_nothing(town: Tenant, beta: Tenant) -> None:
    approved(town)
    assert beta.client().get("/directory/golden-gate/").status_code == 404
    assert "Golden Gate" not in beta.client().get("/directory/").content.decode()


def test_filters_narrow_and_the_best_tier_comes_first(town: Tenant) -> None:
    approved(town)
    with town.scope():
        p2 = town.partners["p2"]
        p2.city, p2.layers = "Tehran", ["cloud"]
        p2.save()
        list_partner(town.system, partner="p2", texts={"en": "Cloud house"})
        programme = Programme.objects.create(code="main", name="Main", main=True)
        gold = Tier.objects.create(programme=programme, code="gold", name="Gold", rank=3)
        TierEnrolment.objects.create(programme=programme, partner=p2, tier=gold, since="2026-01-01")
        refresh_entries()

    def names(**wanted: str) -> list[str]:
        with town.scope(MANAGER):
            return [entry.slug for entry in find_entries(town.operator, wanted).entries]

    assert names() == ["partner-p2", "golden-gate"]
    assert names(layer="security") == ["golden-gate"]
    assert names(family="security") == ["golden-gate"]
    assert names(city="Tehran") == ["partner-p2"]
    assert names(tier="gold") == ["partner-p2"]
    assert names(role="reseller") == ["golden-gate"]
    assert names(search="GOLDEN shiraz") == ["golden-gate"]
    assert names(search="golden", layer="cloud") == []
    assert town.client().get("/directory/?layer=x&page=99999999&search=%00").status_code == 200


def test_a_suspended_partner_disappears(town: Tenant) -> None:
    approved(town)
    with town.scope():
        Partner.objects.filter(code="p1").update(state=PartnerState.SUSPENDED)
        assert refresh_entries() == 0
        assert DirectoryEntry.objects.count() == 0
    with pytest.raises(Conflict):
        submitted(town)


def test_the_directory_belongs_to_tiers_that_give_it(town: Tenant) -> None:
    """Where no tier gives it everybody may be listed; where one does, its partners alone, as long as they hold it."""
    approved(town)
    with town.scope():
        programme = Programme.objects.create(code="main", name="Main", main=True)
        plain = Tier.objects.create(programme=programme, code="plain", name="Plain", rank=1)
        gold = Tier.objects.create(programme=programme, code="gold", name="Gold", rank=2)
        row = TierEnrolment.objects.create(
            programme=programme, partner=town.partners["p1"], tier=plain, since="2026-01-01"
        )
        assert refresh_entries() == 1
        save_benefit(town.system, tier_id=gold.pk, kind="directory")
        assert refresh_entries() == 0
    page = town.client(OWNER).get("/listing/").content.decode()
    assert "Your tier does not include the directory" in page
    with pytest.raises(Conflict) as refused:
        submitted(town)
    assert refused.value.code == "not_entitled"
    for who in (MANAGER, "pam"):
        with town.scope(who), pytest.raises(Conflict):
            approve_listing(town.actors[who], listing_id=DirectoryListing.objects.get().pk)
    with town.scope():
        with pytest.raises(Conflict):
            list_partner(town.system, partner="p2", texts={"en": "Not in any programme"})
        TierEnrolment.objects.filter(pk=row.pk).update(tier=gold)
        assert refresh_entries() == 1
    assert "Your tier does not" not in town.client(OWNER).get("/listing/").content.decode()
    assert approved(town).state == ListingState.APPROVED


ASK = {
    "name": "Sara",
    "email": "sara@customer.example",
    "company": "Customer Ltd",
    "text": "Firewall for 3 sites",
}


def test_a_question_is_a_lead_of_the_partner_that_was_asked(town: Tenant) -> None:
    approved(town)
    browser = town.client()
    half = browser.post("/directory/golden-gate/", ASK | {"email": "nonsense"})
    assert half.status_code == 422
    assert "Firewall for 3 sites" in half.content.decode()
    sent = browser.post("/directory/golden-gate/", ASK)
    assert sent["Location"] == "/directory/golden-gate/sent/"
    assert browser.get(sent["Location"]).status_code == 200
    with town.scope():
        while deliver(town.system):
            pass
        lead, contact = Lead.objects.get(), LeadContact.objects.get()
        told = Notification.objects.filter(object_type="marketing.lead")
        assert {row.membership_id for row in told} >= {
            town.actors[OWNER].membership_id, town.actors["partner_seller@p1"].membership_id,
        }  # fmt: skip
        assert all("Firewall" not in str(row.params) and "sara" not in str(row.params) for row in told)
    assert (lead.state, lead.source, lead.partner_id) == ("accepted", "directory", town.partners["p1"].pk)
    assert (contact.person, contact.company, contact.text) == ("Sara", "Customer Ltd", "Firewall for 3 sites")
    seen = {OWNER: 1, "partner_seller@p1": 1, "pam": 1, MANAGER: 1, "partner_owner@p2": 0}
    for who, number in seen.items():
        with town.scope(who):
            assert leads_for(town.actors[who]).count() == number, who


def test_a_second_partner_that_is_asked_gets_a_lead_of_its_own(town: Tenant) -> None:
    approved(town)
    with town.scope():
        list_partner(town.system, partner="p2", texts={"en": "Cloud house"})
    for slug in ("golden-gate", "golden-gate", "partner-p2"):
        assert town.client().post(f"/directory/{slug}/", ASK).status_code == 302
    with town.scope():
        while deliver(town.system):
            pass
        rows = Lead.objects.order_by("pk")
        assert [row.partner_id for row in rows] == [town.partners["p1"].pk, town.partners["p2"].pk]


def test_old_addresses_of_questions_lead_to_leads(town: Tenant) -> None:
    with town.scope():
        taken = take_in(town.system, {"person": "S", "email": "s@c.example"}, "directory",
                        company=town.partners["p1"], external_id="contact-7").lead  # fmt: skip
    owner = town.client(OWNER)
    assert owner.get("/contacts/")["Location"] == "/leads/"
    assert owner.get("/contacts/7/")["Location"] == f"/leads/{taken.ref}/"
    assert owner.get("/contacts/8/").status_code == 404
    assert town.client("partner_owner@p2").get("/contacts/7/").status_code == 404


def test_programs_and_floods_get_nowhere(town: Tenant) -> None:
    approved(town)
    browser = town.client()
    assert browser.post("/directory/golden-gate/", ASK | {"homepage": "http://spam"}).status_code == 302
    for _number in range(5):
        assert browser.post("/directory/golden-gate/", ASK).status_code == 302
    assert browser.post("/directory/golden-gate/", ASK).status_code == 429
    with town.scope():
        while deliver(town.system):
            pass
        # All from one customer: one lead, and what was written again stands in its history.
        asked = Lead.objects.get()
        again = Transition.objects.filter(
            object_type="marketing.lead", object_id=asked.pk, reason="asked_again"
        )
        assert again.count() == 4


def test_a_form_without_its_token_is_refused(town: Tenant) -> None:
    from django.test import Client

    approved(town)
    strict = Client(SERVER_NAME=town.host, enforce_csrf_checks=True)
    assert strict.post("/directory/golden-gate/", ASK).status_code == 403


def test_the_owner_writes_and_the_operator_decides_in_the_browser(town: Tenant) -> None:
    owner = town.client(OWNER)
    empty = owner.post("/listing/", {"website": "https://a.example"})
    assert empty.status_code == 422
    assert "https://a.example" in empty.content.decode()
    assert owner.post("/listing/", {"text_en": "Hello", "families": ["security"]}).status_code == 302
    with town.scope():
        listing = DirectoryListing.objects.get()
    manager = town.client(MANAGER)
    assert manager.post(f"/listings/{listing.pk}/", {"verb": "reject"}).status_code == 422
    assert manager.post(f"/listings/{listing.pk}/", {"verb": "approve"}).status_code == 302
    assert owner.post(f"/listings/{listing.pk}/", {"verb": "withdraw"}).status_code == 404
    with town.scope():
        assert DirectoryListing.objects.get().state == ListingState.APPROVED
    assert owner.post("/listing/withdraw/").status_code == 302
    with town.scope():
        assert DirectoryEntry.objects.count() == 0
