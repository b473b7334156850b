"""Payment files say exactly what was approved, in a form that banks take: checked against the published schema."""

import csv
import io
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError
from common.money import exponent
from incentives.payments import csvfile, pain001
from incentives.payments.latin import is_latin, reference, to_payment_set
from incentives.payments.orders import amount_text
from tests.incentives.payments.schema import EMIRATI, NAMESPACE, SHEBA, faults, file_of, order

AMOUNTS = st.integers(1, 10**17)
CURRENCIES = st.sampled_from(["IRR", "XAF", "USD", "EUR", "AED", "BHD", "KWD"])
NAMES = st.text(min_size=1, max_size=140)


def sums(content: bytes) -> tuple[str, str, list[str]]:
    """Number and control sum of the header, and the amounts, as the file has them."""
    root = ElementTree.fromstring(content)
    header = root.find("p:CstmrCdtTrfInitn/p:GrpHdr", NAMESPACE)
    assert header is not None
    amounts = [each.text or "" for each in root.iter(f"{{{NAMESPACE['p']}}}InstdAmt")]
    count = header.findtext("p:NbOfTxs", namespaces=NAMESPACE)
    return count or "", header.findtext("p:CtrlSum", namespaces=NAMESPACE) or "", amounts


def test_a_file_of_each_kind_of_partner_is_valid() -> None:
    orders = [
        order(1, name="شرکت داده‌پردازان پارس", iban=SHEBA, text="Statement ST-2026-1"),
        order(2, name="Société Générale & Fils <GmbH>", iban=EMIRATI, bic="BOMLAEAD"),
        order(3, name="مؤسسة\ufffe\x0b الخليج\x00", document="S/2026//Q3/" + "9" * 40),
    ]
    for latin_only in (True, False):
        content = pain001.build(file_of(orders, latin_only=latin_only))
        assert faults(content) == []
        assert content == pain001.build(file_of(orders, latin_only=latin_only))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(AMOUNTS, NAMES), min_size=1, max_size=8), CURRENCIES, st.booleans())
def test_any_amount_and_name_is_valid_and_exact(
    rows: list[tuple[int, str]], currency: str, latin_only: bool
) -> None:
    orders = [order(place, amount=units, name=name) for place, (units, name) in enumerate(rows)]
    content = pain001.build(file_of(orders, currency, latin_only=latin_only))
    assert faults(content) == []
    count, total, amounts = sums(content)
    places = Decimal(10) ** exponent(currency)
    assert int(count) == len(rows)
    assert Decimal(total) * places == sum(units for units, _name in rows)
    assert [Decimal(amount) * places for amount in amounts] == [units for units, _name in rows]
    assert {len(amount.partition(".")[2]) for amount in amounts} == {exponent(currency)}


@pytest.mark.parametrize(
    ("units", "currency", "text"),
    [
        (5, "BHD", "0.005"),
        (123, "USD", "1.23"),
        (10**15, "IRR", "1000000000000000"),
        (999_999_999_999_999_999, "AED", "9999999999999999.99"),
    ],
)
def test_amounts_are_written_with_the_decimals_of_their_currency(
    units: int, currency: str, text: str
) -> None:
    assert amount_text(units, currency) == text


def test_what_no_bank_takes_is_refused_before_a_file_exists() -> None:
    half = 5 * 10**17
    for orders, code in [
        ([], "no_payments"),
        ([order(1), order(1)], "ids_twice"),
        ([order(1, amount=0)], "negative_amount"),
        ([order(1, amount=10**18)], "amount_too_large"),
        ([order(1, amount=half), order(2, amount=half)], "amount_too_large"),
    ]:
        for build in (pain001.build, csvfile.build):
            with pytest.raises(InputError) as refused:
                build(file_of(orders))
            assert refused.value.code == code


def test_names_are_written_in_latin_letters_as_schemes_demand() -> None:
    assert to_payment_set("شرکت پارس ۱۲", 70) == "Shrkt Pars 12"
    assert to_payment_set("Müller & Söhne", 70) == "Muller + Sohne"
    assert to_payment_set("قرارداد", 3) == "Ghr"
    assert reference("/S//1/") == "S/1"


@given(st.text(max_size=200), st.integers(1, 140))
def test_the_payment_set_holds_for_any_text(text: str, most: int) -> None:
    found = to_payment_set(text, most)
    assert is_latin(found)
    assert len(found) <= most
    assert found == found.strip()


def test_a_csv_file_has_the_documented_columns_and_runs_no_formula() -> None:
    orders = [order(1, name="=HYPERLINK(1)"), order(2, name="@SUM(A1)", amount=10**17)]
    content = csvfile.build(file_of(orders, "BHD", latin_only=False))
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert tuple(rows[0]) == csvfile.COLUMNS
    assert [row["amount"] for row in rows] == ["1.234", "100000000000000.000"]
    assert [row["holder"][0] for row in rows] == ["'", "'"]
    assert content == csvfile.build(file_of(orders, "BHD", latin_only=False))
