"""Clocks of leads that are worked on: first contact, the warning, the recall; and who is told what."""

from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.utils import timezone

from common.errors import Conflict, Forbidden
from marketing.enums import LeadState, OfferState
from marketing.leads.arrivals import asked_of_partner
from marketing.leads.offers import accept_lead
from marketing.leads.recalls import recall_lead
from marketing.leads.working import mark_contacted, note_progress, qualify_lead
from marketing.models import Lead
from programs.models import DirectoryEntry
from tenancy.outbox import deliver
from tests.kit.world import Tenant
from tests.marketing.kit import (
    BOSS,
    OWNER,
    RIVAL,
    again,
    contact,
    holder,
    lead,
    market,
    offers,
    without_people,
)
from workflow.models import Notification
from workflow.timers import fire_due


@pytest.fixture
def tenant(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    return alpha


def later(tenant: Tenant, **time: float) -> datetime:
    """Let everything ring that is due by then, and bring what was told."""
    now = timezone.now() + timedelta(**time)
    with tenant.scope(), mock.patch("django.utils.timezone.now", return_value=now):
        while fire_due(tenant.system, now=now):
            pass
        while deliver(tenant.system):
            pass
    return now


def told(tenant: Tenant, kind: str, *, still: bool = False) -> set[str]:
    """Who was told (``still``: and has it to do yet)."""
    names = {actor.membership_id: name for name, actor in tenant.actors.items()}
    with tenant.scope():
        rows = Notification.objects.filter(kind=kind)
        if still:
            rows = rows.filter(done_at=None)
        return {names[row.membership_id] for row in rows}


def accepted(tenant: Tenant) -> Lead:
    row = lead(tenant)
    who = holder(tenant, row)
    with tenant.scope(who):
        accept_lead(tenant.actors[who], ref=row.ref)
    return again(tenant, row)


def test_owner_and_sellers_are_told_of_an_offer_and_when_half_the_time_is_over(tenant: Tenant) -> None:
    row = lead(tenant)
    code = holder(tenant, row).rpartition("@")[2]
    later(tenant, seconds=1)
    people = {f"partner_owner@{code}", f"partner_seller@{code}"}
    assert told(tenant, "leads.offered") == people
    assert told(tenant, "leads.half") == set()
    (offer,) = offers(tenant, row)
    now = offer.due_at - timedelta(minutes=30)
    with tenant.scope():
        fire_due(tenant.system, now=now)
        while deliver(tenant.system):
            pass
    assert told(tenant, "leads.half") == people
    with tenant.scope(holder(tenant, row)):
        accept_lead(tenant.actors[holder(tenant, row)], ref=row.ref)
    later(tenant, seconds=1)
    assert told(tenant, "leads.offered", still=True) == set()
    assert told(tenant, "leads.half", still=True) == set()


def test_what_nobody_takes_is_told_to_those_who_place_it(tenant: Tenant) -> None:
    for code in ("p1", "p2"):
        without_people(tenant, code)
    row = lead(tenant)
    later(tenant, seconds=1)
    assert told(tenant, "leads.manual", still=True) == {"pam", "programme_manager"}
    with tenant.scope():
        assert "Golden" not in str(list(Notification.objects.values_list("params", flat=True)))
    assert again(tenant, row).state == LeadState.MANUAL


def test_a_lead_that_lies_is_warned_of_then_recalled_and_hidden_again(tenant: Tenant) -> None:
    row = accepted(tenant)
    who = holder(tenant, row)
    assert contact(tenant, row).partner_id == row.partner_id
    later(tenant, days=4, hours=23)
    assert told(tenant, "leads.warned") == set()
    later(tenant, days=5, hours=1)
    assert who in told(tenant, "leads.warned", still=True)
    assert again(tenant, row).state == LeadState.ACCEPTED
    later(tenant, days=7, hours=1)
    now = again(tenant, row)
    # Routed anew, to the other one: who had it is not asked again.
    assert (now.state, holder(tenant, row)) == (LeadState.OFFERED, RIVAL if who == OWNER else OWNER)
    assert contact(tenant, row).partner_id is None
    assert [each.state for each in offers(tenant, row)] == [OfferState.RECALLED, OfferState.OFFERED]
    assert who in told(tenant, "leads.recalled")
    with tenant.scope(who), pytest.raises(Conflict) as refused:
        mark_contacted(tenant.actors[who], ref=row.ref)
    assert refused.value.code == "offer_recalled"


def test_an_update_begins_the_time_anew_and_a_qualified_lead_stays(tenant: Tenant) -> None:
    row = accepted(tenant)
    who = holder(tenant, row)
    actor = tenant.actors[who]
    then = timezone.now() + timedelta(days=4)
    with mock.patch("django.utils.timezone.now", return_value=then), tenant.scope(who):
        note_progress(actor, ref=row.ref, text="Called, nobody there")
    later(tenant, days=7, hours=1)
    assert again(tenant, row).state == LeadState.ACCEPTED
    with mock.patch("django.utils.timezone.now", return_value=then), tenant.scope(who):
        mark_contacted(actor, ref=row.ref)
        qualify_lead(actor, ref=row.ref)
    later(tenant, days=30)
    assert again(tenant, row).state == LeadState.QUALIFIED


def test_the_account_manager_hears_of_a_first_contact_that_is_late(tenant: Tenant) -> None:
    lead(tenant, partner="p1")
    later(tenant, days=1)
    assert told(tenant, "leads.stuck") == set()
    later(tenant, days=4)
    assert told(tenant, "leads.stuck") == {"pam"}


def test_staff_recall_by_hand_and_partners_do_not(tenant: Tenant) -> None:
    row = accepted(tenant)
    who = holder(tenant, row)
    with tenant.scope(who), pytest.raises(Forbidden):
        recall_lead(tenant.actors[who], ref=row.ref)
    with tenant.scope(BOSS):
        recall_lead(tenant.actors[BOSS], ref=row.ref, text="They closed down")
    assert holder(tenant, row) != who


def test_what_a_visitor_asked_of_one_partner_goes_to_no_other_by_itself(tenant: Tenant) -> None:
    with tenant.scope():
        entry = DirectoryEntry.objects.create(partner=tenant.partners["p1"], slug="p1", name="P1")
        asked = {"name": "Sara", "email": "s@c.example", "text": "For your eyes", "entry": entry.pk}
        taken = asked_of_partner(tenant.system, asked)
    assert taken is not None
    row = again(tenant, taken.lead)
    assert (row.state, holder(tenant, row)) == (LeadState.ACCEPTED, OWNER)
    later(tenant, days=7, hours=1)
    now = again(tenant, row)
    assert (now.state, now.partner_id) == (LeadState.MANUAL, None)
    assert contact(tenant, row).partner_id is None
