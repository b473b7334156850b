"""Specialisations: earned, kept for a while when something is missing, ended; set-wise, with evidence."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from common.errors import InputError, Invalid
from performance.models import Kpi, Measurement
from programs.models import SpecialisationHeld
from programs.training.authoring import save_certification
from programs.training.certificates import enter_certificate, revoke_certificate
from programs.training.specialising import (
    create_specialisation,
    evaluate_specialisations,
    specialisations_held,
)
from tests.kit.world import Tenant
from tests.programs.schooling import pass_days, today


@pytest.fixture
def house(alpha: Tenant) -> Tenant:
    with alpha.scope():
        for code in ("a", "b"):
            save_certification(alpha.system, code=code, name=code.upper())
    return alpha


def certify(tenant: Tenant, code: str, role: str) -> Any:
    with tenant.scope():
        return enter_certificate(
            tenant.system,
            member_id=tenant.actors[f"{role}@p1"].membership_id or 0,
            certification=code,
            passed_on=today() - timedelta(days=1),
        )


def held(tenant: Tenant) -> list[tuple[str, str]]:
    with tenant.scope():
        evaluate_specialisations(tenant.system)
        return list(SpecialisationHeld.objects.values_list("partner__code", "state"))


def test_it_is_earned_warned_about_and_ended(house: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    with house.scope():
        create_specialisation(house.system, code="s", name="Security", needs={"a": 2, "b": 1})
    certify(house, "a", "partner_seller")
    certify(house, "b", "partner_seller")
    assert held(house) == []
    last = certify(house, "a", "partner_technician")
    assert held(house) == [("p1", "held")]
    with house.scope():
        p1 = house.partners["p1"].pk
        assert specialisations_held([p1], today()) == {p1: Decimal(1)}
        revoke_certificate(house.system, certificate_id=last.pk, reason="x")
    assert held(house) == [("p1", "ending")]
    with house.scope():
        row = SpecialisationHeld.objects.get()
        assert row.valid_until == today() + timedelta(days=60)
        assert {one["code"]: (one["measured"], one["met"]) for one in row.evidence} == {
            "a": ("1", False), "b": ("1", True),
        }  # fmt: skip
    pass_days(house, monkeypatch, 60)
    assert held(house) == [("p1", "ending")]
    pass_days(house, monkeypatch, 1)
    assert held(house) == []


def test_sales_count_as_well(house: Tenant) -> None:
    with house.scope():
        kpi = Kpi.objects.create(code="sales", name="Sales", measure="sum_amount", period="year")
        create_specialisation(house.system, code="s", name="S", needs={"a": 1}, kpi="sales", least="100")
    certify(house, "a", "partner_seller")
    assert held(house) == []
    with house.scope():
        Measurement.objects.create(
            kpi=kpi, partner=house.partners["p1"], period=str(today().year), value=Decimal("100"), lines=1
        )
    assert held(house) == [("p1", "held")]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"needs": {}}, "needs"),
        ({"needs": {"z": 1}}, "needs"),
        ({"needs": {"a": 0}}, "needs"),
        ({"needs": {"a": 1}, "kpi": "none", "least": "1"}, "kpi"),
    ],
)
def test_a_specialisation_that_nobody_can_have_is_refused(house: Tenant, fields: Any, field: str) -> None:
    with house.scope(), pytest.raises((InputError, Invalid)) as refused:
        create_specialisation(house.system, code="s", name="S", **fields)
    errors = refused.value.errors if isinstance(refused.value, Invalid) else [refused.value]
    assert field in {error.field for error in errors}
