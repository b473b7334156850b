"""The four threshold modes for 10 % up to 1,000 and 25 % above, and each edge."""

from __future__ import annotations

from decimal import Decimal

import pytest

from formula import MODES, Inputs, compile_source, table_source
from tests.formula.kit import IRR, PERIOD, amounts

ROWS = [(Decimal(0), Decimal("0.1")), (Decimal(1000), Decimal("0.25"))]


def paid(mode: str, sales: str) -> Decimal:
    source = table_source(mode, "sales", ROWS, "IRR")
    result = compile_source(source, PERIOD, expect=IRR).run(Inputs(values=amounts(sales=sales)))
    assert isinstance(result, Decimal)
    return result


@pytest.mark.parametrize(
    ("mode", "amount"), [("marginal", 350), ("all_units", 500), ("rolling", 600), ("total", 700)]
)
def test_sales_of_2000(mode: str, amount: int) -> None:
    assert paid(mode, "2000") == amount


def test_every_mode_is_tested() -> None:
    assert set(MODES) == {"marginal", "all_units", "rolling", "total"}


@pytest.mark.parametrize(
    ("mode", "sales", "amount"),
    [
        ("marginal", "999", "99.9"),
        ("marginal", "1000", "100"),
        ("marginal", "1001", "100.25"),
        ("all_units", "999", "99.9"),
        ("all_units", "1000", "250"),
        ("all_units", "1001", "250.25"),
        ("rolling", "999", "99.9"),
        ("rolling", "1000", "350"),
        ("rolling", "1001", "350.25"),
        ("total", "999", "99.9"),
        ("total", "1000", "350"),
        ("total", "1001", "350.35"),
    ],
)
def test_edges(mode: str, sales: str, amount: str) -> None:
    assert paid(mode, sales) == Decimal(amount)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("sales", "amount"), [("0", "0"), ("-1", "-0.1"), ("-500", "-50"), ("1", "0.1")])
def test_below_zero_the_first_rate_applies(mode: str, sales: str, amount: str) -> None:
    assert paid(mode, sales) == Decimal(amount)


def test_unknown_mode() -> None:
    with pytest.raises(ValueError, match="retroactive"):
        table_source("retroactive", "sales", ROWS, "IRR")
