"""KPIs and targets: who may make them, what they may be, and that changing one counts anew."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from catalog.services import save_family, save_product
from common.errors import Conflict, DomainError, Forbidden, InputError, Invalid, NotFound
from partners.models import Rep
from partners.services import change_partner
from performance import services
from performance.counting.audit import audit_measurements
from performance.counting.recompute import recompute
from performance.counting.service import count_pending
from performance.enums import KpiState
from performance.models import Credit, Kpi, KpiTarget, Measurement, PendingChunk
from performance.selectors import get_kpi, kpis_for, measurements_for, targets_for, value_of
from tenancy.models import AuditEntry, OutboxEvent
from tenancy.outbox import deliver
from tests.kit.credits import queue_credits
from tests.kit.world import Tenant
from tests.performance.counting.market import make_kpi


def codes(error: DomainError) -> set[tuple[str, str | None]]:
    errors = error.errors if isinstance(error, Invalid) else [error]
    return {(each.code, each.field) for each in errors}


def credit(tenant: Tenant, number: int, partner: str = "p1", **fields: Any) -> Credit:
    values = {
        "source": "erp", "external_id": f"X{number}", "digest": b"", "kind": "sale", "day": "2024-04-05",
        "occurred_at": "2024-04-05T10:00Z", "partner_id": tenant.partners[partner].pk, "quantity": 1,
        "amount": Decimal(100), "line_amount": Decimal(100), "currency": "USD",
    }  # fmt: skip
    return Credit(**(values | fields))


def count(tenant: Tenant, *credits: Credit) -> None:
    roots = {partner.pk: partner.root_id or partner.pk for partner in tenant.partners.values()}
    queue_credits(tenant.system, credits, roots)
    for lane in PendingChunk.objects.values_list("lane", flat=True).distinct():
        count_pending(tenant.system, lane)


def values(tenant: Tenant, kpi: str) -> dict[str, Decimal]:
    return {row.partner.code: value_of(row) for row in measurements_for(tenant.system, kpi=kpi) if row.value}


def test_a_new_kpi_counts_what_came_before(inside: Tenant) -> None:
    count(inside, credit(inside, 1), credit(inside, 2, "p2"))
    services.create_kpi(inside.system, code="sales", name="Sales", measure="sum_amount")
    assert get_kpi(inside.system, "sales").state == KpiState.COUNTING
    assert values(inside, "sales") == {}
    deliver(inside.system)
    assert get_kpi(inside.system, "sales").state == KpiState.READY
    assert values(inside, "sales") == {"p1": 100, "p2": 100}
    assert AuditEntry.objects.filter(action="kpi.create", object_ref="sales").count() == 1


def test_changing_what_is_counted_counts_anew(inside: Tenant) -> None:
    services.create_kpi(inside.system, code="sales", name="Sales", measure="sum_amount")
    deliver(inside.system)
    count(inside, credit(inside, 1), credit(inside, 2, kind="renewal", amount=Decimal(7)))
    assert values(inside, "sales") == {"p1": 107}
    services.change_kpi(inside.system, code="sales", filters={"kinds": ["renewal"]})
    # What arrives meanwhile is not lost: the recomputation finds it.
    count(inside, credit(inside, 3, kind="renewal", amount=Decimal(5)))
    deliver(inside.system)
    assert values(inside, "sales") == {"p1": 12}
    services.change_kpi(inside.system, code="sales", name="Renewals")
    assert get_kpi(inside.system, "sales").state == KpiState.READY


def test_a_product_in_another_family_moves_what_was_counted(inside: Tenant) -> None:
    for family in ("cloud", "voice"):
        save_family(inside.system, code=family, name=family, layer="cloud" if family == "cloud" else "core")
    product, _ = save_product(inside.system, code="p", name="P", family="voice")
    services.create_kpi(
        inside.system, code="cloud", name="Cloud", measure="sum_amount", filters={"layers": ["cloud"]}
    )
    deliver(inside.system)
    count(inside, credit(inside, 1, product_id=product.pk))
    assert values(inside, "cloud") == {}
    save_product(inside.system, code="p", family="cloud")
    deliver(inside.system)
    assert values(inside, "cloud") == {"p1": 100}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"code": "Sales"}, {("bad_code", "code")}),
        ({"code": "tier"}, {("reserved", "code")}),
        ({"code": "band"}, {("reserved", "code")}),
        ({"measure": "sum"}, {("unknown_choice", "measure")}),
        ({"filters": {"families": ["none"]}}, {("unknown_code", "filters.families")}),
        ({"filters": {"layers": ["none"]}, "target": "x"}, {("unknown_code", "filters.layers"), ("not_a_number", "target")}),
        ({"filters": {"tiers": ["gold"]}}, {("unknown_filter", "filters.tiers")}),
        ({"filters": {"new_customer": "yes"}}, {("not_boolean", "filters.new_customer")}),
        ({"measure": "new_customers", "filters": {"new_customer": True}}, {("twice_new", "filters.new_customer")}),
        ({"period": "rolling"}, {("required", "rolling_months")}),
        ({"rolling_months": 3}, {("not_rolling", "rolling_months")}),
        ({"period": "rolling", "rolling_months": 99}, {("bad_months", "rolling_months")}),
        ({"colour": "red"}, {("unknown_field", "colour")}),
    ],
)  # fmt: skip
def test_what_a_kpi_cannot_be(inside: Tenant, fields: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    given = {"code": "sales", "name": "Sales", "measure": "sum_amount", **fields}
    with pytest.raises((InputError, Invalid)) as raised:
        services.create_kpi(inside.system, **given)
    assert codes(raised.value) == expected
    assert not Kpi.objects.exists()


def test_who_may_make_kpis(alpha: Tenant) -> None:
    for name in ("partner_owner@p1", "pam", "channel_finance"):
        with alpha.scope(name), pytest.raises(Forbidden):
            services.create_kpi(alpha.actors[name], code="a", name="A", measure="count")
    with alpha.scope("programme_manager"):
        actor = alpha.actors["programme_manager"]
        services.create_kpi(actor, code="a", name="A", measure="count")
        with pytest.raises(Conflict):
            services.create_kpi(actor, code="a", name="A", measure="count")
        with pytest.raises(NotFound):
            services.change_kpi(actor, code="b", name="B")


def test_targets(inside: Tenant) -> None:
    kpi = make_kpi("sales")
    place = {"kpi": "sales", "period": "2024-Q2", "partner": "p1"}
    services.set_target(inside.system, **place, value="250.5")
    assert targets_for(inside.system, kpi="sales").get().value == Decimal("250.5")
    event = OutboxEvent.objects.get(topic="measurements.changed")
    assert event.payload["keys"] == [[kpi.pk, "2024-Q2", inside.partners["p1"].pk, None]]
    services.set_target(inside.system, **place, value=None)
    assert not KpiTarget.objects.exists()
    with pytest.raises(InputError, match="such periods"):
        services.set_target(inside.system, **(place | {"period": "2024-04"}), value=1)
    with pytest.raises(InputError, match="per rep"):
        services.set_target(inside.system, **place, rep="r1", value=1)


def test_everybody_sees_the_own_measurements(alpha: Tenant, beta: Tenant) -> None:
    with alpha.scope():
        seller = alpha.actors["partner_seller@p1"]
        own = Rep.objects.create(
            code="r1", name="R1", partner=alpha.partners["p1"], membership_id=seller.membership_id
        )
        other = Rep.objects.create(code="r2", name="R2", partner=alpha.partners["p1"])
        for code, beneficiary in (("sales", "partner"), ("mine", "rep")):
            make_kpi(code, beneficiary=beneficiary)
        count(
            alpha, credit(alpha, 1, rep_id=own.pk), credit(alpha, 2, rep_id=other.pk), credit(alpha, 3, "p2"),
            credit(alpha, 4, "p1sub"),
        )  # fmt: skip
    names = ("partner_seller@p1", "partner_owner@p1", "partner_owner@p2", "pam")
    seen = {name: look(alpha, name) for name in names}
    assert seen["partner_seller@p1"] == [
        ("mine", "p1", "r1"),
        ("sales", "p1", None),
        ("sales", "p1sub", None),
    ]
    assert seen["partner_owner@p1"] == [
        ("mine", "p1", "r1"), ("mine", "p1", "r2"), ("sales", "p1", None), ("sales", "p1sub", None)
    ]  # fmt: skip
    assert seen["partner_owner@p2"] == [("sales", "p2", None)]
    assert seen["pam"] == [("mine", "p1", "r1"), ("mine", "p1", "r2"), ("sales", "p1", None)]
    with alpha.scope("partner_technician@p1"), pytest.raises(Forbidden):
        measurements_for(alpha.actors["partner_technician@p1"])
    with beta.scope():
        assert not Measurement.objects.exists()
        assert not kpis_for(beta.system).exists()


def look(tenant: Tenant, name: str) -> list[tuple[str, str, str | None]]:
    with tenant.scope(name):
        return [
            (row.kpi.code, row.partner.code, row.rep.code if row.rep else None)
            for row in measurements_for(tenant.actors[name])
        ]


def test_a_partner_under_another_root_takes_its_waiting_lines_along(inside: Tenant) -> None:
    services.create_kpi(inside.system, code="tree", name="Tree", measure="sum_amount", beneficiary="tree")
    services.create_kpi(
        inside.system, code="met", name="Met", measure="count", filters={"roles": ["reseller"]}
    )
    deliver(inside.system)
    count(inside, credit(inside, 1), credit(inside, 2, "p2"))
    roots = {partner.pk: partner.pk for partner in inside.partners.values()}
    queue_credits(inside.system, [credit(inside, 3, "p2")], roots)
    change_partner(inside.system, code="p2", parent="p1", roles=["reseller"])
    assert values(inside, "tree") == {"p1": 100, "p2": 100}
    deliver(inside.system)
    assert not PendingChunk.objects.exists()
    assert values(inside, "tree") == {"p1": 300, "p2": 200}
    assert values(inside, "met") == {"p2": 2}
    assert audit_measurements(inside.system).differences == 0


def test_the_audit_finds_what_was_tampered_with(inside: Tenant) -> None:
    services.create_kpi(inside.system, code="sales", name="Sales", measure="sum_amount")
    deliver(inside.system)
    count(inside, credit(inside, 1), credit(inside, 2, "p2"))
    Measurement.objects.filter(partner=inside.partners["p1"]).update(value=Decimal("100.000001"))
    report = audit_measurements(inside.system)
    assert (report.compared, report.differences) == (2, 1)
    assert report.examples[0]["kpi"] == "sales"
    moved = recompute(inside.system, Kpi.objects.all())
    assert [key[2] for key in moved] == [inside.partners["p1"].pk]
    assert audit_measurements(inside.system).differences == 0


@pytest.mark.parametrize("count", [1, 150])
def test_a_measurement_pointing_outside_is_refused_by_the_database(
    inside: Tenant, beta: Tenant, count: int
) -> None:
    kpi = make_kpi("sales")
    rows = [
        Measurement(kpi=kpi, period=f"x{number}", partner=inside.partners["p1"], value=1)
        for number in range(count)
    ]
    rows[-1].partner_id = beta.partners["p1"].pk
    with pytest.raises(DatabaseError, match="outside its operator"), transaction.atomic():
        Measurement.objects.bulk_create(rows)
    rows[-1].partner_id = inside.partners["p1"].pk
    Measurement.objects.bulk_create(rows)
    with pytest.raises(DatabaseError, match="keep what they refer to"), transaction.atomic():
        Measurement.objects.update(partner=inside.partners["p2"])
    Measurement.objects.update(partner=inside.partners["p1"], value=2)
    assert Measurement.objects.filter(value=2).count() == count
