"""Account numbers are checked as banks check them, and shown only in part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from incentives.payments.numbers import bank_name_of, bic_of, grouped, iban_of, masked, with_check_digits


@pytest.mark.parametrize(
    "text",
    [
        "DE89 3704 0044 0532 0130 00",
        "ae07 0331 2345 6789 0123 456",
        "GB82-WEST-1234-5698-7654-32",
        "IR۰۶۲۹۶۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱",
    ],
)
def test_numbers_are_taken_as_people_write_them(text: str) -> None:
    found = iban_of(text)
    assert found.isascii()
    assert " " not in found


def test_a_sheba_may_come_without_its_country() -> None:
    sheba = with_check_digits("IR", "0170000000000000000001")
    assert iban_of(sheba[2:]) == sheba
    assert bank_name_of(sheba) == "Melli"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE88370400440532013000", "wrong_check_digits"),
        ("IR062960000000100324200002", "wrong_check_digits"),
        ("IR06296000000010032420000", "wrong_structure"),
        (with_check_digits("DE", "37040044053201300"), "wrong_structure"),
        (with_check_digits("AE", "033123456789012345X"), "wrong_structure"),
        (with_check_digits("XX", "0001"), "unknown_country"),
        ("1234", "wrong_structure"),
        ("", "wrong_structure"),
        ("<script>", "wrong_structure"),
    ],
)
def test_wrong_numbers_are_refused_with_what_is_wrong(text: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        iban_of(text)
    assert (refused.value.code, refused.value.field) == (code, "iban")


@given(st.integers(0, 10**22 - 1), st.integers(2, 25), st.integers(1, 9))
def test_one_wrong_digit_of_a_sheba_is_always_found(bban: int, place: int, off: int) -> None:
    sheba = with_check_digits("IR", f"{bban:022d}")
    assert iban_of(sheba) == sheba
    wrong = sheba[:place] + str((int(sheba[place]) + off) % 10) + sheba[place + 1 :]
    with pytest.raises(InputError):
        iban_of(wrong)


def test_a_bic_belongs_to_the_country_of_the_account() -> None:
    assert bic_of("deutdeff", "DE89370400440532013000") == "DEUTDEFF"
    assert bic_of("", "DE89370400440532013000") == ""
    for text, iban in [("DEUTDEFF", "AE070331234567890123456"), ("DEUT", "DE89370400440532013000")]:
        with pytest.raises(InputError) as refused:
            bic_of(text, iban)
        assert refused.value.code == "wrong_bic"


def test_only_country_and_last_four_are_shown() -> None:
    assert masked("DE89370400440532013000") == "DE•• •••• 3000"
    assert grouped("DE89370400440532013000") == "DE89 3704 0044 0532 0130 00"
    assert masked("") == ""
