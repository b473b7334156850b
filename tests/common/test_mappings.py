"""Column mappings: templates are neither format strings nor code."""

from pathlib import Path

import pytest

from common.errors import InputError, Invalid
from common.mappings import identity, load_mapping, parse_template
from common.sheets import read_table

DATA = Path(__file__).parents[2].joinpath("../shared/data").resolve()
SALES = """
[columns]            # our field = "their column" or a template of several
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


def errors_of(text: str | bytes) -> list[tuple[str | None, str]]:
    with pytest.raises(Invalid) as caught:
        load_mapping(text)
    return [(error.field, error.code) for error in caught.value.errors]


@pytest.mark.skipif(not DATA.exists(), reason="the folder of real data is not there")
def test_real_sales() -> None:
    table = read_table(DATA / "adventureworks/reseller_sales.csv.gz")
    record = load_mapping(SALES).compile(table.header)
    records = [record(row) for _line, row in table]
    assert len({each["external_id"] for each in records}) == len(records) == 60_855
    assert records[0] | {"occurred_at": ""} == {
        "external_id": "SO43659-1", "occurred_at": "", "partner": "676", "rep": "285", "product": "349",
        "territory": "5", "quantity": "1", "amount": "2024.9940", "customer": "PO522145787", "source": "erp",
        "kind": "sale", "currency": "USD",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("template", "row", "text"),
    [
        ("Code", {"Code": "1"}, "1"),
        (" Code ", {"Code": "1"}, "1"),
        ("{Code}", {"Code": "1"}, "1"),
        ("{A}{B}", {"A": "1", "B": "2"}, "12"),
        ("x-{A}-{A}-y", {"A": "1"}, "x-1-1-y"),
        ("{{{A}}}", {"A": "1"}, "{1}"),
        ("{{A}}", {"{A}": "1"}, "1"),
        ("{Order No.: [1]!r}", {"Order No.: [1]!r": "1"}, "1"),
        ("{a.__class__}", {"a.__class__": "1"}, "1"),
        ("{0}", {"0": "zero"}, "zero"),
        ("{A:>1000000000}", {"A:>1000000000": "1"}, "1"),
        ("{کد}٬{نام}", {"کد": "۱", "نام": "دو"}, "۱٬دو"),
        ("{A}-{B}", {"A": "{B}", "B": "%s"}, "{B}-%s"),
        ("{A}-{B}", {"A": "", "B": "2"}, "-2"),
        ("{A}-{B}", {"A": "", "B": ""}, ""),
        ("%(A)s $A", {"%(A)s $A": "1"}, "1"),
    ],
)
def test_templates(template: str, row: dict[str, str], text: str) -> None:
    assert parse_template(template).fill(row) == text


@pytest.mark.parametrize(
    "template", ["", "  ", "{", "}", "{A", "A}", "{}", "{ }", "{A}}", "{{A}", "{A{B}}", 5, None, ["A"]]
)
def test_wrong_templates(template: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_template(template)
    assert caught.value.code == "invalid_template"


def test_constants_and_attributes() -> None:
    mapping = load_mapping(
        b'\xef\xbb\xbf[columns]\r\nattributes.Region = "R"\r\n[columns.tags]\r\ncolour = "{C}!"\r\n'
        b'[constants]\r\nshare = 1\r\nactive = true\r\nday = 2013-05-01\r\nname = "=1"\r\n'
    )
    assert mapping.compile(["R", "C", "other"])({"R": "north", "C": "red", "other": "x"}) == {
        "attributes.Region": "north",
        "tags.colour": "red!",
        "share": "1",
        "active": "true",
        "day": "2013-05-01",
        "name": "=1",
    }
    assert mapping.fields == {"attributes.Region", "tags.colour", "share", "active", "day", "name"}


def test_every_column_that_is_missing_is_named() -> None:
    mapping = load_mapping('[columns]\na = "{X}-{Y}"\nb = "x"\nc = "X"\n')
    with pytest.raises(Invalid) as caught:
        mapping.compile(["X"])
    assert [(error.field, error.code, error.params["column"]) for error in caught.value.errors] == [
        ("a", "unknown_column", "Y"),
        ("b", "unknown_column", "x"),
    ]


def test_every_wrong_field_is_named() -> None:
    text = '[columns]\na = "{X"\n"b c" = "X"\nd = "D"\ne = 5\n[constants]\nd = "x"\nf = 1.5\ng = ["x"]\n'
    assert errors_of(text) == [
        ("a", "invalid_template"),
        ("b c", "invalid_field"),
        ("e", "invalid_template"),
        ("d", "double_field"),
        ("f", "invalid_constant"),
        ("g", "invalid_constant"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[columns",
        "columns = 5",
        "[other]\na = 1",
        '[columns]\na = "x"\na = "y"',
        b"\xff",
        "x" * 64_001,
        "[a" * 9000,
    ],
)
def test_texts_that_are_no_mapping(text: str | bytes) -> None:
    with pytest.raises(InputError) as caught:
        load_mapping(text)
    assert caught.value.code == "invalid_mapping"


def test_identity() -> None:
    assert identity(["code", "name"]).compile(["name", "code", "x"])(
        {"code": "1", "name": "n", "x": "y"}
    ) == {
        "code": "1",
        "name": "n",
    }
