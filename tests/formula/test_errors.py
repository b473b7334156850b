"""Every error code with its place in the source."""

from __future__ import annotations

import string
from decimal import Decimal
from typing import Any

import pytest

from formula import (
    MESSAGES,
    PERCENT,
    FormulaErrors,
    FormulaRuntimeError,
    Inputs,
    Type,
    compile_source,
    line_and_column,
    message,
    transaction_schema,
)
from tests.formula.kit import IRR, PERIOD, amounts

# source (the marked part between ⟦ and ⟧), code, what the sentence says
COMPILE = [
    ("⟦⟧", "empty", "empty"),
    ("⟦# only a remark⟧", "empty", "empty"),
    ("sales @ 2", "unknown_character", "@"),
    ("sales ⟦$⟧ 2", "unknown_character", "$"),
    ("sales⟦\u202e⟧ * 2%", "forbidden_character", "U+202E"),
    ("sa⟦\u200c⟧les", "forbidden_character", "U+200C"),
    ("sales⟦\x00⟧", "forbidden_character", "U+0000"),
    ("⟦\ufeff⟧sales", "forbidden_character", "U+FEFF"),
    ('tier = ⟦"gold⟧', "unclosed_text", "not closed"),
    ("sales * ⟦5kg⟧", "bad_number", "5kg"),
    ("sales * ⟦1.2.3⟧", "bad_number", "1.2.3"),
    ("sales * ⟦1e9⟧", "bad_number", "1e9"),
    ("score * ⟦1234567890123456789⟧", "number_too_long", "18"),
    ("joined > ⟦2026-13-01⟧", "bad_date", "2026-13-01"),
    ("sales *⟦⟧", "value_expected", "missing"),
    ("sales * ⟦*⟧ 2", "value_expected_at", "* was found"),
    ("sales * ⟦else⟧", "value_expected_at", "else"),
    ("sales ⟦5⟧", "operator_expected", "before 5"),
    ("sales ⟦2%⟧", "operator_expected", "before 2%"),
    ("⟦(⟧sales + 1", "bracket_open", "("),
    ("sales⟦)⟧", "bracket_unopened", ")"),
    ("⟦)⟧", "bracket_unopened", ")"),
    ("min(sales⟦]⟧", "separator_expected", "A comma or )"),
    ("min(sales ⟦2⟧)", "separator_expected", "2 was found"),
    ("band(sales, [⟦0,⟧ 1%])", "arrow_expected", "arrow"),
    ("1 < 2 ⟦<⟧ 3", "chained_comparison", "and"),
    ("⟦let 5⟧ = sales", "let_name", "let"),
    ("⟦let x⟧ sales", "let_name", "let"),
    ("⟦let sales = 5⟧\nrenewals", "let_taken", "sales"),
    ("let x = 5\n⟦let x = 6⟧\nrenewals", "let_taken", "x"),
    ("a: sales\n⟦a: renewals⟧", "label_taken", "called a"),
    ("⟦let x = sales⟧", "no_component", "no result"),
    ("⟦sales_q⟧ * 2%", "unknown_name", "There is no KPI called sales_q. Did you mean sales?"),
    ("⟦zzz⟧ * 2%", "unknown_name", "There is no KPI called zzz."),
    ("⟦bnd⟧(sales, [0 -> 1%])", "unknown_function", "Did you mean band?"),
    ("⟦__import__⟧(score)", "unknown_function", "no function called __import__"),
    ("⟦min⟧ + 1", "function_needs_brackets", "min(a, b, ...)"),
    ("⟦sales⟧(2)", "not_a_function", "sales"),
    ("attainment(⟦tier⟧)", "kpi_needed", "attainment"),
    ("growth(⟦sales * 2⟧)", "kpi_needed", "growth"),
    ("⟦abs()⟧", "argument_count", "abs(x)"),
    ("⟦min(sales)⟧", "argument_count", "min(a, b, ...)"),
    ("⟦sales * renewals⟧", "money_times_money", "Money cannot be multiplied by money"),
    ("⟦sales + 5⟧", "money_plus_number", "Write IRR"),
    ("⟦score - sales⟧", "money_plus_number", "Write IRR"),
    ("⟦sales + export⟧", "currency_mismatch", "money in IRR and money in AED"),
    ("⟦sales > export⟧", "currency_mismatch", "money in AED"),
    ("⟦USD 5⟧ + sales", "unknown_currency", "USD cannot be used"),
    ("attainment(sales) > ⟦1.2⟧", "percent_needed", "1.2% or 120%"),
    ("share + ⟦1⟧", "percent_needed", "1% or 100%"),
    ("band(share, [0 -> 1%, ⟦80⟧ -> 2%])", "percent_needed", "80% or 8000%"),
    ("⟦tier + sales⟧", "bad_operands", "a text and money in IRR"),
    ("⟦score / sales⟧", "bad_operands", "/"),
    ("⟦tier = 5⟧", "not_comparable", "cannot be compared"),
    ("⟦sales > share⟧", "not_comparable", "a percentage"),
    ('⟦tier > "gold"⟧', "no_order", "= or !="),
    ("if(⟦sales⟧, 1%, 2%)", "condition_needed", "money in IRR"),
    ("not ⟦sales⟧", "condition_needed", "money in IRR"),
    ("true and ⟦score⟧", "condition_needed", "a number"),
    ("abs(⟦tier⟧)", "number_needed", "a text"),
    ("-⟦new_partner⟧", "number_needed", "true or false"),
    ("band(⟦tier⟧, [0 -> 1%])", "number_needed", "a text"),
    ('by(⟦sales⟧, ["gold" -> 1%, else -> 2%])', "text_needed", "money"),
    ("if(true, sales, ⟦tier⟧)", "types_differ", "a text"),
    ("max(sales, ⟦share⟧)", "types_differ", "a percentage"),
    ("a: sales\nb: ⟦tier⟧", "components_numeric", "a text"),
    ('tier = ⟦"goldd"⟧', "unknown_choice", "There is no tier called goldd. Did you mean gold?"),
    ('by(tier, [⟦"x"⟧ -> 1%, else -> 2%])', "unknown_choice", "There is no tier called x."),
    ("band(sales, ⟦5⟧)", "table_needed", "square brackets"),
    ("⟦[0 -> 1]⟧ + 2", "table_misplaced", "only stand in"),
    ("band(sales, ⟦[]⟧)", "table_empty", "no rows"),
    ("band(sales, [⟦renewals⟧ -> 1%])", "threshold_constant", "plain number"),
    ("band(sales, [0 -> 1%, ⟦5%⟧ -> 2%])", "threshold_type", "a percentage"),
    ("band(sales, [⟦5⟧ -> 1%])", "first_threshold", "start at 0"),
    ("band(sales, [0 -> 1%, 9 -> 2%, ⟦9⟧ -> 3%])", "threshold_order", "rise"),
    ("band(sales, [0 -> 1%, 9 -> 2%, ⟦8⟧ -> 3%])", "threshold_order", "rise"),
    ("marginal(sales, [-inf -> 1%, ⟦-5⟧ -> 2%])", "threshold_negative", "above 0"),
    ("band(sales, [0 -> 1%, ⟦else -> 2%⟧])", "else_in_bands", "no else"),
    ('by(tier, ⟦["gold" -> 1%]⟧)', "else_missing", "else"),
    ('by(tier, [⟦else -> 1%⟧, "gold" -> 2%])', "else_last", "last"),
    ("by(role, [⟦5⟧ -> 1%, else -> 2%])", "row_text", "quotation"),
    ('by(role, ["a" -> 1%, ⟦"a"⟧ -> 2%, else -> 3%])', "row_repeated", "two rows for a"),
    ("clamp(sales, ⟦9⟧, 5)", "limits_order", "above the upper"),
    ("round_to(sales, ⟦0⟧)", "unit_positive", "above 0"),
    ('round_to(sales, 5, ⟦"up"⟧)', "rounding_rule", "half_even"),
]
RUN = [
    ("sales / ⟦score⟧", {}, "division_by_zero"),
    ("⟦a: " + " * ".join(["score"] * 5) + "⟧", {"score": Decimal(10) ** 9}, "overflow"),
    ("⟦sales⟧ * 2%", {"sales": 0.5}, "bad_input"),
    ("⟦sales⟧ * 2%", {"sales": Decimal("NaN")}, "bad_input"),
    ("⟦sales⟧ * 2%", {"sales": Decimal("Infinity")}, "bad_input"),
    ("⟦sales⟧ * 2%", {"sales": "5"}, "bad_input"),
    ("if(⟦joined⟧ > 2026-01-01, sales, 0)", {}, "missing_input"),
    ("round_to(sales, ⟦renewals⟧)", {"renewals": Decimal(0)}, "unit_positive"),
]
ELSEWHERE = {"too_long", "too_deep", "too_big", "period_only", "unknown_field", "no_row", "result_type"}


def marked(source: str) -> tuple[str, int, int]:
    plain = source.replace("⟦", "").replace("⟧", "")
    start = source.find("⟦")
    return plain, start, source.find("⟧") - 1


def errors_of(source: str, schema: Any = PERIOD, expect: Type | None = None) -> Any:
    with pytest.raises(FormulaErrors) as caught:
        compile_source(source, schema, expect=expect)
    return caught.value.errors


@pytest.mark.parametrize(("source", "code", "words"), COMPILE)
def test_error_with_its_place(source: str, code: str, words: str) -> None:
    plain, start, end = marked(source)
    error = errors_of(plain)[0]
    assert error.code == code
    assert words in message(error)
    if start >= 0:
        assert (error.start, error.end) == (start, end)


def test_every_code_is_tested() -> None:
    tested = {code for _, code, _ in COMPILE} | {code for _, _, code in RUN} | ELSEWHERE
    assert tested == {code.partition(".")[0] for code in MESSAGES}


@pytest.mark.parametrize(("source", "values", "code"), RUN)
def test_error_while_running(source: str, values: dict[str, Any], code: str) -> None:
    plain, start, end = marked(source)
    program = compile_source(plain, PERIOD)
    with pytest.raises(FormulaRuntimeError) as caught:
        program.run(Inputs(values=values))
    assert caught.value.code == code
    assert (caught.value.start, caught.value.end) == (start, end)
    assert message(caught.value)


def test_limits() -> None:
    assert errors_of("1" * 2001)[0].code == "too_long"
    assert errors_of("(" * 33 + "1" + ")" * 33)[0].code == "too_deep"
    assert errors_of(" + ".join(["1"] * 40))[0].code == "too_deep"
    assert errors_of("-" * 40 + "1")[0].code == "too_deep"
    assert errors_of("min(" + ",".join(["1"] * 600) + ")")[0].code == "too_big"
    assert compile_source("min(" + ",".join(["1"] * 90) + ")", PERIOD).run(Inputs()) == 1


def test_a_transaction_has_no_period() -> None:
    schema = transaction_schema("IRR")
    error = errors_of("attainment(amount)", schema)[0]
    assert (error.code, error.start, error.end) == ("period_only", 0, 10)
    error = errors_of("amout * 5%", schema)[0]
    assert message(error) == "A transaction has nothing called amout. Did you mean amount?"


def test_expected_result() -> None:
    error = errors_of("tier", expect=IRR)[0]
    assert (error.code, error.start, error.end) == ("result_type", 0, 4)
    assert message(error) == "The result must be money in IRR, but this is a text."
    assert errors_of("500", expect=IRR)[0].code == "money_plus_number"
    assert errors_of("5", expect=PERCENT)[0].code == "result_type"
    assert compile_source("0", PERIOD, expect=IRR).type == IRR


def test_a_tier_that_came_later_has_no_row() -> None:
    program = compile_source('by(tier, ["silver" -> 1%, "gold" -> 2%, "platinum" -> 3%])', PERIOD)
    with pytest.raises(FormulaRuntimeError, match="diamond") as caught:
        program.run(Inputs(context={"tier": "diamond"}))
    assert caught.value.code == "no_row"


def test_all_errors_at_once() -> None:
    assert [error.code for error in errors_of("a: zzz\nb: sales * sales\nc: min(tier, 1)")] == [
        "unknown_name",
        "money_times_money",
        "number_needed",
    ]
    assert [error.code for error in errors_of("a: sales +\nb: (2\nc: 3 3")][-1] == "operator_expected"


def test_line_and_column() -> None:
    source = "a: sales\nb: zzz"
    assert line_and_column(source, errors_of(source)[0].start) == (2, 4)


def test_messages_have_no_other_placeholders() -> None:
    """What a sentence names is given by some test of its code, for both forms of the sentence."""
    seen: dict[str, set[str]] = {}
    for source, _, _ in COMPILE:
        for error in errors_of(marked(source)[0]):
            seen.setdefault(error.template, set()).update(error.params)
    for template, params in seen.items():
        assert {name for _, name, _, _ in string.Formatter().parse(template) if name} <= params


def test_message_in_another_language() -> None:
    words = {
        "a text": "ein Text",
        "A number or an amount is needed here, but this is {type}.": "Zahl statt {type}!",
    }
    error = errors_of("abs(tier)")[0]
    assert message(error, lambda text: words[text]) == "Zahl statt ein Text!"


def test_braces_in_a_name_do_no_harm() -> None:
    assert message(errors_of("`{name.__class__}`")[0]).startswith("There is no KPI called {name.__class__}.")


def test_a_value_at_the_edge_is_exact() -> None:
    program = compile_source("sales * 3%", PERIOD)
    assert program.run(Inputs(values=amounts(sales="999999999999999.999999"))) == Decimal(
        "29999999999999.99999997"
    )
