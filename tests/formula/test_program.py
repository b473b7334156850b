"""Results, what a program asks for, digests, explanations, next thresholds and rounding."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

import pytest

from formula import (
    COUNT,
    NUMBER,
    PERCENT,
    REFERENCE,
    Inputs,
    NameInfo,
    Schema,
    compile_source,
    explain,
    inputs_to_json,
    minor_units,
    money,
    parse_type,
    round_money,
    transaction_schema,
)
from tests.formula.kit import IRR, PERIOD, amounts, value_of

INPUTS = Inputs(
    values=amounts(sales=2000, renewals=300, activations=7),
    targets=amounts(sales=2500),
    previous=amounts(sales=1600),
    context={"tier": "gold", "joined": date(2026, 1, 1)},
)


def decimals(text: str) -> list[Decimal]:
    return [Decimal(each) for each in text.split()]


@pytest.mark.parametrize(
    ("source", "type_", "value"),
    [
        ("sales * 5%", "money(IRR)", 100),
        ("5% * sales", "money(IRR)", 100),
        ("sales + renewals", "money(IRR)", 2300),
        ("sales / renewals * 3", "number", 20),
        ("sales / 4", "money(IRR)", 500),
        ("activations * IRR 50", "money(IRR)", 350),
        ("activations + activations", "count", 14),
        ("activations + 0.5", "number", "7.5"),
        ("activations * 1%", "number", "0.07"),
        ("50% * 50%", "percent", "0.25"),
        ("attainment(sales)", "percent", "0.8"),
        ("growth(sales)", "percent", "0.25"),
        ("target(sales) - previous(sales)", "money(IRR)", 900),
        ("attainment(renewals) + growth(renewals)", "percent", 0),
        ("target(renewals) + previous(renewals)", "money(IRR)", 0),
        ("max(sales - 0, 0)", "money(IRR)", 2000),
        ("min(sales, 1_500)", "money(IRR)", 1500),
        ("if(sales > 1k, 3%, 0)", "percent", "0.03"),
        ("۱٬۵۰۰٫۵ + ٢", "number", "1502.5"),
        ("sales × ۵٪", "money(IRR)", 100),
        ("min(sales، renewals)؛ renewals", "money(IRR)", 600),
        ("500k + 2.5m + 2bn", "number", 2_003_000_000),
        ("IRR 1_500_000", "money(IRR)", 1_500_000),
        ('tier = "gold" and not new_partner', "boolean", True),
        ("joined + 30 >= 2026-01-31", "boolean", True),
        ("2026-03-21 - joined", "count", 79),
        ("tier", "text", "gold"),
        ("let base = sales + renewals\nbase * 10%", "money(IRR)", 230),
        ("a: sales\n  + renewals\n'پاداش رشد': IRR 7; # remark\n`c`: 0", "money(IRR)", 2307),
        ("marginal(activations, [0 -> IRR 10, 5 -> IRR 20])", "money(IRR)", 90),
        ("band(growth(sales), [-inf -> -2%, 0% -> 0%, 25% -> 1%])", "percent", "0.01"),
        ('by(tier, ["silver" -> sales, "gold" -> renewals, "platinum" -> 0])', "money(IRR)", 300),
        ("clamp(sales, 0, 5) + abs(-renewals)", "money(IRR)", 305),
        ("round_to(sales * 1.25%, 10)", "money(IRR)", 20),
        ('round_to(sales * 1.25%, 10, "half_up")', "money(IRR)", 30),
        ('round_to(sales * 1.25%, 10, "down")', "money(IRR)", 20),
    ],
)
def test_types_and_values(source: str, type_: str, value: Any) -> None:
    program = compile_source(source, PERIOD)
    result = program.run(INPUTS)
    assert (str(program.type), result) == (type_, Decimal(value) if isinstance(result, Decimal) else value)


def test_only_the_chosen_branch_is_calculated() -> None:
    assert value_of("if(renewals = 0, 0, sales / (renewals / sales))", sales=5) == 0


def test_what_a_program_asks_for() -> None:
    program = compile_source('attainment(sales) * renewals * by(tier, ["x" -> 1, else -> 2])', _free())
    assert program.names == {"sales", "renewals"}
    assert program.requests == {("value", "sales"), ("target", "sales"), ("value", "renewals")}
    assert program.context == {"tier"}


def _free(**more: NameInfo) -> Schema:
    names = {name: info for name, info in PERIOD.names.items() if name != "tier"}
    return Schema("period", {**names, "tier": NameInfo(parse_type("text"), "context"), **more}, "IRR")


def test_the_digest_is_of_the_meaning() -> None:
    digest = compile_source("a: sales * 5%\nb: min(sales, 1_000)", PERIOD).digest
    same = "# same\na:sales*۵٫۰٪ ; b : min( (sales) ,1k )"
    assert compile_source(same, PERIOD).digest == digest
    assert compile_source(same, _free(later=NameInfo(COUNT))).digest == digest
    others = ["a: sales * 5.01%\nb: min(sales, 1_000)", "c: sales * 5%\nb: min(sales, 1_000)"]
    assert digest not in {compile_source(other, PERIOD).digest for other in others}
    assert (
        compile_source("sales", PERIOD).digest != compile_source("sales", _free(sales=NameInfo(COUNT))).digest
    )


def test_the_digest_never_changes() -> None:
    """Stored with each accrual; if this fails, LANGUAGE_VERSION must rise."""
    digest = compile_source("sales * band(sales, [0 -> 1%, 500m -> 2%])", PERIOD, expect=IRR).digest
    assert digest == "e72505c2dfba69e16e0649d2b59fca211789b53aeb66d74cf58c733fe05108ab"


def test_the_callers_decimal_context_does_not_matter() -> None:
    program = compile_source("sales / 3", PERIOD)
    expected = program.run(INPUTS)
    with localcontext(prec=3) as context:
        assert program.run(INPUTS) == expected
        assert context.prec == 3
        assert Decimal(1) / 3 == Decimal("0.333")
    assert str(expected) == "666." + "6" * 34 + "7"


def test_trace_of_bands_and_slices() -> None:
    trace = compile_source(
        "all: sales * band(sales, [0 -> 10%, 1000 -> 25%, 3000 -> 30%])\n"
        "slices: marginal(sales, [0 -> 10%, 1000 -> 25%])\n"
        "capped: min(sales * 1%, 15)",
        PERIOD,
    ).trace(INPUTS)
    assert trace.result == 865
    assert trace.amounts == {"all": 500, "slices": 350, "capped": 15}
    band, product = trace.components[0].steps
    assert (band.kind, band.row) == ("band", 1)
    assert [band.lower, band.upper, band.result] == decimals("1000 3000 0.25")
    assert product.earlier == 150
    (slices,) = trace.components[1].steps
    earned = [[each.amount, each.rate, each.result] for each in slices.slices]
    assert earned == [decimals("1000 0.1 100"), decimals("1000 0.25 250")]
    assert trace.components[2].steps[-1].binding == 1
    assert json.loads(json.dumps(trace.as_json()))["result"] == "865.00"


def test_a_missing_target_is_noted() -> None:
    trace = compile_source("attainment(renewals) + growth(renewals)", PERIOD).trace(Inputs())
    notes = [step.note for step in trace.components[0].steps]
    assert notes == ["no_target", "no_previous", None]
    assert [used.value for used in trace.used] == [None, None, None]


def test_explanation_in_sentences() -> None:
    trace = compile_source("sales * band(attainment(sales), [0% -> 1%, 80% -> 2%])", PERIOD).trace(INPUTS)
    assert [line for step in trace.components[0].steps for line in explain(step)] == [
        "IRR 2000 of a target of IRR 2500 is 80%",
        "80% lies in the last band, from 80%: 2%",
        "IRR 2000 × 2% = IRR 40.00",
    ]


def test_every_reference_example_can_be_explained() -> None:
    schema = _free(certificates=NameInfo(COUNT))
    for function in REFERENCE:
        trace = compile_source(function.example, schema).trace(INPUTS)
        assert all(explain(step) for part in trace.parts for step in part.steps), function.name


def test_replay_from_stored_inputs() -> None:
    program = compile_source(
        "if(joined < 2026-02-01, sales * 3.3%, 0) + target(sales) - previous(sales)", PERIOD
    )
    stored = json.loads(json.dumps(inputs_to_json(INPUTS)))
    assert program.run(program.read_inputs(stored)) == program.run(INPUTS)


def test_next_threshold_of_a_band() -> None:
    program = compile_source("sales * band(sales, [0 -> 10%, 1000 -> 25%, 3000 -> 30%])", PERIOD)
    (next_one,) = program.next_threshold(INPUTS)
    assert (next_one.kind, next_one.name) == ("band", "sales")
    assert [next_one.value, next_one.needed, next_one.distance] == decimals("2000 3000 1000")
    assert [next_one.rate_now, next_one.rate_then] == decimals("0.25 0.3")
    assert next_one.gain == 3000 * Decimal("0.3") - 2000 * Decimal("0.25")
    assert program.next_threshold(Inputs(values=amounts(sales=3000))) == ()


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("sales * band(attainment(sales), [0% -> 0%, 100% -> 1%])", 2500),
        ("sales * band(growth(sales), [0% -> 0%, 50% -> 1%])", 2400),
        ("if(attainment(sales) >= 100%, IRR 5, 0)", 2500),
        ("let twice = sales * 2\nmarginal(twice - IRR 100, [0 -> 1%, 8000 -> 2%])", 4050),
        ("sales * band(sales / 3, [0 -> 1%, 1000 -> 2%])", 3000),
    ],
)
def test_next_threshold_in_kpi_units(source: str, needed: int) -> None:
    (next_one,) = compile_source(source, PERIOD).next_threshold(INPUTS)
    assert next_one.needed == needed
    assert next_one.distance == needed - 2000
    assert next_one.gain > 0


def test_a_discount_knows_the_next_quantity() -> None:
    program = compile_source("band(quantity, [0 -> 1%, 10 -> 2%])", transaction_schema("IRR"), expect=PERCENT)
    (next_one,) = program.next_threshold(Inputs(context={"quantity": Decimal(7), "amount": Decimal(5)}))
    assert next_one.name == "quantity"
    assert [next_one.distance, next_one.gain] == decimals("3 0.01")


@pytest.mark.parametrize(
    ("value", "exponent", "rule", "rounded"),
    [
        ("2.5", 0, "half_even", "2"),
        ("2.5", 0, "half_up", "3"),
        ("-2.5", 0, "half_up", "-3"),
        ("2.9", 0, "down", "2"),
        ("-2.9", 0, "down", "-2"),
        ("1.2345", 3, "half_even", "1.234"),
        ("-0.001", 2, "half_even", "0.00"),
    ],
)
def test_rounding_once(value: str, exponent: int, rule: str, rounded: str) -> None:
    assert str(round_money(Decimal(value), exponent, rule)) == rounded
    assert minor_units(Decimal(value), exponent, rule) == int(Decimal(rounded).scaleb(exponent))


def test_refused_rounding() -> None:
    for value, exponent, rule in (
        ("1", 2, "up"),
        ("1", -1, "down"),
        ("1E+38", 2, "down"),
        ("NaN", 0, "down"),
    ):
        with pytest.raises(ValueError, match="cannot round"):
            round_money(Decimal(value), exponent, rule)


def test_types_in_text() -> None:
    assert [parse_type(str(type_)) for type_ in (IRR, NUMBER)] == [money("IRR"), NUMBER]
    with pytest.raises(ValueError, match="not a formula type"):
        parse_type("float")
