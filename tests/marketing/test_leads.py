"""A lead's way from its arrival to its partner: what each step does, refuses and shows."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from common.errors import Conflict, Forbidden, InputError, Invalid, NotFound
from marketing.enums import LeadState, OfferState, Rule
from marketing.leads.offers import accept_lead, decline_lead, offer_lead, route_lead
from marketing.leads.selectors import (
    contact_of,
    contacts_of,
    decisions_about,
    get_lead,
    leads_for,
    manual_queue,
    matching,
    offered_to,
    offers_of,
    own_offers,
)
from marketing.leads.working import disqualify_lead, lose_lead, mark_contacted, mark_converted, qualify_lead
from marketing.models import LeadContact, LeadRouting
from tenancy.models import AuditEntry
from tests.kit.world import Tenant
from tests.marketing.kit import (
    BOSS,
    OWNER,
    RIVAL,
    again,
    capture,
    contact,
    holder,
    lead,
    market,
    offers,
    without_people,
)
from workflow.models import Timer, Transition
from workflow.settings import change_setting
from workflow.states import InvalidTransition
from workflow.timers import fire_due


@pytest.fixture
def tenant(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    return alpha


def other(who: str) -> str:
    return RIVAL if who == OWNER else OWNER


def decline(tenant: Tenant, who: str, ref: str, **given: Any) -> Any:
    with tenant.scope(who):
        return decline_lead(tenant.actors[who], ref=ref, reason=given.pop("reason", "no_capacity"), **given)


def accept(tenant: Tenant, who: str, ref: str) -> Any:
    with tenant.scope(who):
        return accept_lead(tenant.actors[who], ref=ref)


def raw(tenant: Tenant, who: str, sql: str) -> list[tuple[Any, ...]]:
    """What the database gives this actor, without Django's filters."""
    with tenant.scope(who), connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_a_lead_is_scored_routed_and_offered_at_once(tenant: Tenant) -> None:
    row = lead(tenant)
    assert (row.ref, row.state, row.layer) == ("L-000001", LeadState.OFFERED, "connectivity")
    # Own domain 70 x 25, e-mail only 50 x 15, quarter 70 x 25, size unknown, product 80 x 15.
    assert (row.score, row.hot) == (55, False)
    (offer,) = offers(tenant, row)
    assert offer.partner_id == row.partner_id
    assert offer.due_at == row.offer_due_at
    assert offer.seen["product"]["code"] == "fiber"
    with tenant.scope():
        decision = LeadRouting.objects.get(lead=row)
        assert (decision.rule, decision.partner_id) == (Rule.WEIGHT, row.partner_id)
        assert len(decision.candidates) == 2
        assert decision.excluded == {"nobody": [tenant.partners["p1sub"].pk]}


def test_the_database_hides_who_it_is_until_the_lead_is_accepted(tenant: Tenant) -> None:
    row = lead(tenant, text="Call me at home", phone="+97141234567")
    who = holder(tenant, row)
    assert len(raw(tenant, who, "select ref from marketing_lead")) == 1
    assert raw(tenant, who, "select person from marketing_leadcontact") == []
    assert raw(tenant, other(who), "select ref from marketing_lead") == []
    hidden = ("Sara", "Golden", "Dubai", "Call me", "+9714", "golden-gate")
    for table in ("marketing_lead", "marketing_leadoffer", "workflow_transition"):
        written = str(raw(tenant, who, f"select * from {table}"))
        assert written
        assert not [word for word in hidden if word in written], table
    with tenant.scope(who):
        assert contact_of(tenant.actors[who], row) is None
    accept(tenant, who, row.ref)
    assert raw(tenant, who, "select person, text from marketing_leadcontact") == [
        ("Sara Karimi", "Call me at home")
    ]
    assert raw(tenant, other(who), "select person from marketing_leadcontact") == []


def test_opening_who_it_is_is_logged(tenant: Tenant) -> None:
    row = lead(tenant)
    who = holder(tenant, row)
    accept(tenant, who, row.ref)
    with tenant.scope(who):
        found = contact_of(tenant.actors[who], row)
    assert found is not None
    assert found.company == "Golden Gate Trading"
    with tenant.scope():
        actions = AuditEntry.objects.filter(object_ref=row.ref).order_by("pk")
        assert list(actions.values_list("action", flat=True))[-2:] == ["lead.reveal", "lead.open"]
        assert actions.get(action="lead.open").actor == tenant.actors[who].email


def test_a_declined_lead_goes_on_and_never_comes_back(tenant: Tenant) -> None:
    row = lead(tenant)
    first = holder(tenant, row)
    mine = decline(tenant, first, row.ref, text="Too far", contacted=True)
    assert (mine.state, mine.reason, mine.contacted) == (OfferState.DECLINED, "no_capacity", True)
    second = holder(tenant, row)
    assert second == other(first)
    with tenant.scope(first), pytest.raises(Conflict) as told:
        accept_lead(tenant.actors[first], ref=row.ref)
    assert told.value.code == "offer_declined"
    assert raw(tenant, first, "select ref from marketing_lead") == []
    decline(tenant, second, row.ref)
    now = again(tenant, row)
    assert (now.state, now.partner_id) == (LeadState.MANUAL, None)
    assert now.manual_since is not None
    with tenant.scope():
        last = LeadRouting.objects.filter(lead=row).last()
        assert last is not None
        assert last.rule == Rule.NONE
        asked = sorted([tenant.partners["p1"].pk, tenant.partners["p2"].pk])
        assert last.excluded["asked"] == asked
    with tenant.scope(BOSS), pytest.raises(InputError) as refused:
        offer_lead(tenant.actors[BOSS], ref=row.ref, partner="p1")
    assert refused.value.code == "declined"


def test_what_another_partner_wrote_stays_out_of_sight(tenant: Tenant) -> None:
    row = lead(tenant)
    first = holder(tenant, row)
    decline(tenant, first, row.ref, text="Secret of the first")
    second = holder(tenant, row)
    with tenant.scope(second):
        assert [each.state for each in own_offers(tenant.actors[second])] == [OfferState.OFFERED]
        lines = Transition.objects.filter(object_id=row.pk, object_type="marketing.lead")
        assert "Secret of the first" not in str(list(lines.values_list("text", "actor")))
    with tenant.scope(first):
        assert [each.state for each in own_offers(tenant.actors[first])] == [OfferState.DECLINED]
        assert own_offers(tenant.actors[first])[0].seen["product"]["code"] == "fiber"


def test_after_three_offers_a_lead_is_placed_by_hand(tenant: Tenant) -> None:
    with tenant.scope(BOSS):
        change_setting(tenant.actors[BOSS], "leads.offers_most", 1)
    row = lead(tenant)
    decline(tenant, holder(tenant, row), row.ref)
    assert again(tenant, row).state == LeadState.MANUAL
    with tenant.scope():
        last = Transition.objects.filter(object_id=row.pk, object_type="marketing.lead").last()
        assert last is not None
        assert (last.target, last.reason) == (LeadState.MANUAL, "offers_used")


def test_an_offer_that_is_not_answered_goes_on(tenant: Tenant) -> None:
    row = lead(tenant)
    first = holder(tenant, row)
    due = again(tenant, row).offer_due_at
    assert due is not None
    with tenant.scope():
        fire_due(tenant.system, now=due - timedelta(seconds=1))
    assert holder(tenant, row) == first
    _fire(tenant, due)
    assert holder(tenant, row) == other(first)
    assert [each.state for each in offers(tenant, row)] == [OfferState.TIMED_OUT, OfferState.OFFERED]
    with tenant.scope(first), pytest.raises(Conflict) as told:
        accept_lead(tenant.actors[first], ref=row.ref)
    assert told.value.code == "offer_timed_out"


def _fire(tenant: Tenant, due: Any) -> None:
    """Let the clock of the offer ring as if it were that late."""
    from unittest import mock

    with tenant.scope(), mock.patch("django.utils.timezone.now", return_value=due + timedelta(seconds=1)):
        Timer.objects.filter(kind="leads.offer_half").delete()
        assert fire_due(tenant.system, now=due + timedelta(seconds=1)) == 1


def test_an_accepted_lead_has_its_steps_and_no_others(tenant: Tenant) -> None:
    row = lead(tenant)
    who = holder(tenant, row)
    actor = tenant.actors[who]
    accept(tenant, who, row.ref)
    with tenant.scope(who):
        with pytest.raises(InvalidTransition):
            qualify_lead(actor, ref=row.ref)
        with pytest.raises(InvalidTransition):
            accept_lead(actor, ref=row.ref)
        with pytest.raises(InputError):
            lose_lead(actor, ref=row.ref, reason="")
        assert mark_contacted(actor, ref=row.ref).contacted_at is not None
        qualify_lead(actor, ref=row.ref)
        done = mark_converted(actor, ref=row.ref, deal="D-000001")
        assert (done.state, done.deal) == (LeadState.CONVERTED, "D-000001")
        with pytest.raises(InvalidTransition):
            lose_lead(actor, ref=row.ref, reason="price")
    with tenant.scope(other(who)), pytest.raises(NotFound):
        mark_contacted(tenant.actors[other(who)], ref=row.ref)


def test_staff_end_what_is_no_lead_and_partners_what_they_hold(tenant: Tenant) -> None:
    without_people(tenant, "p1")
    without_people(tenant, "p2")
    row = lead(tenant)
    assert row.state == LeadState.MANUAL
    with tenant.scope("pam"):
        actor = tenant.actors["pam"]
        assert [each.ref for each in manual_queue(actor)] == [row.ref]
        done = disqualify_lead(actor, ref=row.ref, reason="spam")
    assert (done.state, done.reason, done.manual_since) == (LeadState.DISQUALIFIED, "spam", None)


def test_placing_by_hand_asks_a_partner_or_gives_it_at_once(tenant: Tenant) -> None:
    without_people(tenant, "p2")
    first, second = lead(tenant), lead(tenant, company="Second Company")
    for row in (first, second):
        decline(tenant, OWNER, row.ref)
    with tenant.scope(BOSS):
        offered = offer_lead(tenant.actors[BOSS], ref=first.ref, partner="p2")
        given = offer_lead(tenant.actors[BOSS], ref=second.ref, partner="p2", at_once=True)
    assert offered.state == LeadState.OFFERED
    assert given.state == LeadState.ACCEPTED
    assert contact(tenant, first).partner_id is None
    assert contact(tenant, second).partner_id == tenant.partners["p2"].pk
    with tenant.scope(BOSS):
        decision = decisions_about(tenant.actors[BOSS], first)[-1]
    assert (decision.routing.rule, decision.routing.partner_id) == (Rule.HAND, tenant.partners["p2"].pk)


def test_a_lead_on_behalf_of_a_partner_is_accepted_at_once(tenant: Tenant) -> None:
    row = lead(tenant, partner="p2")
    assert (row.state, row.partner_id) == (LeadState.ACCEPTED, tenant.partners["p2"].pk)
    assert contact(tenant, row).partner_id == tenant.partners["p2"].pk
    assert row.contact_due_at is not None


def test_a_second_request_joins_the_older_lead(tenant: Tenant) -> None:
    row = lead(tenant)
    # The same mail domain, another person; another layer is another wish.
    joined = capture(tenant, person="Omid", email="omid@golden-gate-trading.example", text="Me again")
    assert (joined.joined, joined.lead.pk) == (True, row.pk)
    assert not capture(tenant, product="waf").joined
    who = holder(tenant, row)
    assert "Me again" not in str(raw(tenant, who, "select text from workflow_transition"))
    accept(tenant, who, row.ref)
    capture(tenant, text="And again")
    assert "And again" in str(raw(tenant, who, "select text from workflow_transition"))


def test_what_cannot_be_read_is_told_at_its_field(tenant: Tenant) -> None:
    wrong = {
        "country": "IR",
        "legal_id": "12345678901",
        "email": "nobody",
        "phone": "12",
        "product": "nothing",
        "size": "huge",
        "colour": "red",
    }
    with pytest.raises(Invalid) as told:
        capture(tenant, **wrong)
    codes = {error.field: error.code for error in told.value.errors}
    assert set(codes) == {"legal_id", "email", "phone", "product", "size", "colour"}
    with pytest.raises(Invalid) as told:
        capture(tenant, person="", company="", email="")
    assert {error.field for error in told.value.errors} == {"person", "email"}


def test_persian_and_arabic_spellings_are_one(tenant: Tenant) -> None:
    legal = "10380284790"
    row = lead(tenant, company="شركت كاوه", legal_id="۱۰۳۸۰۲۸۴۷۹۰", country="IR", phone="۰۲۱ ۸۸۰۰ ۱۱۲۲")
    assert contact(tenant, row).legal_id == legal
    assert capture(tenant, company="کاوه", email="", phone="+98 21 88001122", country="IR").joined
    with tenant.scope(BOSS):
        found = matching(leads_for(tenant.actors[BOSS]), "کاوه")
        assert [each.ref for each in found] == [row.ref]


def test_who_may_do_what(tenant: Tenant) -> None:
    row = lead(tenant, partner="p1")
    for who in ("support_agent", "direct_seller", "channel_finance", "partner_technician@p1"):
        with tenant.scope(who), pytest.raises(Forbidden):
            leads_for(tenant.actors[who])
    with tenant.scope("executive"):
        assert get_lead(tenant.actors["executive"], row.ref).pk == row.pk
        with pytest.raises(Forbidden):
            route_lead(tenant.actors["executive"], ref=row.ref)
    with tenant.scope(OWNER):
        with pytest.raises(Forbidden):
            capture_by(tenant, OWNER)
        with pytest.raises(Forbidden):
            decisions_about(tenant.actors[OWNER], row)
    with tenant.scope(BOSS), pytest.raises(Forbidden):
        mark_contacted(tenant.actors[BOSS], ref=row.ref)


def capture_by(tenant: Tenant, who: str) -> Any:
    return capture(tenant, who)


def test_a_pam_sees_the_own_book_and_what_nobody_has(tenant: Tenant) -> None:
    actor = tenant.actors["pam"]
    mine, foreign = lead(tenant, partner="p1"), lead(tenant, partner="p2", company="Foreign")
    without_people(tenant, "p1")
    without_people(tenant, "p2")
    free = lead(tenant, company="Free Company")
    with tenant.scope("pam"):
        assert {each.ref for each in leads_for(actor)} == {mine.ref, free.ref}
        assert set(contacts_of(actor, [mine, foreign, free])) == {mine.pk, free.pk}
        assert list(offers_of(actor, foreign)) == []
        assert LeadContact.objects.count() == 2
        assert Transition.objects.filter(object_id=free.pk, object_type="marketing.lead").exists()
        of_foreign = Transition.objects.filter(object_id=foreign.pk, object_type="marketing.lead")
        # That it came is from a time when nobody had it.
        assert [line.source for line in of_foreign] == [""]


def test_a_decision_names_only_partners_that_its_reader_sees(tenant: Tenant) -> None:
    row = lead(tenant)
    with tenant.scope(BOSS):
        (decision,) = decisions_about(tenant.actors[BOSS], row)
        assert {partner.code for partner, _ in decision.candidates} == {"p1", "p2"}
        assert [partner.code for partner in decision.excluded["nobody"]] == ["p1sub"]
    if holder(tenant, row) != OWNER:
        decline(tenant, RIVAL, row.ref)
    with tenant.scope("pam"):
        seen = decisions_about(tenant.actors["pam"], row)[-1]
        assert {partner.code for partner, _ in seen.candidates} == {"p1"}
        assert seen.other_excluded or seen.other_candidates


def test_a_hot_lead_has_less_time(tenant: Tenant) -> None:
    now = timezone.now()
    with tenant.scope():
        from workflow.calendar import work_calendar

        calendar = work_calendar(tenant.operator)
    row = lead(tenant, timing="now", size="large", phone="+97141234567")
    assert row.hot
    assert row.offer_due_at is not None
    assert abs(calendar.elapsed(now, row.offer_due_at) - timedelta(hours=2)) < timedelta(minutes=1)


def test_partners_see_what_waits_for_them(tenant: Tenant) -> None:
    row = lead(tenant)
    who = holder(tenant, row)
    with tenant.scope(who):
        assert [each.ref for each in offered_to(tenant.actors[who])] == [row.ref]
    with tenant.scope(other(who)):
        assert list(offered_to(tenant.actors[other(who)])) == []
