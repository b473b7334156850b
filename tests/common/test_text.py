"""Persian and Arabic keyboards find the same record; hidden characters do not get in."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from common.text import clean_line, clean_text, require_visible, search_key, search_words, slug

GEOGRAPHY = Path(__file__).parents[2].joinpath("../shared/data/iran_geo").resolve()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("شركت", "شرکت"), ("علي", "علی"), ("موسى", "موسی"), ("آذربایجان", "اذربايجان"), ("أحمد", "احمد"),
        ("إسلام", "اسلام"), ("مسئول", "مسيول"), ("مؤسسة", "موسسه"), ("خانۀ", "خانه"), ("خانهٔ", "خانه"),
        ("مُحَمَّد", "محمد"), ("كتـــاب", "کتاب"), ("می‌شود", "میشود"), ("۱۲۳", "123"), ("١٢٣", "۱۲۳"),
        ("Café  Ltd.", "cafe ltd."), ("ＡＢＣ", "abc"), ("  a\u00a0b ", "A B"), ("Straße", "STRASSE"), ("جزء", "جز"),
        ("\u200fشرکت\u200e", "شرکت"),
    ],
)  # fmt: skip
def test_spellings_that_are_the_same(one: str, other: str) -> None:
    assert search_key(one) == search_key(other) != ""


@pytest.mark.parametrize(("one", "other"), [("شرکت", "شربت"), ("A-1", "A1"), ("۱۲", "۲۱"), ("دار", "در")])
def test_spellings_that_are_not(one: str, other: str) -> None:
    assert search_key(one) != search_key(other)


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    key = search_key(text)
    assert search_key(key) == key
    assert search_key(text + " ") == key
    assert "  " not in key


def test_words_find_joined_and_parted_spellings() -> None:
    for record in ("صورت‌حساب پاداش", "صورتحساب پاداش", "صورت حساب پاداش"):
        assert all(word in search_key(record) for word in search_words("پاداش صورت حساب"))


@pytest.mark.skipif(not GEOGRAPHY.exists(), reason="the folder of real data is not there")
def test_places_of_iran_are_found_with_an_arabic_keyboard() -> None:
    names = []
    for name in ("ostan.csv", "shahrestan.csv", "shahr.csv"):
        with GEOGRAPHY.joinpath(name).open(encoding="utf-8-sig", newline="") as lines:
            names += [value for row in csv.reader(lines) for value in row if value and not value.isascii()]
    assert len(names) > 1500
    for name in names:
        typed = name.replace("ی", "ي").replace("ک", "ك").replace("\u200c", "").replace("آ", "ا")
        assert search_key(typed) == search_key(name)


def test_clean_text() -> None:
    assert clean_text(" a\u202eb\r\nc\0\ufeff ") == "ab\nc"
    assert clean_text("می\u200cشود") == "می\u200cشود"
    assert clean_text("e\u0301") == "é"
    assert clean_line(" a \n\t b\u200c ") == "a b"


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u2066", "\u200f", "\u200b", "\u200c", "\ufeff", "\0", "\n", "\x7f"]
)
def test_hidden_characters_in_codes(hidden: str) -> None:
    with pytest.raises(InputError) as caught:
        require_visible(f"AB{hidden}C", "code")
    assert (caught.value.code, caught.value.field) == ("hidden_characters", "code")
    assert caught.value.params == {"code": f"{ord(hidden):04X}", "position": 3}
    assert require_visible("کد-۱۲") == "کد-۱۲"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Gold Tier 2", "gold-tier-2"), ("سطح طلایی ۱", "سطح-طلایی-1"), ("می‌شود", "می-شود"), ("!!!", ""), ("a" * 99, "a" * 60)],
)  # fmt: skip
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected
