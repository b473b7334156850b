"""Real transactions sent through the API become rebates and SPIFFs equal to plain Python, to the last digit."""

import io
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from incentives.models import Accrual, Scheme, SimulatedAmount, Simulation
from incentives.services import SchemeData, VersionData, create_scheme, publish_version
from incentives.simulation.rules import Trial
from incentives.simulation.running import run_simulation
from incentives.simulation.services import start_simulation
from performance.services import create_kpi
from performance.tasks import deliver_events
from portal.demo.build import count_all
from tenancy.actors import Actor
from tests.api.kit import Caller, token_for
from tests.kit.adventureworks import LINES, master_data, needs_data, rows
from tests.kit.world import Tenant

pytestmark = [needs_data, pytest.mark.django_db]
CENT = Decimal("0.01")
BANDS = [
    (Decimal(0), Decimal("0.01")),
    (Decimal(20_000), Decimal("0.02")),
    (Decimal(60_000), Decimal("0.035")),
]
MARGINAL = "marginal(sales, [0 -> 1%, 20k -> 2%, 60k -> 3.5%])"
ALL_UNITS = "sales * band(sales, [0 -> 1%, 20k -> 2%, 60k -> 3.5%])"
SPIFF = "if(amount >= 1k, amount * 1.25%, USD 0)"
Key = tuple[str, str]


def quarter_of(day: str) -> str:
    return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"


def sales() -> dict[Key, Decimal]:
    found: dict[Key, Decimal] = defaultdict(Decimal)
    for line in rows(LINES.name):
        found[line["ResellerKey"], quarter_of(line["OrderDate"])] += Decimal(line["SalesAmount"])
    return found


def marginal(value: Decimal) -> Decimal:
    earned = Decimal(0)
    for number, (lower, rate) in enumerate(BANDS):
        upper = BANDS[number + 1][0] if number + 1 < len(BANDS) else value
        if value > lower:
            earned += (min(value, upper) - lower) * rate
    return earned


def all_units(value: Decimal) -> Decimal:
    return value * [rate for lower, rate in BANDS if value >= lower][-1]


def spiffs() -> dict[Key, Decimal]:
    found: dict[Key, Decimal] = defaultdict(Decimal)
    for line in rows(LINES.name):
        amount = Decimal(line["SalesAmount"])
        if amount >= 1000:
            found[line["EmployeeKey"], quarter_of(line["OrderDate"])] += amount * Decimal("0.0125")
    return found


def lines() -> Iterator[list[dict[str, str]]]:
    """The feed's lines in requests of at most ten thousand."""
    every = [
        {
            "source": "erp",
            "external_id": f"{line['SalesOrderNumber']}-{line['SalesOrderLineNumber']}",
            "kind": "sale",
            "occurred_at": line["OrderDate"],
            "partner": line["ResellerKey"],
            "rep": line["EmployeeKey"],
            "product": line["ProductKey"],
            "territory": line["SalesTerritoryKey"],
            "customer": line["CustomerPONumber"],
            "quantity": line["OrderQuantity"],
            "amount": line["SalesAmount"],
            "currency": "USD",
        }
        for line in rows(LINES.name)
    ]
    return (every[start : start + 10_000] for start in range(0, len(every), 10_000))


def publish(actor: Actor, code: str, formula: str, **scheme: Any) -> None:
    draft = create_scheme(
        actor,
        scheme=SchemeData(code=code, name=code, **scheme),
        version=VersionData(formula=f"{code}: {formula}", starts=date(2010, 1, 1)),
    )
    publish_version(actor, version_id=draft.pk)


def accrued(code: str, who: str = "partner") -> dict[Key, Decimal]:
    """Exact amounts by (code, quarter); a rep's over all companies."""
    found: dict[Key, Decimal] = defaultdict(Decimal)
    for row in Accrual.objects.filter(version__scheme__code=code).select_related("partner", "rep"):
        assert row.amount == row.exact.quantize(CENT, ROUND_HALF_EVEN)
        found[getattr(row, who).code, row.period] += row.exact
    return {key: value for key, value in found.items() if value}


def test_rebates_and_spiffs_of_every_partner_and_quarter(alpha: Tenant, tmp_path: Path) -> None:
    for kind, path in master_data(tmp_path):
        call_command("import", kind, path, operator=alpha.operator.slug, stdout=io.StringIO())
    with alpha.scope():
        create_kpi(alpha.system, code="sales", name="Sales", measure="sum_amount")
        # Two schemes wait for the lines; the third finds them counted.
        publish(alpha.system, "marginal_rebate", MARGINAL)
        publish(alpha.system, "spiff", SPIFF, kind="spiff", payee="rep")
    deliver_events(alpha.system)
    caller = Caller(alpha.host, token_for(alpha, "programme_manager"))
    accepted = 0
    for batch in lines():
        answer = caller.call("POST", "transactions/", json.dumps({"lines": batch}))
        assert (answer.status, answer.body["rejected"]) == (200, [])
        accepted += answer.body["accepted"]
    assert accepted == 60_855
    count_all(alpha.system)
    with alpha.scope():
        publish(alpha.system, "all_units_rebate", ALL_UNITS)
    deliver_events(alpha.system)
    with alpha.scope():
        assert accrued("marginal_rebate") == {key: marginal(value) for key, value in sales().items() if value}
        assert accrued("all_units_rebate") == {
            key: all_units(value) for key, value in sales().items() if value
        }
        assert accrued("spiff", "rep") == dict(spiffs())
    simulations_equal_plain_python(alpha)


def simulations_equal_plain_python(tenant: Tenant) -> None:
    """Other rates over all quarters against the published ones: both sides as plain Python says, nothing more accrued."""
    quarters = sorted({quarter for _, quarter in sales()})
    with tenant.scope():
        accruals = Accrual.objects.count()
        scheme = Scheme.objects.get(code="marginal_rebate")
        rebate = start_simulation(
            tenant.system, trial=Trial(f"all: {ALL_UNITS}"), periods=quarters, scheme=scheme
        )
        spiff = start_simulation(
            tenant.system, trial=Trial(f"all: {SPIFF}", kind="spiff", payee="rep"), periods=quarters
        )
    for job in (rebate, spiff):
        run_simulation(tenant.system, job.pk)
    with tenant.scope():
        assert simulated(rebate) == {key: all_units(value) for key, value in sales().items() if value}
        assert simulated(spiff, "rep") == dict(spiffs())
        before = sum((rounded(marginal(value)) for value in sales().values()), Decimal(0))
        rebate.refresh_from_db()
        assert (rebate.state, Decimal(rebate.summary["before"])) == ("done", before)
        assert Decimal(rebate.summary["total"]) == sum(
            map(rounded, map(all_units, sales().values())), Decimal(0)
        )
        assert Accrual.objects.count() == accruals


def rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_EVEN)


def simulated(job: Simulation, who: str = "partner") -> dict[Key, Decimal]:
    found: dict[Key, Decimal] = defaultdict(Decimal)
    for row in SimulatedAmount.objects.filter(simulation=job).select_related("partner", "rep"):
        found[getattr(row, who).code, row.period] += row.exact
    return {key: value for key, value in found.items() if value}
