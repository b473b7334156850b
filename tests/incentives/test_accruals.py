"""Rebates from measurements and SPIFFs from credits: evaluated, renewed, versioned, walled."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common.errors import Conflict, Forbidden, InputError
from incentives.accrual import evaluate_credits, evaluate_periods
from incentives.accrual.affected import Change
from incentives.models import Accrual, AccrualLine, SchemeVersion
from incentives.programs import FormulaInvalid
from incentives.selectors import accruals_for, schemes_for
from incentives.services import SchemeData, VersionData, amend_scheme, create_scheme, publish_version
from partners.models import Rep
from performance.models import Credit, Kpi, Measurement
from tenancy.outbox import deliver
from tests.kit.world import Tenant

REBATE = """
volume: marginal(sales, [0 -> 1%, 10k -> 2%])
growth: if(growth(sales) > 10%, USD 100, USD 0)
"""


def kpi(code: str = "sales", **fields: Any) -> Kpi:
    values = {"name": code, "measure": "sum_amount", "period": "quarter"} | fields
    found: Kpi = Kpi.objects.create(code=code, **values)
    return found


def measured(tenant: Tenant, which: Kpi, value: str, period: str = "2013-Q1", partner: str = "p1") -> Change:
    row, _made = Measurement.objects.update_or_create(
        kpi=which,
        period=period,
        partner=tenant.partners[partner],
        rep=None,
        defaults={"value": Decimal(value)},
    )
    return Change(which.pk, period, row.partner_id, None)


def published(
    tenant: Tenant, formula: str = REBATE, scheme: dict[str, Any] | None = None, **version: Any
) -> SchemeVersion:
    draft = create_scheme(
        tenant.system,
        scheme=SchemeData(**(scheme or {"code": "volume", "name": "Volume rebate"})),
        version=VersionData(formula=formula, starts=date(2013, 1, 1), **version),
    )
    return publish_version(tenant.system, version_id=draft.pk)


def amounts() -> dict[str, Decimal]:
    return {
        f"{row.partner.code} {row.period}": row.amount for row in Accrual.objects.select_related("partner")
    }


def test_a_rebate_follows_its_measurement(inside: Tenant) -> None:
    sales = kpi()
    published(inside)
    evaluate_periods(inside.system, [measured(inside, sales, "15000")])
    assert amounts() == {"p1 2013-Q1": Decimal(200), "p1 2013-Q2": Decimal(0)}
    evaluate_periods(inside.system, [measured(inside, sales, "20000.005")])
    row = Accrual.objects.get(period="2013-Q1")
    assert row.exact == Decimal("300.0001")
    assert row.amount == Decimal("300.00")
    assert [part["label"] for part in row.components] == ["volume", "growth"]


def test_growth_reads_the_period_before(inside: Tenant) -> None:
    sales = kpi()
    published(inside)
    changes = [measured(inside, sales, "1000"), measured(inside, sales, "2000", "2013-Q2")]
    evaluate_periods(inside.system, changes)
    assert amounts()["p1 2013-Q2"] == Decimal(120)


def test_the_next_threshold_says_what_it_takes(inside: Tenant) -> None:
    sales = kpi()
    published(inside, "volume: sales * band(sales, [0 -> 1%, 10k -> 2%])")
    evaluate_periods(inside.system, [measured(inside, sales, "9000")])
    (ahead,) = Accrual.objects.get(period="2013-Q1").next
    assert (ahead["distance"], ahead["gain"]) == ("1000", "110")


def test_eligibility_cap_and_foreign_tier(inside: Tenant) -> None:
    sales = kpi()
    inside.partners["p1"].tier = "gold"
    inside.partners["p1"].save()
    published(inside, "all: sales * 10%", eligibility={"tiers": ["gold"]}, cap=Decimal(50))
    evaluate_periods(
        inside.system, [measured(inside, sales, "900"), measured(inside, sales, "900", partner="p2")]
    )
    assert amounts() == {"p1 2013-Q1": Decimal(50), "p2 2013-Q1": Decimal(0)}
    assert not Accrual.objects.get(partner__code="p2").eligible


def credit(tenant: Tenant, ref: str, amount: str, **fields: Any) -> Credit:
    values: dict[str, Any] = {
        "source": "erp",
        "external_id": ref,
        "digest": b"x" * 16,
        "kind": "sale",
        "occurred_at": datetime(2013, 2, 3, tzinfo=UTC),
        "day": date(2013, 2, 3),
        "partner": tenant.partners["p1"],
        "quantity": 1,
        "amount": Decimal(amount),
        "line_amount": Decimal(amount),
        "currency": "USD",
    }
    found: Credit = Credit.objects.create(**(values | fields))
    return found


def test_a_spiff_counts_each_credit_once_and_takes_back_exactly(inside: Tenant) -> None:
    rep = Rep.objects.create(code="r1", name="R", partner=inside.partners["p1"])
    published(
        inside,
        "bonus: if(amount >= 1k, USD 50, USD 0)",
        {"code": "spiff", "name": "SPIFF", "kind": "spiff", "payee": "rep"},
    )
    first = credit(inside, "a", "1500", rep=rep)
    second = credit(inside, "b", "900", rep=rep)
    without_rep = credit(inside, "c", "5000")
    ids = [first.pk, second.pk, without_rep.pk]
    evaluate_credits(inside.system, ids)
    evaluate_credits(inside.system, ids)
    row = Accrual.objects.get()
    assert (row.amount, row.rep_id, row.lines) == (Decimal(50), rep.pk, 2)
    back = credit(inside, "a", "-1500", rep=rep, revision=2, position=-1, sign=-1, quantity=-1)
    evaluate_credits(inside.system, [back.pk])
    row.refresh_from_db()
    assert row.amount == 0
    assert AccrualLine.objects.get(credit=back).exact == Decimal(-50)


def test_publishing_counts_what_is_there_already(inside: Tenant) -> None:
    measured(inside, kpi(), "15000")
    published(inside)
    assert deliver(inside.system) >= 1
    assert amounts()["p1 2013-Q1"] == Decimal(200)


def test_a_published_version_never_changes(inside: Tenant) -> None:
    kpi()
    version = published(inside)
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        SchemeVersion.objects.filter(pk=version.pk).update(formula="all: sales * 99%")
    with pytest.raises(Conflict):
        publish_version(inside.system, version_id=version.pk)


def test_an_amendment_cannot_reach_back(inside: Tenant) -> None:
    kpi()
    published(inside)
    data = VersionData(formula="all: sales * 9%", starts=date(2013, 4, 1))
    draft = amend_scheme(inside.system, scheme_code="volume", version=data)
    with pytest.raises(InputError, match="running period"):
        publish_version(inside.system, version_id=draft.pk)


def test_formula_errors_stop_a_draft(inside: Tenant) -> None:
    kpi()
    with pytest.raises(FormulaInvalid) as caught:
        published(inside, "all: salez * 2%")
    assert caught.value.errors[0].code


def test_each_audience_sees_its_own_accruals(alpha: Tenant, beta: Tenant) -> None:
    for tenant in (alpha, beta):
        with tenant.scope():
            sales = kpi()
            draft = create_scheme(
                tenant.system,
                scheme=SchemeData(code="volume", name="Volume rebate"),
                version=VersionData(formula="all: sales * 1%", starts=date(2013, 1, 1)),
            )
            publish_version(tenant.system, version_id=draft.pk)
            period = "2013-Q1" if tenant is alpha else "1391-Q4"
            changes = [measured(tenant, sales, "100", period, code) for code in ("p1", "p2", "p1sub")]
            evaluate_periods(tenant.system, changes)
    expected = {"partner_owner@p1": {"p1", "p1sub"}, "partner_owner@p2": {"p2"}, "pam": {"p1"}}
    for name, codes in expected.items():
        actor = alpha.actors[name]
        with alpha.scope(name):
            assert {row.partner.code for row in accruals_for(actor)} == codes
            assert [scheme.code for scheme in schemes_for(actor)] == ["volume"]
    with alpha.scope("partner_technician@p1"), pytest.raises(Forbidden):
        accruals_for(alpha.actors["partner_technician@p1"])
