"""From held to promoted, at risk, grace, demotion and exception, with evidence and history at each step."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from common.errors import Conflict, Forbidden, InputError, Invalid
from partners.models import Partner
from programs.models import Certification, Evidence, TierChange
from programs.standing.demotions import confirm_demotion
from programs.standing.exceptions import ask_exception, decide_exception, end_exception, last_day_of
from tenancy.models import OutboxEvent
from tests.kit.world import Tenant
from tests.programs.kit import (
    TODAY,
    ask,
    certified,
    join,
    monthly,
    night,
    programme,
    sold,
    standing,
    tier,
)


def told(topic: str = "workflow.notice") -> list[str]:
    return [row.payload["kind"] for row in OutboxEvent.objects.filter(topic=topic).order_by("pk")]


def where(tenant: Tenant, code: str = "p1") -> tuple[str, str]:
    found = standing(tenant, code)
    return found.tier.code, found.state


def test_a_partner_that_meets_a_tier_gets_it_at_once_with_evidence(inside: Tenant) -> None:
    programme(inside)
    sales = monthly()
    gold = ask(inside, "gold", asks="kpi", kpi="sales", threshold=100)
    ask(inside, "platinum", asks="kpi", kpi="sales", threshold=1000)
    join(inside, "p1", "p2")
    sold(sales, inside.partners["p1"], "2025-06", 60)
    sold(sales, inside.partners["p1"], "2026-05", 40)
    sold(sales, inside.partners["p2"], "2025-05", 5000)  # A month too old.
    assert night(inside).steps == {"held": 1}
    assert where(inside) == ("gold", "held")
    assert where(inside, "p2") == ("silver", "held")
    row = Evidence.objects.get(requirement_id=gold, partner=inside.partners["p1"])
    assert (row.measured, row.needed, row.met, row.period) == (100, 100, True, "R12-2026-05")
    assert Partner.objects.get(code="p1").tier == "gold"
    change = TierChange.objects.latest("id")
    assert (change.source.code, change.tier.code) == ("silver", "gold")
    assert [gold, "100.000000000000", "100.000000", True, "R12-2026-05"] in change.evidence
    assert told()[-2:] == ["tiers.promoted"] * 2
    assert night(inside).steps == {}


def test_only_the_main_programme_writes_the_tier(inside: Tenant) -> None:
    programme(inside)
    programme(inside, "one", "two", code="cloud")
    sales = monthly()
    ask(inside, "two", asks="kpi", kpi="sales", threshold=1)
    join(inside, "p1")
    join(inside, "p1", programme="cloud")
    sold(sales, inside.partners["p1"], "2026-05", 5)
    night(inside, code="cloud")
    assert standing(inside, programme="cloud").tier.code == "two"
    assert Partner.objects.get(code="p1").tier == "silver"


def test_promotion_may_wait_for_the_next_period(inside: Tenant) -> None:
    programme(inside, promotion="period_start", review_period="quarter")
    sales = monthly()
    ask(inside, "gold", asks="kpi", kpi="sales", threshold=100)
    join(inside, "p1")
    sold(sales, inside.partners["p1"], "2026-05", 100)
    night(inside)
    found = standing(inside)
    assert (found.tier.code, found.state, found.due_on) == ("silver", "qualified", date(2026, 7, 1))
    night(inside, date(2026, 6, 30))
    assert where(inside) == ("silver", "qualified")
    night(inside, date(2026, 7, 1))
    assert where(inside) == ("gold", "held")


def test_at_risk_then_grace_then_a_person_confirms_one_tier_less(inside: Tenant) -> None:
    programme(inside, review_period="quarter")
    monthly()
    ask(inside, "gold", asks="kpi", kpi="sales", threshold=100)
    ask(inside, "platinum", asks="kpi", kpi="sales", threshold=1000)
    join(inside, "p1", at="platinum")
    night(inside)
    assert (where(inside), standing(inside).due_on) == (("platinum", "at_risk"), date(2026, 7, 1))
    warning = OutboxEvent.objects.filter(payload__kind="tiers.at_risk").first()
    assert warning is not None
    assert warning.payload["params"]["missing"] == [{"name": "Sales", "names": {}, "count": "1000"}]
    night(inside, date(2026, 6, 30))
    assert where(inside) == ("platinum", "at_risk")
    # The grace is over long ago when the clock of the services says so.
    review = timezone.now().date() - timedelta(days=91)
    row = standing(inside)
    row.due_on = review
    row.save()
    night(inside, review)
    assert where(inside) == ("platinum", "grace")
    assert standing(inside).due_on == review + timedelta(days=90)
    confirm_demotion(inside.system, enrolment_id=row.pk, text="As agreed")
    after = standing(inside)
    assert (after.tier.code, after.state, after.former) == ("gold", "held", tier("platinum"))
    assert after.former_until is not None
    assert after.former_until >= timezone.now().date()
    assert Partner.objects.get(code="p1").tier == "gold"
    last = TierChange.objects.latest("id")
    assert (last.source.code, last.tier.code, last.text) == ("platinum", "gold", "As agreed")
    assert last.evidence
    with pytest.raises(Conflict, match="not in grace"):
        confirm_demotion(inside.system, enrolment_id=row.pk)


def test_a_demotion_waits_for_the_end_of_the_grace(inside: Tenant) -> None:
    programme(inside, review_period="quarter")
    monthly()
    ask(inside, "gold", asks="kpi", kpi="sales", threshold=100)
    join(inside, "p1", at="gold")
    row = standing(inside)
    row.state, row.due_on = "grace", timezone.now().date()
    row.save()
    with pytest.raises(Conflict, match="not over"):
        confirm_demotion(inside.system, enrolment_id=row.pk)
    assert where(inside) == ("gold", "grace")


def test_who_meets_the_tier_again_is_safe(inside: Tenant) -> None:
    programme(inside)
    sales = monthly()
    ask(inside, "gold", asks="kpi", kpi="sales", threshold=100)
    join(inside, "p1", at="gold")
    night(inside)
    assert where(inside) == ("gold", "at_risk")
    sold(sales, inside.partners["p1"], "2026-05", 100)
    night(inside)
    assert where(inside) == ("gold", "held")
    assert "tiers.recovered" in told()


def test_groups_of_all_and_any(inside: Tenant) -> None:
    programme(inside)
    sales, items = monthly(), monthly("items")
    ask(inside, "gold", asks="kpi", kpi="sales", threshold=10)
    group = ask(inside, "gold", asks="any")
    ask(inside, "gold", parent_id=group, asks="kpi", kpi="items", threshold=5)
    inner = ask(inside, "gold", parent_id=group, asks="all")
    ask(inside, "gold", parent_id=inner, asks="kpi", kpi="sales", threshold=50)
    ask(inside, "gold", parent_id=inner, asks="certificates", threshold=1)
    join(inside, "p1", "p2")
    sold(sales, inside.partners["p1"], "2026-05", 50)
    sold(sales, inside.partners["p2"], "2026-05", 10)
    night(inside)
    assert (where(inside)[0], where(inside, "p2")[0]) == ("silver", "silver")
    certified(inside, Certification.objects.create(code="c", name="C"), "partner_seller@p1")
    sold(items, inside.partners["p2"], "2026-05", 5)
    night(inside)
    assert (where(inside)[0], where(inside, "p2")[0]) == ("gold", "gold")


def test_thresholds_differ_by_role_and_layer_and_the_most_specific_counts(inside: Tenant) -> None:
    programme(inside)
    matrix = [
        {"role": "msp", "layer": "", "value": Decimal(50)},
        {"role": "msp", "layer": "cloud", "value": Decimal(20)},
        {"role": "", "layer": "iot", "value": Decimal(10)},
    ]
    monthly()
    requirement = ask(inside, "gold", asks="kpi", kpi="sales", threshold=100, values=matrix)
    join(inside, "p1", "p2", "p1sub")
    for code, fields in {
        "p1": {"roles": ["msp"], "layers": ["cloud", "iot"]},
        "p2": {"roles": ["msp"], "layers": ["iot"]},
        "p1sub": {"roles": ["reseller"], "layers": ["iot"]},
    }.items():
        Partner.objects.filter(code=code).update(**fields)
    night(inside)
    rows = Evidence.objects.filter(requirement_id=requirement).select_related("partner")
    assert {row.partner.code: row.needed for row in rows} == {"p1": 20, "p2": 50, "p1sub": 10}


def test_growth_from_nothing_is_no_growth(inside: Tenant) -> None:
    programme(inside)
    sales = monthly()
    requirement = ask(inside, "gold", asks="growth", kpi="sales", months=3, threshold=20)
    join(inside, "p1", "p2")
    sold(sales, inside.partners["p1"], "2025-04", 100)
    sold(sales, inside.partners["p1"], "2026-03", 125)
    sold(sales, inside.partners["p2"], "2026-03", 125)
    night(inside)
    rows = Evidence.objects.filter(requirement_id=requirement).select_related("partner")
    assert {row.partner.code: (row.measured, row.met) for row in rows} == {
        "p1": (25, True),
        "p2": (None, False),
    }


def test_a_fiscal_year_counts_itself_or_the_one_before(inside: Tenant) -> None:
    programme(inside)
    sales = monthly()
    requirement = ask(inside, "gold", asks="kpi", kpi="sales", window="fiscal_year", threshold=100)
    join(inside, "p1")
    sold(sales, inside.partners["p1"], "2025-02", 120)
    sold(sales, inside.partners["p1"], "2026-02", 30)
    night(inside, date(2026, 3, 1))
    row = Evidence.objects.get(requirement_id=requirement)
    assert (row.measured, row.period, where(inside)[0]) == (120, "2025", "gold")
    night(inside, date(2027, 3, 1))
    row.refresh_from_db()
    assert (row.measured, row.period, where(inside)) == (30, "2026", ("gold", "at_risk"))


def test_a_certificate_counts_while_it_is_valid_and_the_person_is_there(inside: Tenant) -> None:
    programme(inside)
    cloud = Certification.objects.create(code="cloud", name="Cloud")
    requirement = ask(inside, "gold", asks="certificates", certification="cloud", threshold=2)
    join(inside, "p1")
    certified(inside, cloud, "partner_seller@p1")
    certified(inside, cloud, "partner_technician@p1", counts_until=TODAY - timedelta(days=1))
    certified(inside, cloud, "partner_finance@p1", state="revoked")
    kept = certified(inside, cloud, "partner_owner@p1", counts_until=TODAY)
    night(inside)
    row = Evidence.objects.get(requirement_id=requirement)
    assert (row.measured, where(inside)[0]) == (2, "gold")
    type(kept.member).objects.filter(pk=kept.member_id).update(active=False)
    night(inside)
    row.refresh_from_db()
    assert (row.measured, where(inside)) == (1, ("gold", "at_risk"))


def test_an_exception_is_approved_by_somebody_else_and_ends(inside: Tenant) -> None:
    pam, manager = inside.actors["pam"], inside.actors["programme_manager"]
    programme(inside)
    monthly()
    ask(inside, "gold", asks="kpi", kpi="sales", threshold=100)
    join(inside, "p1")
    row, today = standing(inside), timezone.now().date()
    until = today + timedelta(days=20)
    with pytest.raises(InputError, match="at most 12 months"):
        too_far = last_day_of(pam, today) + timedelta(days=1)
        ask_exception(pam, enrolment_id=row.pk, tier="gold", until=too_far, reason="x")
    with pytest.raises(InputError, match="Give a reason"):
        ask_exception(pam, enrolment_id=row.pk, tier="gold", until=until, reason=" ")
    asked = ask_exception(manager, enrolment_id=row.pk, tier="gold", until=until, reason="Moved house")
    with pytest.raises(Forbidden):
        decide_exception(manager, exception_id=asked.pk, approve=True)
    type(asked).objects.filter(pk=asked.pk).update(asked_by=pam.membership_id)
    decide_exception(manager, exception_id=asked.pk, approve=True)
    assert where(inside) == ("gold", "exception")
    assert Partner.objects.get(code="p1").tier == "gold"
    night(inside, today)
    night(inside, today)
    assert where(inside) == ("gold", "exception")
    assert told().count("tiers.exception_ends") == 2  # The partner's people and its PAMs, once.
    end_exception(manager, exception_id=asked.pk)
    asked.refresh_from_db()
    assert (where(inside), asked.state) == (("silver", "held"), "ended")


def test_an_exception_ends_with_its_day(inside: Tenant) -> None:
    programme(inside)
    monthly()
    ask(inside, "gold", asks="kpi", kpi="sales", threshold=100)
    join(inside, "p1", at="gold")
    until = timezone.now().date() + timedelta(days=5)
    asked = ask_exception(
        inside.actors["pam"], enrolment_id=standing(inside).pk, tier="gold", until=until, reason="x"
    )
    decide_exception(inside.actors["programme_manager"], exception_id=asked.pk, approve=True)
    night(inside, until)
    assert where(inside) == ("gold", "exception")
    night(inside, until + timedelta(days=1))
    assert where(inside) == ("gold", "at_risk")


def test_a_kpi_that_cannot_be_added_up_is_refused_at_the_field(inside: Tenant) -> None:
    programme(inside)
    kpi = monthly()
    type(kpi).objects.filter(pk=kpi.pk).update(measure="distinct_customers")
    with pytest.raises(Invalid) as refused:
        ask(inside, "gold", asks="kpi", kpi="sales", threshold=1)
    assert [(error.field, error.code) for error in refused.value.errors] == [("kpi", "kpi_period")]


def test_a_tier_that_was_held_stays(inside: Tenant) -> None:
    from programs.programmes import move_tier, remove_tier

    programme(inside)
    join(inside, "p1", at="gold")
    with pytest.raises(Conflict, match="history"):
        remove_tier(inside.system, tier_id=tier("gold").pk)
    remove_tier(inside.system, tier_id=tier("platinum").pk)
    move_tier(inside.system, tier_id=tier("gold").pk, up=False)
    assert (tier("gold").rank, tier("silver").rank) == (1, 2)
