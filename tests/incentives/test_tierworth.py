"""Warnings about certificates name the tier that falls without them, and what the running rebates would pay less then."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from common.periods import period_of
from incentives.accrual import evaluate_periods
from incentives.tierworth import worth_of
from performance.models import Kpi
from programs.enrolling import enrol
from programs.models import Certificate, Requirement
from programs.training.authoring import save_certification
from programs.training.certificates import enter_certificate
from programs.training.stakes import stake_of
from tests.incentives.test_accruals import measured
from tests.incentives.test_accruals import published as rebate
from tests.kit.world import Tenant
from tests.programs.kit import ask, night, programme
from tests.programs.schooling import pass_days, today
from workflow.models import Notification

SELLER, OWNER = "partner_seller@p1", "partner_owner@p1"


@pytest.fixture
def gold(alpha: Tenant) -> Tenant:
    """p1 is gold by one certificate; gold alone earns a tenth of sales, everybody a hundredth; 5,000 were sold."""
    with alpha.scope():
        quarter = period_of(today(), "quarter", alpha.operator.days).code
        kpi = Kpi.objects.create(code="sales", name="Sales", measure="sum_amount", period="quarter")
        rebate(alpha, "sales * 10%", {"code": "gold", "name": "Gold"}, eligibility={"tiers": ["gold"]})
        rebate(alpha, "sales * 1%", {"code": "all", "name": "All"})
        save_certification(alpha.system, code="a", name="A")
        programme(alpha, "silver", "gold")
        ask(alpha, "gold", asks="certificates", certification="a", threshold=1)
    entered(alpha, SELLER)
    with alpha.scope():
        enrol(alpha.system, programme="partners", partner_ids=[alpha.partners["p1"].pk])
        evaluate_periods(alpha.system, [measured(alpha, kpi, "5000", quarter)])
    return alpha


def entered(tenant: Tenant, who: str, days: int = 100) -> Certificate:
    with tenant.scope():
        return enter_certificate(
            tenant.system,
            member_id=tenant.actors[who].membership_id or 0,
            certification="a",
            passed_on=today() - timedelta(days=30),
            valid_until=today() + timedelta(days=days),
        )


def certificate(tenant: Tenant) -> Certificate:
    found: Certificate = Certificate.objects.select_related("certification").order_by("pk")[0]
    return found


def test_a_tier_is_worth_what_its_schemes_pay(gold: Tenant) -> None:
    p1 = gold.partners["p1"].pk
    with gold.scope():
        assert worth_of(gold.system, {p1: "silver"}) == {p1: Decimal(-500)}
        assert worth_of(gold.system, {p1: "gold"}) == {p1: Decimal(0)}


def test_the_warning_names_the_tier_and_the_reward(gold: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    pass_days(gold, monkeypatch, 11)
    with gold.scope(OWNER):
        notice = Notification.objects.get(kind="training.expires_money")
    assert notice.params["tier"]["name"] == "Gold"
    assert notice.params["reward"] == {"amount": "500.00", "currency": "USD"}
    with gold.scope(SELLER):
        kinds = Notification.objects.filter(kind__startswith="training.expires").values_list(
            "kind", flat=True
        )
        assert list(kinds) == ["training.expires_tier"]


@pytest.mark.parametrize(
    ("who", "reward"), [(OWNER, Decimal(500)), ("pam", Decimal(500)), (SELLER, None)], ids=str
)
def test_only_who_sees_the_companys_money_is_told_of_it(
    gold: Tenant, who: str, reward: Decimal | None
) -> None:
    with gold.scope(who):
        stake = stake_of(gold.actors[who], certificate(gold))
        pk = certificate(gold).pk
    assert stake is not None
    assert (stake.tier.label(), stake.reward) == ("Gold", reward)
    page = gold.client(who).get(f"/training/certificates/{pk}/").content.decode()
    assert "Gold" in page
    assert ("500.00" in page) == (reward is not None)


def nothing(tenant: Tenant) -> None:
    """As it is."""


def colleague(tenant: Tenant) -> None:
    """Somebody else holds it too."""
    entered(tenant, OWNER, 400)


def other_way(tenant: Tenant) -> None:
    """The certificate is one of two ways to the tier, and the other one is met."""
    with tenant.scope():
        group = ask(tenant, "gold", asks="any")
        Requirement.objects.filter(asks="certificates").update(parent_id=group)
        ask(tenant, "gold", parent_id=group, asks="kpi", kpi="sales", window="fiscal_year", threshold=10)


@pytest.mark.parametrize(("change", "needed"), [(nothing, True), (colleague, False), (other_way, False)])
def test_nothing_is_at_stake_where_the_tier_stays_without_it(
    gold: Tenant, change: Callable[[Tenant], None], needed: bool
) -> None:
    change(gold)
    with gold.scope():
        night(gold, today())
        assert (stake_of(gold.system, certificate(gold)) is not None) == needed
