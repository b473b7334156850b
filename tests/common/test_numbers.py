"""Numbers from machines (strict) and from people (three scripts, never guessed)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.digits import to_arabic, to_latin, to_latin_number, to_persian
from common.display import format_number
from common.errors import InputError
from common.numbers import parse_decimal, parse_local_decimal

exact = st.decimals(
    min_value=-(10**14) + 1, max_value=10**14 - 1, places=6, allow_nan=False, allow_infinity=False
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"), ("-0", "0"), ("-0.00", "0.00"), ("12", "12"), ("-12.50", "-12.50"), ("0.000001", "0.000001"),
        ("007", "7"), ("99999999999999999999", "99999999999999999999"), ("00000000000000000000001", "1"),
    ],
)  # fmt: skip
def test_machine_numbers(text: str, number: str) -> None:
    assert str(parse_decimal(text)) == number


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "1 ", " 1", "+1", ".5", "5.", "1,000", "1_000", "1e3", "1E999999", "NaN", "-NaN", "sNaN", "Infinity",
        "-inf", "--1", "1-", "1.2.3", "0x10", "۱۲", "١٢", "１２", "²", "1\n", "1\0", "\ufeff1", "1\u200c", "−1", "1" * 61,
    ],
)  # fmt: skip
def test_what_machines_may_not_write(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_decimal(text)
    assert caught.value.code == "not_a_number"


def test_limits_of_machine_numbers() -> None:
    for text, code in (
        ("0.0000001", "too_many_places"),
        ("1.0000000", "too_many_places"),
        ("100000000000000000000", "too_many_digits"),
        ("100000000000000.000001", "too_many_digits"),
    ):
        with pytest.raises(InputError) as caught:
            parse_decimal(text)
        assert caught.value.code == code
    assert parse_decimal("100000000000000000.1") == Decimal("100000000000000000.1")
    assert parse_decimal("12", max_places=0, max_digits=2) == 12
    with pytest.raises(InputError):
        parse_decimal("1.0", max_places=0)


@given(exact)
def test_machine_numbers_come_back(number: Decimal) -> None:
    assert parse_decimal(f"{number:f}") == number


@given(st.text(max_size=40))
def test_any_text_is_a_plain_number_or_refused(text: str) -> None:
    for read in (parse_decimal, parse_local_decimal):
        try:
            number = read(text)
        except InputError as error:
            assert error.code in {"not_a_number", "ambiguous_number", "too_many_places", "too_many_digits"}
        else:
            assert number.is_finite()
            assert len(number.as_tuple().digits) <= 26


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("۱۲۳۴", "1234"), ("١٢٣٤", "1234"), ("۱۲٬۳۴۵", "12345"), ("۱۲٬۳۴۵٫۵", "12345.5"), ("١٢٬٣٤٥٫٦٧", "12345.67"),
        ("۰٫۵", "0.5"), ("1٫234", "1.234"), ("1.234", "1.234"), ("1,234,567", "1234567"), ("1,234.5", "1234.5"),
        ("1 234 567", "1234567"), ("1\u00a0234", "1234"), ("1\u202f234,", None), ("1'234", "1234"), ("−5", "-5"),
        ("\u200e−۵", "-5"), ("\u061c-٥", "-5"), ("۵-", "-5"), ("- 5", "-5"), ("+5", "5"), (" 5 ", "5"), ("–5", "-5"),
        ("5%", None), ("1,23", None), ("12,34,567", None), ("1,2345", None), ("1.234.567", None), ("-5-", None),
        ("1,234 567", None), ("۱٬۲۳۴,۵", None), ("1e5", None), ("٫۵", None), ("", None), ("-", None), ("12 ریال", None),
    ],
)  # fmt: skip
def test_numbers_of_people(text: str, number: str | None) -> None:
    if number is not None:
        assert parse_local_decimal(text) == Decimal(number)
        return
    with pytest.raises(InputError) as caught:
        parse_local_decimal(text)
    assert caught.value.code == "not_a_number"


@pytest.mark.parametrize("text", ["1,234", "-12,345", "۱,۲۳۴", "999,999"])
def test_one_comma_could_be_a_point(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_local_decimal(text)
    assert caught.value.code == "ambiguous_number"
    assert text in str(caught.value)


@pytest.mark.parametrize("language", ["fa", "ar"])
@given(number=exact)
def test_what_is_shown_can_be_typed(language: str, number: Decimal) -> None:
    assert parse_local_decimal(format_number(number, language)) == number


@given(st.text())
def test_digits_of_each_script_come_back(text: str) -> None:
    latin = to_latin(text)
    assert to_latin(to_persian(latin)) == latin
    assert to_latin(to_arabic(latin)) == latin
    assert len(to_latin_number(text)) == len(text)


def test_number_signs() -> None:
    assert to_latin_number("−۱۲٬۳۴۵٫۶٪") == "-12,345.6%"
    assert to_latin("۱۲٬۳") == "12٬3"
