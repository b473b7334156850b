"""What tiers give: one lookup, honoured by deals and schemes; expert days that never go below zero; templates."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.errors import Conflict, Forbidden, Invalid
from deals.figures import By, grouped, sums
from deals.models import Deal
from deals.pipeline import Asked
from incentives.accrual.eligibility import is_eligible
from incentives.accrual.readings import profiles
from partners.models import Partner
from programs.benefits import benefit_of, benefits_of, save_benefit
from programs.expertdays import balance_of, book_days, left_of, release_booking, use_booking
from programs.models import Benefit, Enrolment, ExpertBalance, ExpertBooking, Programme, Requirement, Tier
from programs.standing.demotions import confirm_demotion
from programs.templates import make
from tests.api.kit import caller
from tests.deals.kit import automatic, market, submitted
from tests.kit.world import Tenant
from tests.programs.kit import ask, join, monthly, night, programme, standing, tier


def give(tenant: Tenant, code: str, kind: str, value: str | None = None) -> Benefit:
    number = None if value is None else Decimal(value)
    return save_benefit(tenant.system, tier_id=tier(code).pk, kind=kind, value=number)


def test_the_best_of_all_programmes_counts_and_a_suspended_partner_has_nothing(inside: Tenant) -> None:
    programme(inside)
    programme(inside, "one", code="cloud")
    give(inside, "gold", "sla_factor", "0.75")
    give(inside, "one", "sla_factor", "0.5")
    give(inside, "gold", "mdf_rate", "2")
    give(inside, "one", "mdf_rate", "1")
    give(inside, "gold", "directory")
    join(inside, "p1", at="gold")
    join(inside, "p1", programme="cloud")
    found = benefits_of(inside.partners["p1"])
    assert {kind: each.value for kind, each in found.items()} == {
        "sla_factor": Decimal("0.5"),
        "mdf_rate": 2,
        "directory": None,
    }
    assert benefit_of(inside.partners["p1"], "expert_days") is None
    assert benefits_of(inside.partners["p2"]) == {}
    Partner.objects.filter(code="p1").update(state="suspended")
    assert benefits_of(inside.partners["p1"]) == {}


def test_benefits_of_the_former_tier_run_to_the_end_of_the_period(inside: Tenant) -> None:
    programme(inside, review_period="quarter")
    monthly()
    ask(inside, "gold", asks="kpi", kpi="sales", threshold=100)
    give(inside, "gold", "protection_days", "120")
    join(inside, "p1", at="gold")
    row = standing(inside)
    row.state, row.due_on = "grace", timezone.now().date() - timedelta(days=1)
    row.save()
    confirm_demotion(inside.system, enrolment_id=row.pk)
    benefit = benefit_of(inside.partners["p1"], "protection_days")
    assert benefit is not None
    assert (benefit.value, benefit.until) == (Decimal(120), standing(inside).former_until)
    Enrolment.objects.update(former_until=timezone.now().date() - timedelta(days=1))
    assert benefit_of(inside.partners["p1"], "protection_days") is None


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("sla_factor", "1.5", "too_large"),
        ("protection_days", "1.5", "not_whole"),
        ("mdf_rate", "0", "invalid"),
        ("event_seats", None, "required"),
    ],
)
def test_a_number_that_cannot_be_is_refused(inside: Tenant, kind: str, value: str | None, code: str) -> None:
    programme(inside)
    with pytest.raises(Invalid) as refused:
        give(inside, "gold", kind, value)
    assert [(error.field, error.code) for error in refused.value.errors] == [("value", code)]


def test_a_tier_lengthens_the_protection_of_deals(alpha: Tenant) -> None:
    with alpha.scope():
        market()
        programme(alpha)
        give(alpha, "gold", "protection_days", "120")
        join(alpha, "p1", at="gold")
    automatic(alpha)
    made = [submitted(alpha).ref, submitted(alpha, "partner_owner@p2", legal_id="AB-2").ref]
    today = timezone.now().date()
    with alpha.scope():
        until = [Deal.objects.get(ref=ref).protected_until for ref in made]
    assert until == [today + timedelta(days=120), today + timedelta(days=90)]


def test_schemes_ask_for_a_programme(inside: Tenant) -> None:
    programme(inside)
    join(inside, "p1")
    ids = [inside.partners[code].pk for code in ("p1", "p2")]
    found = profiles(ids)
    wanted = {"programmes": ["partners"]}
    assert [is_eligible(wanted, found[pk]) for pk in ids] == [True, False]


def test_expert_days_are_granted_booked_and_never_below_zero(alpha: Tenant) -> None:
    owner, pam = alpha.actors["partner_owner@p1"], alpha.actors["pam"]
    today = timezone.now().date()
    partner = alpha.partners["p1"]
    with alpha.scope():
        programme(alpha)
        give(alpha, "gold", "expert_days", "4")
        join(alpha, "p1", at="gold")
        night(alpha, today)
        night(alpha, today)
    with alpha.scope("partner_owner@p1"):
        row = book_days(owner, partner=partner, day=today, days=Decimal("2.5"), topic="Design")
        with pytest.raises(Invalid, match="not valid") as refused:
            book_days(owner, partner=partner, day=today, days=Decimal(2), topic="More")
        assert refused.value.errors[0].message == "Only 1.5 days are left."
        later = book_days(
            owner, partner=partner, day=today + timedelta(days=1), days=Decimal(1), topic="More"
        )
        release_booking(owner, booking_id=later.pk)
        with pytest.raises(Conflict, match="the day has come"):
            release_booking(owner, booking_id=row.pk)
        with pytest.raises(Forbidden):
            book_days(owner, partner=alpha.partners["p1sub"], day=today, days=Decimal(1), topic="x")
    with alpha.scope("pam"):
        use_booking(pam, booking_id=row.pk)
        with pytest.raises(Conflict, match="not booked"):
            release_booking(pam, booking_id=row.pk)
        balance = balance_of(pam, partner)
        assert balance is not None
        numbers = [balance.granted, balance.booked, balance.used, left_of(balance)]
        assert numbers == [Decimal(4), Decimal(0), Decimal("2.5"), Decimal("1.5")]
    with alpha.scope(), pytest.raises(IntegrityError), transaction.atomic():
        ExpertBalance.objects.update(booked=2)
    with alpha.scope():
        assert ExpertBooking.objects.count() == 2


def test_the_four_tier_template_stands_and_is_evaluated(inside: Tenant) -> None:
    made = make(inside.system, "four")
    assert (made.main, list(Tier.objects.order_by("rank").values_list("code", flat=True))) == (
        True,
        ["registered", "silver", "gold", "platinum"],
    )
    assert Requirement.objects.filter(tier__code="platinum").count() == 4
    assert Benefit.objects.get(tier__code="gold", kind="protection_days").value == 120
    join(inside, "p1", programme=made.code)
    assert night(inside, date(2026, 5, 15), made.code).partners == 1
    one = make(inside.system, "one")
    assert (one.code, one.main, Programme.objects.filter(main=True).count()) == ("partners-2", False, 1)


def test_the_pipeline_is_told_apart_by_programme(alpha: Tenant) -> None:
    with alpha.scope():
        market()
        programme(alpha)
        join(alpha, "p1")
    submitted(alpha)
    submitted(alpha, "partner_owner@p2", legal_id="AB-2")
    manager = alpha.actors["programme_manager"]
    with alpha.scope("programme_manager"):
        groups = grouped(manager, By.PROGRAMME, Asked())
        assert {group.key: group.sums.open for group in groups} == {"partners": 1, "": 1}
        assert sums(manager, Asked(programme="partners")).open == 1


def test_what_nothing_counts_is_said_so(alpha: Tenant) -> None:
    with alpha.scope():
        programme(alpha)
        give(alpha, "gold", "protection_days", "120")
        give(alpha, "gold", "event_seats", "4")
        join(alpha, "p1", at="gold")
        pk = tier("gold").pk
    staff = alpha.client("programme_manager")
    text = staff.get("/tiers/partners/").content.decode()
    assert text.count("Nothing counts it yet") == 1
    form = staff.get(f"/tiers/levels/{pk}/give/").content.decode()
    counted, others = form.split('label="Nothing counts it yet"')
    assert 'value="protection_days"' in counted
    assert 'value="event_seats"' in others
    own = alpha.client("partner_owner@p1").get("/tiers/partners/partners/p1/").content.decode()
    assert "Registered deals are protected that long" in own
    assert own.count("Your account manager arranges it.") == 1
    (answer,) = [
        each["benefits"]
        for each in caller(alpha, "pam").get("programs/partners/tiers/").body["results"]
        if each["code"] == "gold"
    ]
    assert {each["kind"]: each["counted"] for each in answer} == {
        "protection_days": True, "event_seats": False,
    }  # fmt: skip
