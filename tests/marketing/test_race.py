"""Answer and clock, two people of one company, and many leads at once: real threads, real transactions."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from common.errors import Conflict
from marketing.enums import LeadState, OfferState
from marketing.leads.offers import accept_lead, time_out
from marketing.models import Lead, LeadContact, LeadOffer
from tests.kit.world import Tenant, make_tenant
from tests.marketing.kit import BOSS, again, capture, holder, lead, market
from workflow.settings import change_setting

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
ROUNDS = 12


@pytest.fixture
def tenant(transactional_db: Any) -> Iterator[Tenant]:
    made = make_tenant("alpha")
    with made.scope():
        market()
    yield made
    connection.close()


def at_once(*steps: Callable[[], Any]) -> list[Any]:
    """Each step in a thread of its own, all starting together; results or the ``Conflict`` in the same order."""
    start = threading.Barrier(len(steps))
    results: list[Any] = [None] * len(steps)

    def run(number: int) -> None:
        try:
            start.wait(60)
            results[number] = steps[number]()
        except Conflict as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


def overdue(tenant: Tenant, row: Lead) -> LeadOffer:
    """Its time is over and nobody has looked yet."""
    with tenant.scope():
        LeadOffer.objects.filter(lead=row).update(due_at=timezone.now() - timedelta(seconds=1))
        found: LeadOffer = LeadOffer.objects.get(lead=row)
        return found


def test_of_answer_and_clock_one_wins_and_the_other_is_told(tenant: Tenant) -> None:
    with tenant.scope(BOSS):
        change_setting(tenant.actors[BOSS], "leads.capacity", 1000)
    won = set()
    for number in range(ROUNDS):
        row = lead(tenant, company=f"Company {number}")
        who, offer = holder(tenant, row), overdue(tenant, row)

        def accept(who: str = who, row: Lead = row) -> Any:
            with tenant.scope(who):
                return accept_lead(tenant.actors[who], ref=row.ref)

        def clock(row: Lead = row, offer: LeadOffer = offer) -> Any:
            with tenant.scope():
                return time_out(tenant.system, row.pk, offer.pk, timezone.now())

        answer, _nothing = at_once(accept, clock)
        now = again(tenant, row)
        with tenant.scope():
            first = LeadOffer.objects.get(pk=offer.pk)
            seen_by = LeadContact.objects.get(lead=row).partner_id
        if isinstance(answer, Conflict):
            won.add("clock")
            assert answer.code == "offer_timed_out"
            assert first.state == OfferState.TIMED_OUT
            assert (now.state, seen_by) == (LeadState.OFFERED, None)
            assert now.partner_id != offer.partner_id
        else:
            won.add("answer")
            assert first.state == OfferState.ACCEPTED
            assert (now.state, seen_by) == (LeadState.ACCEPTED, offer.partner_id)
            with tenant.scope():
                assert LeadOffer.objects.filter(lead=row).count() == 1
    assert won


def test_two_people_of_one_company_accept_once(tenant: Tenant) -> None:
    row = lead(tenant)
    owner = holder(tenant, row)
    people = (owner, owner.replace("owner", "seller"))

    def accept(who: str) -> Callable[[], Any]:
        def step() -> Any:
            with tenant.scope(who):
                return accept_lead(tenant.actors[who], ref=row.ref)

        return step

    answers = at_once(*(accept(who) for who in people))
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]
    assert again(tenant, row).state == LeadState.ACCEPTED


def test_leads_at_once_never_fill_a_partner_beyond_its_capacity(tenant: Tenant) -> None:
    with tenant.scope(BOSS):
        change_setting(tenant.actors[BOSS], "leads.capacity", 2)

    def arrive(number: int) -> Callable[[], Any]:
        return lambda: capture(tenant, company=f"Company {number}")

    at_once(*(arrive(number) for number in range(8)))
    with tenant.scope():
        states = list(Lead.objects.values_list("state", "partner_id"))
    assert len(states) == 8
    offered = [partner for state, partner in states if state == LeadState.OFFERED]
    assert [offered.count(tenant.partners[code].pk) for code in ("p1", "p2")] == [2, 2]
    assert [state for state, _ in states].count(LeadState.MANUAL) == 4


def test_one_customer_at_once_is_one_lead(tenant: Tenant) -> None:
    results = at_once(*[lambda: capture(tenant)] * 6)
    assert [taken.joined for taken in results].count(False) == 1
    with tenant.scope():
        assert Lead.objects.count() == 1
