"""Routing on the database: rules in their order, who is left out and why, many partners at once."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Segment, Territory
from common.errors import InputError, Invalid
from marketing.enums import LeadState, Rule
from marketing.leads.availability import set_availability
from marketing.leads.candidates import field_for
from marketing.leads.pins import pin_customer, unpin_customer
from marketing.leads.routing import decide
from marketing.leads.selectors import pins_for, settings_of
from marketing.leads.weights import candidate_of, choose
from marketing.models import Lead, LeadRouting
from partners.models import Partner
from performance.models import Credit
from programs.authorisations.services import add_authorisation
from tenancy.enums import Audience, Role
from tenancy.models import Membership
from tenancy.scope import scope
from tenancy.services import ensure_person
from tests.kit.world import Tenant
from tests.marketing.kit import BOSS, OWNER, customer, lead, market, offers
from workflow.settings import change_setting


@pytest.fixture
def tenant(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    return alpha


def decision(tenant: Tenant, row: Lead) -> LeadRouting:
    with tenant.scope():
        found: LeadRouting | None = LeadRouting.objects.filter(lead=row).last()
    assert found is not None
    return found


def reason(tenant: Tenant, row: Lead, code: str = "p1") -> str:
    left = decision(tenant, row).excluded
    return next((name for name, ids in left.items() if tenant.partners[code].pk in ids), "")


def sold(tenant: Tenant, code: str, to: Any, day: date) -> None:
    with tenant.scope():
        Credit.objects.bulk_create(
            [
                Credit(
                    source="erp",
                    external_id=f"{code}-{day}",
                    digest=b"x",
                    kind="sale",
                    occurred_at=datetime(day.year, day.month, day.day, tzinfo=UTC),
                    day=day,
                    partner=tenant.partners[code],
                    customer=to,
                    quantity=1,
                    amount=1,
                    line_amount=1,
                    currency="USD",
                )
            ]
        )


def test_the_customers_partner_comes_before_the_pinned_one(tenant: Tenant) -> None:
    with tenant.scope():
        known = customer("c-1", legal_id="AB-1")
    sold(tenant, "p1", known, date(2026, 1, 1))
    sold(tenant, "p2", known, date(2026, 2, 1))
    with tenant.scope(BOSS):
        pin_customer(tenant.actors[BOSS], customer="c-1", partner="p1")
    row = lead(tenant, legal_id="AB-1")
    assert (decision(tenant, row).rule, row.partner_id) == (Rule.EXISTING, tenant.partners["p2"].pk)
    # Where it takes no leads, the pinned one is next.
    today = timezone.now().date()
    with tenant.scope(BOSS):
        set_availability(tenant.actors[BOSS], partner="p2", paused_until=today + timedelta(days=3))
    row = lead(tenant, legal_id="AB-1", product="waf")
    assert (decision(tenant, row).rule, row.partner_id) == (Rule.PINNED, tenant.partners["p1"].pk)
    assert reason(tenant, row, "p2") == "paused"
    with tenant.scope(BOSS):
        (pin,) = pins_for(tenant.actors[BOSS])
        unpin_customer(tenant.actors[BOSS], pin_id=pin.pk)
        assert not pins_for(tenant.actors[BOSS]).exists()


def test_who_may_not_sell_it_there_is_left_out(tenant: Tenant) -> None:
    with tenant.scope():
        north = Territory.objects.get(code="north")
        add_authorisation(
            tenant.system,
            effect="refuse",
            partner="p1",
            product="fiber",
            territory=north.code,
            starts=date(2020, 1, 1),
            reason="Not there",
        )
    assert reason(tenant, lead(tenant, territory="north")) == "not_authorised"
    assert reason(tenant, lead(tenant, territory="south", company="Another One")) == ""
    assert reason(tenant, lead(tenant, product="waf", territory="north", company="Third")) == ""


def test_key_accounts_need_an_authorisation_that_names_them(tenant: Tenant) -> None:
    with tenant.scope():
        Segment.objects.create(code="key", name="Key", key_account=True)
    row = lead(tenant, segment="key")
    assert row.state == LeadState.MANUAL
    assert reason(tenant, row) == "not_authorised"


def test_a_partner_takes_as_many_leads_as_it_says(tenant: Tenant) -> None:
    with tenant.scope(OWNER):
        actor = tenant.actors[OWNER]
        set_availability(actor, capacity=1)
        found = settings_of(actor)
        assert found is not None
        assert found.capacity == 1
    lead(tenant, partner="p1")
    row = lead(tenant, company="Second Company")
    assert reason(tenant, row) == "full"
    assert row.partner_id == tenant.partners["p2"].pk


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"capacity": 0}, "capacity"),
        ({"capacity": 11}, "capacity"),
        ({"paused_until": date(2020, 1, 1)}, "paused_until"),
        ({"paused_until": date(2100, 1, 1)}, "paused_until"),
    ],
)
def test_pause_and_capacity_have_limits(tenant: Tenant, given: dict[str, Any], field: str) -> None:
    with tenant.scope(OWNER), pytest.raises(Invalid) as refused:
        set_availability(tenant.actors[OWNER], **given)
    assert [error.field for error in refused.value.errors] == [field]


def test_the_default_partner_takes_what_fits_nobody(tenant: Tenant) -> None:
    today = timezone.now().date()
    with tenant.scope(BOSS):
        for code in ("p1", "p2"):
            set_availability(tenant.actors[BOSS], partner=code, paused_until=today)
        change_setting(tenant.actors[BOSS], "leads.default_partner", "p2")
    row = lead(tenant)
    assert (decision(tenant, row).rule, row.partner_id) == (Rule.DEFAULT, tenant.partners["p2"].pk)


def test_numbers_that_do_not_fit_together_are_refused(tenant: Tenant) -> None:
    with tenant.scope(BOSS):
        for key, value in (("leads.default_partner", "nobody"), ("leads.recall_days", 5)):
            with pytest.raises(InputError) as refused:
                change_setting(tenant.actors[BOSS], key, value)
            assert refused.value.field == key


def test_a_decision_can_be_repeated(tenant: Tenant) -> None:
    row = lead(tenant)
    kept = decision(tenant, row)
    again = choose(map(candidate_of, kept.candidates), kept.seed)
    assert again is not None
    assert again.partner == kept.partner_id


def test_leads_spread_by_weight_and_each_counts_the_ones_before(tenant: Tenant) -> None:
    with tenant.scope(BOSS):
        change_setting(tenant.actors[BOSS], "leads.capacity", 1000)
    given = [lead(tenant, company=f"Company {number}").partner_id for number in range(12)]
    assert given.count(tenant.partners["p1"].pk) == given.count(tenant.partners["p2"].pk) == 6


def many(tenant: Tenant, start: int, number: int) -> None:
    """Partners with a seller each, all of them the same person."""
    with scope(tenant.operator.pk, Audience.AUTH):
        person = ensure_person(email="seller@many.example", name="Seller", password="x")
    with tenant.scope():
        made = Partner.objects.bulk_create(
            Partner(code=f"x{index}", name=f"Partner {index}") for index in range(start, start + number)
        )
        Membership.objects.bulk_create(
            Membership(
                person_id=person.pk, partner=each, role=Role.PARTNER_SELLER, name="Seller", email=person.email
            )
            for each in made
        )


def test_a_thousand_partners_cost_as_many_queries_as_a_few(tenant: Tenant) -> None:
    row = lead(tenant)
    numbers = []
    for start, number in ((0, 5), (5, 995)):
        many(tenant, start, number)
        with tenant.scope(), CaptureQueriesContext(connection) as queries:
            before = timezone.now()
            decided = decide(Lead.objects.select_related("product__family").get(pk=row.pk), before, "seed")
            took = timezone.now() - before
        numbers.append(len(queries))
        assert len(decided.candidates) == start + number + 1
    assert numbers[0] == numbers[1]
    # Generous: machines differ. A query per partner would take many times that.
    assert took < timedelta(seconds=5)


def test_tiers_conversions_and_answers_are_counted(tenant: Tenant) -> None:
    row = lead(tenant, partner="p1")
    with tenant.scope():
        Lead.objects.filter(pk=row.pk).update(state=LeadState.CONVERTED, closed_at=timezone.now())
        other = lead_row(tenant)
        found = field_for(other, timezone.now()).candidates
    one = found[tenant.partners["p1"].pk]
    assert (one.converted, one.closed) == (1, 1)
    # A lead that came without an offer was neither answered nor is it recent.
    assert (one.answered, one.missed, one.recent) == (0, 0, 0)
    assert one.weight == Fraction(2, 3)
    assert offers(tenant, row)[0].state == "accepted"


def lead_row(tenant: Tenant) -> Lead:
    found: Lead = Lead.objects.create(ref="L-9", received_at=timezone.now())
    return found
