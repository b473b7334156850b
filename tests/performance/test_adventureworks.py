"""Real transactions, brought in by the command and over the API, and counted, against plain Python to the last digit."""

import io
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from performance import services
from performance.counting.handlers import kpis_changed
from performance.counting.service import count_pending
from performance.feed.selectors import pending_lanes
from performance.models import Kpi, Measurement
from performance.selectors import measurements_for, value_of
from tenancy.access import working_for
from tenancy.actors import Actor
from tenancy.services import create_operator
from tests.api.kit import Caller
from tests.kit.adventureworks import LINES, MAPPING, as_lines, master_data, needs_data, rows

pytestmark = [needs_data, pytest.mark.django_db(databases=["default", "owner"])]
TOTAL = Decimal("80450596.98")
Found = dict[tuple[str, str], Decimal]


def quarter_of(day: str) -> str:
    return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"


def expected(field: str, who: str = "ResellerKey") -> Found:
    """Sum of a column by (code, quarter); of no column: the number of lines."""
    found: Found = defaultdict(Decimal)
    for line in rows(LINES.name):
        found[line[who], quarter_of(line["OrderDate"])] += Decimal(line[field]) if field else 1
    return {key: value for key, value in found.items() if value}


def expected_orders() -> Found:
    orders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in rows(LINES.name):
        orders[line["ResellerKey"], quarter_of(line["OrderDate"])].add(line["CustomerPONumber"])
    return {key: Decimal(len(numbers)) for key, numbers in orders.items()}


def run(command: str, *arguments: Any, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command(command, *map(str, arguments), stdout=out, **options)
    answer: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return answer


def bring_in(folder: Path, way: str) -> None:
    create_operator(
        slug="aw",
        name="Adventure Works",
        languages=["en"],
        calendar="gregorian",
        currency="USD",
        time_zone="UTC",
    )
    for kind, path in master_data(folder):
        run("import", kind, path, operator="aw")
    if way == "api":
        post_lines()
        return
    mapping = folder / "mapping.toml"
    mapping.write_text(MAPPING)
    assert run("import", "transactions", LINES, operator="aw", mapping=mapping)["refused"] == 0


def post_lines() -> None:
    """The same lines as NDJSON, as a source system would send them; the first batch twice."""
    run_plain("create_member", operator="aw", email="erp@aw.example", role="programme_manager")
    secret = run_plain("create_token", operator="aw", email="erp@aw.example", scopes="transactions:write")
    caller = Caller("aw.localhost", secret)
    lines = [json.dumps(line) for line in as_lines()]
    for start in (0, *range(0, len(lines), 10_000)):
        batch = lines[start : start + 10_000]
        answer = caller.call("POST", "transactions/", "\n".join(batch), Content_Type="application/x-ndjson")
        assert (answer.status, answer.body["rejected"], answer.body["unresolved"]) == (200, [], 0)
        assert answer.body["accepted"] + answer.body["duplicates"] == len(batch)


def run_plain(command: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue().strip()


def make_kpis(actor: Actor) -> None:
    for code, fields in {
        "sales": {"measure": "sum_amount"},
        "items": {"measure": "sum_quantity"},
        "lines": {"measure": "count"},
        "orders": {"measure": "distinct_customers"},
        "rep_sales": {"measure": "sum_amount", "beneficiary": "rep"},
        "year_sales": {"measure": "sum_amount", "period": "year"},
    }.items():
        services.create_kpi(actor, code=code, name=code, **fields)


def values(actor: Actor, kpi: str, who: str = "partner") -> Found:
    found: Found = defaultdict(Decimal)
    for row in measurements_for(actor, kpi=kpi):
        found[getattr(row, who).code, row.period] += value_of(row)
    return {key: value for key, value in found.items() if value}


def growth(sales: Found) -> dict[tuple[str, str], Decimal]:
    """Against the quarter before, where there was one."""
    answer = {}
    for (partner, quarter), value in sales.items():
        year, number = int(quarter[:4]), int(quarter[-1])
        before = sales.get((partner, f"{year}-Q{number - 1}" if number > 1 else f"{year - 1}-Q4"))
        if before:
            answer[partner, quarter] = value / before - 1
    return answer


@pytest.mark.parametrize("way", ["command", "api"])
def test_every_partner_and_quarter(tmp_path: Path, way: str) -> None:
    bring_in(tmp_path, way)
    with working_for("aw") as actor:
        make_kpis(actor)
        # Half of the KPIs see the lines come, the others find them counted already.
        early = Kpi.objects.filter(code__in=["sales", "orders", "rep_sales"])
        early.update(state="ready")
        for lane in pending_lanes():
            while count_pending(actor, lane, limit_lines=7_000).lines:
                continue
        kpis_changed(actor, {"kpi_ids": list(Kpi.objects.exclude(pk__in=early).values_list("pk", flat=True))})
        sales = values(actor, "sales")
        assert sales == expected("SalesAmount")
        assert growth(sales) == growth(expected("SalesAmount"))
        assert values(actor, "items") == expected("OrderQuantity")
        assert values(actor, "lines") == expected("")
        assert values(actor, "orders") == expected_orders()
        assert values(actor, "rep_sales", "rep") == expected("SalesAmount", "EmployeeKey")
        years = Measurement.objects.filter(kpi__code="year_sales").values_list("value", flat=True)
        assert round(sum(years), 2) == round(sum(sales.values()), 2) == TOTAL
        assert sum(sales.values()) == sum(Decimal(line["SalesAmount"]) for line in rows(LINES.name))
    report = run("audit_measurements", operator="aw")
    assert report["differences"] == 0
    assert report["compared"] > 4 * len(sales)
