"""Lines that cannot be taken: each has its code, and none spoils the others."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from performance.feed.columns import Staged, Validator
from tenancy.models import Operator
from tests.performance.feed.kit import back, line

OPERATOR = Operator(currency="IRR", time_zone="Asia/Tehran", languages=["fa"])


def stage(*lines: object) -> Staged:
    return Validator(OPERATOR).stage([line("good"), *lines, line("also good")])


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (None, "not_an_object"),
        ("text", "not_an_object"),
        ([], "not_an_object"),
        (line("1", colour="red"), "unknown_field"),
        (line("1", source=None), "missing_field"),
        (line("  "), "missing_field"),
        (line("1", kind=None), "missing_field"),
        (line("1", partner=None), "missing_field"),
        (line("1", occurred_at=""), "missing_field"),
        (line("x" * 121), "too_long"),
        (line("1", source="s" * 41), "too_long"),
        (line("1", product="p" * 65), "too_long"),
        (line("a\0b"), "hidden_characters"),
        (line("a\tb"), "hidden_characters"),
        (line("1", partner="p\u200f1"), "hidden_characters"),
        (line("1", product="\ufeffx"), "hidden_characters"),
        (line("1", customer="\ud800"), "hidden_characters"),
        (line("1", kind="Sale"), "bad_kind"),
        (line("1", kind="k" * 31), "bad_kind"),
        (line("1", amount=12.5), "not_text"),
        (line("1", amount=True), "not_text"),
        (line("1", amount=[]), "not_text"),
        (line("1", amount=10**30), "not_text"),
        (line("1", amount=Decimal("NaN")), "not_text"),
        (line("1", amount="NaN"), "not_a_number"),
        (line("1", amount="1e999999"), "not_a_number"),
        (line("1", amount="1_000"), "not_a_number"),
        (line("1", amount="۱۲"), "not_a_number"),
        (line("1", amount="1,5"), "not_a_number"),
        (line("1", amount="0.1234567"), "too_many_places"),
        (line("1", quantity="123456789012345678901"), "too_many_digits"),
        (line("1", currency="USD"), "wrong_currency"),
        (line("1", share="0"), "bad_share"),
        (line("1", share="1.01"), "bad_share"),
        (line("1", engagement_model="barter"), "unknown_engagement_model"),
        (line("1", contribution="watch"), "unknown_contribution"),
        (line("1", occurred_at="2026-02-30"), "bad_date"),
        (line("1", occurred_at="31/12/2026"), "bad_date"),
        (line("1", occurred_at="2026-01-01T10:00:00"), "no_time_zone"),
        (line("1", occurred_at="2026-01-01T25:00:00Z"), "bad_date"),
        (line("1", occurred_at="0001-01-01T00:00:00Z"), "date_out_of_range"),
        (line("1", occurred_at="9999-12-31"), "date_out_of_range"),
        (line("1", collected_at="soon"), "bad_date"),
        (line("1", attributes=[1]), "bad_attributes"),
        (line("1", attributes={"a": {"b": 1}}), "bad_attributes"),
        (line("1", attributes={"a": "\0"}), "bad_attributes"),
        (line("1", attributes={"a": "\ud800"}), "hidden_characters"),
        (line("1", attributes={"a": "x" * 5000}), "too_long"),
        (line("1", attributes="{"), "bad_attributes"),
        (line("1", partner=None, credits=[]), "missing_field"),
        (line("1", partner=None, credits="p1"), "bad_credits"),
        (line("1", partner=None, credits=[{"partner": "p1"}] * 21), "bad_credits"),
        (line("1", partner=None, credits=[{"partner": "p1", "role": "x"}]), "bad_credits"),
        (line("1", partner=None, credits=[{"share": "1"}]), "missing_field"),
        (line("1", partner=None, credits=[{"partner": "p1", "share": "2"}]), "bad_share"),
        (line("1", credits=[{"partner": "p1"}]), "credits_twice"),
        (back("1", "1"), "reverses_itself"),
    ],
)
def test_a_malformed_line_is_refused_alone(bad: Any, code: str) -> None:
    staged = stage(bad)
    assert [(item.index, item.code) for item in staged.rejected] == [(1, code)]
    assert staged.indexes == [0, 2]
    with translation.override("en"):
        assert staged.rejected[0].message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"amount": "12.500"}, {"amount": "12.5"}),
        ({"amount": "-0"}, {"amount": "0"}),
        ({"amount": "007"}, {"amount": 7}),
        ({"amount": "100"}, {"amount": Decimal("1E+2")}),
        ({"occurred_at": "2026-01-02"}, {"occurred_at": "2026-01-01T20:30:00Z"}),
        ({"attributes": {"a": 1, "b": None}}, {"attributes": '{"b": null, "a": 1}'}),
        ({"partner": " p1 "}, {"partner": "p1"}),
        ({"share": "1.0", "currency": "IRR"}, {}),
        ({"partner": None, "credits": [{"partner": "p1", "share": "1"}]}, {}),
    ],
)
def test_two_spellings_are_one_content(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = (Validator(OPERATOR).stage([line("1", **fields)]).lines[0] for fields in (one, other))
    assert first.digest == second.digest
    assert first.rows == second.rows


def test_a_day_is_the_operators_day() -> None:
    (staged,) = Validator(OPERATOR).stage([line("1", occurred_at="2026-01-01T20:31:00Z")]).lines
    assert staged.rows[0].split("\t")[5:7] == ["2026-01-01T20:31:00+00:00", "2026-01-02"]


def test_a_refused_column_leaves_the_rest_of_a_large_batch() -> None:
    lines = [line(f"{n}", amount=f"{n}.50" if n % 10 else "x") for n in range(1000)]
    staged = Validator(OPERATOR).stage(lines)
    assert [item.index for item in staged.rejected] == list(range(0, 1000, 10))
    assert [each.external_id for each in staged.lines] == [f"{n}" for n in range(1000) if n % 10]
