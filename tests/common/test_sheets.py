"""Tables from honest files."""

import csv
import gzip
import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import LineError
from common.sheets import UPLOAD, Table, read_table

DATA = Path(__file__).parents[2].joinpath("../shared/data").resolve()
Records = list[tuple[int, dict[str, str]]]


def table(content: bytes, encoding: str | None = None) -> Table:
    return read_table(io.BytesIO(content), encoding=encoding)


def records(content: str | bytes, encoding: str | None = None) -> Records:
    return list(table(content.encode() if isinstance(content, str) else content, encoding))


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    other = book.create_sheet("Second")
    other.append(["x"])
    other.append(["from the second"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_plain_file() -> None:
    read = table(b"Code, Name \r\nA-1,One\r\nA-2,\r\n")
    assert read.header == ("Code", "Name")
    assert list(read) == [(2, {"Code": "A-1", "Name": "One"}), (3, {"Code": "A-2", "Name": ""})]


def test_lines_are_numbered_through_quotes_and_blanks() -> None:
    text = 'a,b\n1,"x\ny\n\nz"\n\n2,y\n"3\n","\n"\n\n\n4,z'
    assert [(line, row["a"].strip()) for line, row in records(text)] == [
        (2, "1"),
        (7, "2"),
        (8, "3"),
        (13, "4"),
    ]
    assert records(text)[0][1]["b"] == "x\ny\n\nz"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters(delimiter: str) -> None:
    text = delimiter.join(['"a,;\t;,x"', "b", "c"]) + "\n" + delimiter.join(["1", "2", "3"])
    assert records(text) == [(2, {"a,;\t;,x": "1", "b": "2", "c": "3"})]


def test_one_column() -> None:
    assert records("code\n1;2\n") == [(2, {"code": "1;2"})]


@pytest.mark.parametrize(
    ("encoded", "declared"),
    [("utf-8", None), ("utf-8-sig", None), ("utf-16", None), ("utf-16", "cp1256"), ("cp1256", "cp1256"),
     ("cp1256", "Windows-1256"), ("utf-8", "utf-8")],
)  # fmt: skip
def test_encodings(encoded: str, declared: str | None) -> None:
    content = "کد,نام\r\n1,پارس چ\r\n2,گپ\r\n".replace("ک", "ك").replace("ی", "ي").encode(encoded)
    assert records(content, declared) == [(2, {"كد": "1", "نام": "پارس چ"}), (3, {"كد": "2", "نام": "گپ"})]
    assert records(gzip.compress(content), declared)[1][0] == 3


def test_text_that_is_not_utf8_is_refused_with_its_line() -> None:
    content = b"a,b\n" + b"1,2\n" * 5000 + "3,شرکت\n".replace("ک", "ك").encode("cp1256")
    with pytest.raises(LineError) as caught:
        records(content)
    assert (caught.value.code, caught.value.line) == ("wrong_encoding", 5002)
    assert "UTF-8" in str(caught.value)


def test_one_bad_line_does_not_stop_the_others() -> None:
    refused: list[LineError] = []
    text = f"a,b\n1,2\n3\n4,5,6\n{'x' * 10_001},7\n8,9,\n"
    read = read_table(io.BytesIO(text.encode()), on_error=refused.append)
    assert [line for line, _row in read] == [2, 6]
    assert [(error.line, error.code) for error in refused] == [
        (3, "wrong_field_count"),
        (4, "wrong_field_count"),
        (5, "field_too_long"),
    ]
    assert refused[0].as_item()["line"] == 3
    with pytest.raises(LineError):
        records(text)


def test_columns_without_a_name() -> None:
    assert records("a,,b,,\n1,2,3,,\n") == [(2, {"a": "1", "b": "3"})]


def test_a_workbook() -> None:
    content = workbook(
        ["Code", "Amount", "When", "Moment", "Yes", "Number"],
        ["A-1", 12.34, date(2013, 5, 1), datetime(2013, 5, 1, 13, 30), True, 7],  # noqa: DTZ001
        [None, None, None],
        ["۱۲", 0.1 + 0.2, None, None, False, -1000000],
    )
    assert records(content) == [
        (2, {"Code": "A-1", "Amount": "12.34", "When": "2013-05-01", "Moment": "2013-05-01T13:30:00",
             "Yes": "true", "Number": "7"}),
        (4, {"Code": "۱۲", "Amount": "0.3", "When": "", "Moment": "", "Yes": "false", "Number": "-1000000"}),
    ]  # fmt: skip


def test_sheets_of_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "book.bin"
    path.write_bytes(workbook([], [], [None, "a"], [None, 1]))
    assert list(read_table(path, sheet="Second")) == [(2, {"x": "from the second"})]
    assert list(read_table(path)) == [(4, {"a": "1"})]


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), min_size=3, max_size=3
        ),
        max_size=8,
    )
)
def test_what_csv_writes_is_read(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["a", "b", "c"], *rows])
    assert [list(row.values()) for _line, row in records(text.getvalue())] == [
        row for row in rows if any(row)
    ]


@pytest.mark.skipif(not DATA.exists(), reason="the folder of real data is not there")
def test_real_sales() -> None:
    read = read_table(DATA / "adventureworks/reseller_sales.csv.gz")
    amounts = [Decimal(row["SalesAmount"]) for _line, row in read]
    assert len(read.header) == 20
    assert len(amounts) == 60_855
    assert round(sum(amounts), 2) == Decimal("80450596.98")


@pytest.mark.skipif(not DATA.exists(), reason="the folder of real data is not there")
@pytest.mark.parametrize("path", sorted(DATA.glob("*/*.csv*")), ids=lambda path: path.name)
def test_every_real_file_is_read(path: Path) -> None:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = io.StringIO(content.decode("utf-8-sig"), newline="")
    expected = sum(1 for row in csv.reader(lines) if any(row)) - 1
    assert sum(1 for _record in read_table(path, limits=UPLOAD)) == expected
