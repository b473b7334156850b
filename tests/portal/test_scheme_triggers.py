"""Schemes on every triggering action, built in the form with cards, paying what real lines and facts of the house earn."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Customer, Family, Product
from incentives.grants import grants
from incentives.models import Accrual, AccrualLine, Scheme
from incentives.selectors import begun
from partners.models import Partner, Rep
from performance.facts import tell_fact
from performance.tasks import deliver_events
from tests.incentives.money.kit import feed, line
from tests.kit.world import Tenant

NOW = timezone.now()
THEN = NOW - timedelta(days=120)
#: A fixed amount, and one rate on what is sold.
FIXED = {"c0-kind": "fixed", "c0-amount": "25"}
RATE = {"c0-kind": "rate", "c0-source": "amount", "c0-rate": "5"}


def build(tenant: Tenant, kind: str, trigger: str, card: dict[str, Any], **more: Any) -> None:
    """Draft and publish through the pages, as a programme manager does."""
    client = tenant.client("programme_manager")
    form = {
        "code": f"on-{trigger.replace('_', '-')}",
        "name_en": f"On {trigger}",
        "kind": kind,
        "payee": "partner",
        "period": "month",
        "starts": (THEN - timedelta(days=60)).date().isoformat(),
        "rounding": "half_even",
        "mode": "cards",
        "card": ["0"],
        "c0-label": "earned",
        "only_kinds": [trigger],
    }
    answer = client.post("/schemes/new/", form | card | more)
    assert answer.status_code == 302, answer.content.decode()
    assert client.post(f"/schemes/{form['code']}/publish/").status_code == 302
    deliver_events(tenant.system)


def earned(trigger: str) -> Decimal:
    rows = Accrual.objects.filter(version__scheme__code=f"on-{trigger.replace('_', '-')}")
    return sum((row.amount for row in rows), Decimal(0))


@pytest.mark.parametrize("trigger", ["sale", "renewal", "activation", "referral_won"])
def test_what_source_systems_send(alpha: Tenant, trigger: str) -> None:
    build(alpha, "referral", trigger, RATE)
    feed(
        alpha,
        [
            line("a", "p1", THEN.isoformat(), "1000", kind=trigger),
            line("b", "p1", THEN.isoformat(), "400", kind="deal_won" if trigger == "sale" else "sale"),
        ],
    )
    with alpha.scope():
        assert earned(trigger) == 50


@pytest.mark.parametrize(
    ("kind", "trigger", "card", "amount"),
    [
        ("points", "training", FIXED, 25),
        ("benefit", "certificate", {"c0-kind": "fixed", "c0-amount": "2"}, 2),
        ("spiff", "joined", FIXED, 25),
        ("points", "goal_reached", {"c0-kind": "rate", "c0-source": "quantity", "c0-rate": "40"}, 40),
        ("mdf", "certificate", FIXED, 25),
    ],
)
def test_facts_of_the_house(
    alpha: Tenant, kind: str, trigger: str, card: dict[str, Any], amount: int
) -> None:
    build(alpha, kind, trigger, card)
    with alpha.scope():
        for told in (trigger, "satisfaction"):
            tell_fact(kind=told, reference=f"{told}:1", partner="p1", occurred_at=NOW)
    feed(alpha, [line("sale", "p1", THEN.isoformat(), "9000")])
    deliver_events(alpha.system)
    feed(alpha, [])
    with alpha.scope():
        assert earned(trigger) == amount
        assert AccrualLine.objects.count() == 1
        if kind == "benefit":
            assert [grant.quantity for grant in grants(alpha.system)] == [2]


def test_an_activation_pays_after_ninety_days_if_the_customer_is_still_there(alpha: Tenant) -> None:
    terms = {"pay_days": ["90"], "pay_percent": ["100"], "while_customer": "on"}
    build(alpha, "spiff", "activation", FIXED, **terms)
    with alpha.scope():
        for code in ("stays", "leaves"):
            Customer.objects.create(code=code, name=code)
    left = (THEN + timedelta(days=50)).isoformat()
    feed(
        alpha,
        [
            *(
                line(f"a-{who}", "p1", THEN.isoformat(), "0", kind="activation", customer=who)
                for who in ("stays", "leaves")
            ),
            line(
                "young", "p1", (NOW - timedelta(days=9)).isoformat(), "0", kind="activation", customer="stays"
            ),
            line("x", "p1", left, "0", kind="churn", customer="leaves"),
        ],
    )
    with alpha.scope():
        assert AccrualLine.objects.count() == 3
        assert earned("activation") == 25
        # What waits for a period to come is nobody's row of a list yet.
        assert Accrual.objects.filter(amount=0).exists()
        assert [row.amount for row in begun(alpha.system, Accrual.objects.all())] == [25]


def test_role_by_layer_pays_each_partner_its_own_rate(alpha: Tenant) -> None:
    """The matrix of the form: 3 % for a managed service provider in the cloud, 1 % where nothing stands."""
    cells = {
        "c0-kind": "grid",
        "c0-source": "amount",
        "c0-name": "role",
        "c0-name2": "layer",
        "c0-other": "1",
        "c0-cell": ["msp|cloud", "reseller|iot"],
        "c0-cellrate": ["3", "2.5"],
    }
    with alpha.scope():
        for layer in ("cloud", "iot"):
            family = Family.objects.create(code=layer, name=layer, layer=layer)
            Product.objects.create(code=layer, name=layer, family=family)
        Partner.objects.filter(code="p1").update(roles=["msp"])
        Partner.objects.filter(code="p2").update(roles=["reseller"])
    build(alpha, "referral", "sale", cells)
    feed(
        alpha,
        [
            line(f"{who}-{what}", who, THEN.isoformat(), "1000", product=what)
            for who in ("p1", "p2")
            for what in ("cloud", "iot")
        ],
    )
    with alpha.scope():
        rows = AccrualLine.objects.values_list("partner__code", "credit__product__code", "exact")
        assert {(who, what): int(exact) for who, what, exact in rows} == {
            ("p1", "cloud"): 30,
            ("p1", "iot"): 10,
            ("p2", "cloud"): 10,
            ("p2", "iot"): 25,
        }


def test_who_is_settled_together_is_said_in_the_form(alpha: Tenant) -> None:
    with alpha.scope():
        Rep.objects.create(code="r", name="R", partner=alpha.partners["p1"])
    build(alpha, "spiff", "sale", RATE, settlement_group="  Channel  2026 ")
    build(alpha, "points", "renewal", FIXED, settlement_group="Channel 2026")
    with alpha.scope():
        groups = dict(Scheme.objects.values_list("kind", "settlement_group"))
        assert groups == {"spiff": "Channel 2026", "points": ""}
    client = alpha.client("programme_manager")
    assert '<option value="Channel 2026">' in client.get("/schemes/new/").content.decode()
    assert "Channel 2026" in client.get("/schemes/on-sale/").content.decode()
    assert "Channel 2026" not in alpha.client("partner_owner@p1").get("/schemes/on-sale/").content.decode()
