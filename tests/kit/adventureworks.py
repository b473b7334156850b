"""AdventureWorks as files for the ``import`` command, read from the data folder beside the project."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "adventureworks"
needs_data = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the AdventureWorks data lie not beside the project"
)
LINES = FOLDER / "reseller_sales.csv.gz"
MAPPING = """
[columns]
external_id = "{SalesOrderNumber}-{SalesOrderLineNumber}"
occurred_at = "OrderDate"
partner = "ResellerKey"
rep = "EmployeeKey"
product = "ProductKey"
territory = "SalesTerritoryKey"
quantity = "OrderQuantity"
amount = "SalesAmount"
customer = "CustomerPONumber"
[constants]
source = "erp"
kind = "sale"
currency = "USD"
"""


def rows(name: str) -> list[dict[str, str]]:
    path = FOLDER / name
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        return list(csv.DictReader(file))


def master_data(folder: Path) -> Iterator[tuple[str, Path]]:
    """Kind and file of everything that the lines name, in the order of need."""
    lines = rows(LINES.name)
    sellers = {(line["EmployeeKey"], line["ResellerKey"]) for line in lines}
    first_company = dict(sorted(sellers, reverse=True))
    tables: dict[str, list[dict[str, str]]] = {
        "territories": [
            {"code": row["SalesTerritoryKey"], "name": row["SalesTerritoryRegion"]}
            for row in rows("sales_territories.csv")
        ],
        "products": [
            {
                "code": row["ProductKey"], "name": row["EnglishProductName"],
                "family": f"S{row['ProductSubcategoryKey'] or 0}", "layer": "core",
            }
            for row in rows("products.csv")
        ],
        "partners": [{"code": row["ResellerKey"], "name": row["ResellerName"]} for row in rows("resellers.csv")],
        "reps": [
            {"code": row["EmployeeKey"], "name": row["LastName"], "partner": first_company[row["EmployeeKey"]]}
            for row in rows("sales_people.csv")
            if row["EmployeeKey"] in first_company
        ],
        "customers": [
            {"code": number, "name": number} for number in sorted({line["CustomerPONumber"] for line in lines})
        ],
    }  # fmt: skip
    for kind, table in tables.items():
        path = folder / f"{kind}.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(table[0]))
            writer.writeheader()
            writer.writerows(table)
        yield kind, path


def as_lines() -> Iterator[dict[str, str]]:
    """The transactions as the API takes them."""
    for row in rows(LINES.name):
        yield {
            "source": "erp",
            "kind": "sale",
            "currency": "USD",
            "external_id": f"{row['SalesOrderNumber']}-{row['SalesOrderLineNumber']}",
            "occurred_at": row["OrderDate"],
            "partner": row["ResellerKey"],
            "rep": row["EmployeeKey"],
            "product": row["ProductKey"],
            "territory": row["SalesTerritoryKey"],
            "quantity": row["OrderQuantity"],
            "amount": row["SalesAmount"],
            "customer": row["CustomerPONumber"],
        }
