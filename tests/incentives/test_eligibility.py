"""Who may earn, for what: every condition alone, for many partners at once, and what a refused partner reads about it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Customer, Family, Product, Segment, Territory
from common.errors import InputError
from incentives.accrual import evaluate_credits, evaluate_periods
from incentives.accrual.affected import Change
from incentives.explain import missing_conditions
from incentives.models import Accrual
from incentives.services import clean_eligibility
from partners.models import Partner
from partners.tree import relink
from performance.models import Measurement
from tenancy.outbox import deliver
from tests.incentives.test_accruals import credit, kpi, measured
from tests.incentives.test_kinds import DAY, at, published
from tests.kit.world import Tenant
from tests.programs.kit import join, programme


@pytest.fixture
def town(inside: Tenant) -> Tenant:
    """p1 is in everything that conditions ask for, p2 in nothing."""
    programme(inside, "silver", "gold")
    join(inside, "p1", at="gold")
    root = Territory.objects.create(code="iran", name="Iran")
    city = Territory.objects.create(code="yazd", name="Yazd", parent=root, level=1)
    for row, path in ((root, [root.pk]), (city, [root.pk, city.pk])):
        Territory.objects.filter(pk=row.pk).update(path=path)
    Partner.objects.filter(code="p1").update(
        roles=["reseller", "consultant"], layers=["cloud"], territory_id=city.pk
    )
    for code, layer in (("servers", "cloud"), ("sensors", "iot")):
        family = Family.objects.create(code=code, name=code, layer=layer)
        Product.objects.create(code=f"{code}-1", name=code, family=family)
    Segment.objects.create(code="sme", name="Small companies")
    return inside


PARTNER: dict[str, list[str]] = {
    "partners": ["p1"],
    "programmes": ["partners"],
    "tiers": ["gold"],
    "roles": ["consultant"],
    "layers": ["cloud"],
    "territories": ["iran"],
}
LINE: dict[str, list[str]] = {
    "kinds": ["renewal"],
    "products": ["servers-1"],
    "families": ["servers"],
    "product_layers": ["cloud"],
    "segments": ["sme"],
    "engagement_models": ["sell_with"],
    "contributions": ["deliver"],
    "new_customer": ["yes"],
}


def earned() -> dict[str, Any]:
    return {row.partner.code: row.amount for row in Accrual.objects.select_related("partner") if row.amount}


@pytest.mark.parametrize("key", PARTNER)
def test_of_partners(town: Tenant, key: str) -> None:
    only, which = {key: PARTNER[key]}, kpi()
    published(town, "fee", "referral", "amount * 10%", eligibility=only)
    published(town, "rebate", "rebate", "sales * 1%", eligibility=only)
    for code in ("p1", "p2"):
        evaluate_credits(town.system, [credit(town, code, "1000", partner=town.partners[code]).pk])
    assert earned() == {"p1": 100}
    evaluate_periods(town.system, [measured(town, which, "5000", partner=code) for code in ("p1", "p2")])
    rows = {
        row.partner.code: row
        for row in Accrual.objects.filter(version__scheme__code="rebate", period="2013-Q1")
    }
    assert {code: (row.amount, row.eligible) for code, row in rows.items()} == {
        "p1": (50, True),
        "p2": (0, False),
    }
    assert missing_conditions(rows["p1"]) == []
    assert len(missing_conditions(rows["p2"])) == 1


@pytest.mark.parametrize("key", LINE)
def test_of_transactions(town: Tenant, key: str) -> None:
    published(town, "fee", "referral", "amount * 10%", eligibility={key: LINE[key]})
    products = {product.code: product for product in Product.objects.all()}
    fitting: dict[str, Any] = {
        "kind": "renewal",
        "product": products["servers-1"],
        "segment": Segment.objects.get(),
        "engagement_model": "sell_with",
        "contribution": "deliver",
        "customer": Customer.objects.create(code="new", name="New", since=DAY),
    }
    other = {"product": products["sensors-1"], "engagement_model": "sell_to", "contribution": "sell"}
    rows = [credit(town, "a", "1000", **fitting, **at(DAY)), credit(town, "b", "500", **other, **at(DAY))]
    evaluate_credits(town.system, [row.pk for row in rows])
    assert earned() == {"p1": 100}


def test_all_of_them_together(town: Tenant) -> None:
    published(town, "fee", "referral", "amount * 10%", eligibility={**PARTNER, "kinds": ["sale", "renewal"]})
    rows = [credit(town, kind, "100", kind=kind) for kind in ("sale", "renewal", "activation")]
    evaluate_credits(town.system, [row.pk for row in rows])
    assert earned() == {"p1": 20}


def test_joining_a_programme_counts_in_the_open_period(town: Tenant) -> None:
    which = kpi()
    published(town, "rebate", "rebate", "sales * 1%", eligibility={"programmes": ["partners"]})
    evaluate_periods(town.system, [measured(town, which, "5000", partner="p2")])
    assert earned() == {}
    join(town, "p2")
    deliver(town.system)
    assert earned() == {"p2": 50}


def test_a_thousand_partners_cost_no_more_questions_than_one(town: Tenant) -> None:
    """Conditions are read for all at once."""
    which = kpi()
    published(
        town, "rebate", "rebate", "sales * 1%", eligibility={"programmes": ["partners"], "tiers": ["gold"]}
    )

    def questions(codes: list[str]) -> int:
        made = Partner.objects.bulk_create([Partner(code=code, name=code, tier="gold") for code in codes])
        relink([partner.pk for partner in made])
        Measurement.objects.bulk_create(
            Measurement(kpi=which, period="2013-Q1", partner=each, value=100) for each in made
        )
        changes = [Change(which.pk, "2013-Q1", each.pk, None) for each in made]
        with CaptureQueriesContext(connection) as asked:
            evaluate_periods(town.system, changes)
        return len(asked)

    one = questions(["solo"])
    assert questions([f"m{number}" for number in range(1000)]) <= one + 2


def test_words_of_what_is_missing(town: Tenant) -> None:
    which = kpi()
    published(town, "rebate", "rebate", "sales * 1%", eligibility={"tiers": ["gold"], "roles": ["msp"]})
    evaluate_periods(town.system, [measured(town, which, "5000")])
    row = Accrual.objects.get(period="2013-Q1")
    assert missing_conditions(row) == [
        "Only for partner role: Managed service provider. At present: Reseller / Consultant."
    ]
    evaluate_periods(town.system, [measured(town, which, "5000", partner="p2")])
    other = Accrual.objects.get(period="2013-Q1", partner__code="p2")
    assert missing_conditions(other)[0] == "Only for tier: Gold. At present: nothing."


@pytest.mark.parametrize(
    "wrong", [{"roles": ["reseler"]}, {"product_layers": ["clouds"]}, {"new_customer": ["maybe"]}]
)
def test_a_word_that_nobody_could_fit_is_refused(wrong: dict[str, list[str]]) -> None:
    with pytest.raises(InputError) as caught:
        clean_eligibility(wrong)
    assert caught.value.code == "unknown_choice"
