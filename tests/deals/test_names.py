"""Company names in three scripts: which spellings are one company (tests/deals/company_names.tsv), and which never are."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.matching import domain_key, legal_key, name_key, phone_key, similarity
from deals.matching.lookup import NAME_THRESHOLD

CORPUS = Path(__file__).with_name("company_names.tsv")


def pairs() -> list[tuple[bool, str, str]]:
    lines = [line.split("\t") for line in CORPUS.read_text().splitlines() if not line.startswith("#")]
    return [(kind == "same", one, other) for kind, one, other, *_ in lines]


def test_corpus_is_large_and_has_three_scripts() -> None:
    found = pairs()
    assert len(found) >= 300
    assert len(set(found)) == len(found)
    assert {True, False} == {same for same, *_ in found}


def test_precision_and_recall_on_the_corpus() -> None:
    found = [(same, similarity(one, other) >= NAME_THRESHOLD, one, other) for same, one, other in pairs()]
    hits = sum(same and said for same, said, *_ in found)
    wrong = [(one, other) for same, said, one, other in found if said and not same]
    missed = [(one, other) for same, said, one, other in found if same and not said]
    precision, recall = hits / (hits + len(wrong)), hits / (hits + len(missed))
    print(f"{len(found)} pairs at {NAME_THRESHOLD}: precision {precision:.4f}, recall {recall:.4f}")  # noqa: T201
    print(*(["wrong:", *wrong, "missed:", *missed]), sep="\n")  # noqa: T201
    assert precision >= 0.97, wrong
    assert recall >= 0.97, missed


def test_similarity_is_symmetric_on_the_corpus() -> None:
    assert [pair for pair in pairs() if similarity(*pair[1:]) != similarity(*pair[:0:-1])] == []


@given(st.text(alphabet="ابتكیيک‌ ۱۲abcd .-", max_size=30), st.text(alphabet="ابتكیيک‌ ۱۲abcd .-", max_size=30))
def test_any_text_has_a_key_and_a_score(one: str, other: str) -> None:
    assert name_key(one) != name_key(other) or similarity(one, other) == bool(name_key(one))
    assert 0 <= similarity(one, other) <= 1
    assert similarity(one, other) == similarity(other, one)
    assert similarity(one, one) == (1 if name_key(one) else 0)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("https://www.shop.example.co.ir/fa?x=1", "example.co.ir"),
        ("Info@Mail.Example.COM", "example.com"),
        ("example.com:8080", "example.com"),
        ("someone@gmail.com", ""),
        ("yahoo.co.uk", ""),
        ("co.ir", ""),
        ("10.0.0.1", ""),
        ("localhost", ""),
        ("", ""),
        ("http://", ""),
        ("پارس.ایران", "xn--mgbug11a.xn--mgba3a4f16a"),
    ],
)
def test_domains(written: str, key: str) -> None:
    assert domain_key(written) == key


@pytest.mark.parametrize(
    ("written", "country", "key"),
    [
        ("۰۲۱-۸۸۰۰۱۱۲۲", "IR", "+982188001122"),
        ("+98 (21) 8800 1122", "", "+982188001122"),
        ("0098 21 88001122", "IR", "+982188001122"),
        ("021 88001122 ext. 12", "IR", "+982188001122"),
        ("04 123 4567", "AE", "+97141234567"),
        ("123", "IR", ""),
        ("call me", "IR", ""),
        ("021 88001122", "", ""),
    ],
)
def test_phones(written: str, country: str, key: str) -> None:
    assert phone_key(written, country) == key


def test_legal_ids() -> None:
    assert legal_key("۱۰۱۰۰۰۰۰۰۰۰", "IR") == legal_key("101-0000 0000", "IR")
    assert legal_key("", "IR") == ""
    assert legal_key("12 34-AB", "XX") == "XX:1234AB"
