"""Exports open safely, keep numbers and run from right to left where they should."""

import csv
import io
from datetime import UTC, date, datetime, time
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.exports import Value, csv_lines, defused, write_csv, write_xlsx
from common.sheets import read_table

ATTACKS = [
    "=1+1", '=HYPERLINK("http://x","y")', "+1", "-1", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
    "\0=1", "＝1+1", "＋1", "－1", "＠x", " =1", "\u200e=1", "\ufeff=1", "=", "-", "@",
]  # fmt: skip
TRIGGERS = tuple("=+-@\t\r\n\0＝＋－＠")
printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


def csv_cells(rows: list[list[Value]], header: list[str]) -> list[list[str]]:
    content = b"".join(csv_lines(header, rows))
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def xlsx_cells(rows: list[list[Value]], header: list[str], language: str = "en") -> list[list[object]]:
    target = io.BytesIO()
    assert write_xlsx(target, header, rows, language=language, title="a/b") == len(rows)
    sheet = openpyxl.load_workbook(target).worksheets[0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_text_starts_like_a_formula(text: str) -> None:
    for cells in (csv_cells([[text]], [text]), xlsx_cells([[text]], [text])):
        shown = [str(cell) for row in cells for cell in row]
        assert len(shown) == 2
        for cell in shown:
            assert not cell.startswith(TRIGGERS)
            assert cell.startswith("'")


@given(st.text(max_size=30))
def test_any_text_is_harmless_and_harmless_text_is_kept(text: str) -> None:
    made = defused(text)
    assert not made.startswith(TRIGGERS)
    assert made in (text, f"'{text}")
    assert made == text or not text[:1].isalnum()


@given(st.lists(st.tuples(printable, printable), max_size=6))
def test_text_comes_back_through_our_own_reader(rows: list[tuple[str, str]]) -> None:
    target = io.BytesIO()
    assert write_csv(target, ["a", "b"], rows) == target.tell()
    target.seek(0)
    kept = [[defused(cell) for cell in row] for row in rows if any(row)]
    assert [list(record.values()) for _line, record in read_table(target)] == kept


def test_numbers_stay_numbers() -> None:
    values: list[Value] = [
        -5,
        Decimal("-12.50"),
        Decimal("1E+3"),
        0,
        None,
        True,
        date(2013, 5, 1),
        time(13, 30),
    ]
    assert csv_cells([values], ["n"])[1] == ["-5", "-12.5", "1000", "0", "", "true", "2013-05-01", "13:30:00"]
    cells = xlsx_cells([values], ["n"])[1]
    assert cells[:6] == [-5, -12.5, 1000, 0, None, True]
    assert cells[6:] == [datetime(2013, 5, 1), time(13, 30)]  # noqa: DTZ001


def test_long_amounts_keep_every_digit() -> None:
    amount = Decimal("1234567890123456789.12")
    assert xlsx_cells([[amount, -amount]], ["a", "b"])[1] == [str(amount), f"'-{amount}"]
    assert csv_cells([[amount, -amount]], ["a", "b"])[1] == [str(amount), f"-{amount}"]
    assert xlsx_cells([[Decimal("999999999999.999")]], ["a"])[1] == [999999999999.999]


def test_moments_lose_their_zone_only_in_workbooks() -> None:
    moment = datetime(2013, 5, 1, 13, 30, tzinfo=UTC)
    assert csv_cells([[moment]], ["a"])[1] == ["2013-05-01T13:30:00+00:00"]
    assert xlsx_cells([[moment]], ["a"])[1] == [moment.replace(tzinfo=None)]


@pytest.mark.parametrize(
    ("language", "from_right"), [("fa", True), ("ar", True), ("en", False), ("fa-IR", True)]
)
def test_direction(language: str, from_right: bool) -> None:
    target = io.BytesIO()
    write_xlsx(target, ["مبلغ"], [["۱۲"]], language=language, title="گزارش: [۱]", widths=[30])
    sheet = openpyxl.load_workbook(target).worksheets[0]
    assert bool(sheet.sheet_view.rightToLeft) is from_right
    assert sheet.title == "گزارش   ۱"
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width == 30


def test_quotes_and_line_ends() -> None:
    content = b"".join(csv_lines(["a", "b"], [['x"y', "1,2"], ["l\nm", "ok"]]))
    assert content == b'\xef\xbb\xbfa,b\r\n"x""y","1,2"\r\n"l\nm",ok\r\n'


def test_a_large_csv_comes_in_pieces() -> None:
    pieces = list(csv_lines(["a"], ([f"value {number}"] for number in range(20_000))))
    assert len(pieces) > 5
    assert max(map(len, pieces)) < 70_000
    assert b"".join(pieces).count(b"\r\n") == 20_001
