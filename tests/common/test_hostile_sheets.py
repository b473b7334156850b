"""Files that want to break the reader: each ends in a typed error, quickly and in little memory."""

import gzip
import io
import json
import subprocess
import sys
import textwrap
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError, LineError
from common.sheets import UPLOAD, read_table
from tests.common.test_sheets import workbook

ROOT = Path(__file__).parents[2]
SECONDS, MEGABYTES = 10, 300


def refusal(content: bytes, encoding: str | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        list(read_table(io.BytesIO(content), encoding=encoding))
    return caught.value


def archive(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return target.getvalue()


def with_sheet(xml: str | bytes, **more: bytes) -> bytes:
    """A workbook whose first sheet is replaced by ``xml``."""
    source, target = zipfile.ZipFile(io.BytesIO(workbook(["a"], ["1"]))), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for part in source.namelist():
            replaced = part == "xl/worksheets/sheet1.xml"
            made.writestr(part, xml if replaced else more.pop(part, source.read(part)))
        for name, content in more.items():
            made.writestr(name, content)
    return target.getvalue()


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"a,b\n1,2\n3,\x004\n", "null_character", 3),
        ("a,b\n1,2\n3,\0\n".encode("utf-16"), "null_character", 3),
        (b"a,b\n1,2\n\xff\xfe,3\n", "wrong_encoding", 3),
        (b"a,b\n1,2\n3,\xd9", "wrong_encoding", 3),
        (b"\xff\xfea\x00,\x00b\x00\n\x00\x00\xd8\n\x00", "wrong_encoding", 2),
        (b'a,b\n1,2\n3,"4\n5\n', "bad_quotes", 3),
        (b'a,b\n1,"2"x\n', "bad_quotes", 2),
        (b"a,b\r1,2\r", "bad_quotes", 1),
        (b"a,b\n1,2\n3,4,5\n", "wrong_field_count", 3),
        (b"a,b\n1,2\n3," + b"x" * 900_000 + b"\n", "field_too_long", 3),
        (b"a,b\n1,2\n3," + b"x" * 5_000_000 + b"\n", "line_too_long", 3),
        (b'a,b\n1,2\n3,"' + b"x\n" * 2_000_000, "field_too_long", 3),
        (b'a,b\n1,2\n3,"' + b'x\n","' * 2_000_000, "line_too_long", 3),
        (b",".join(b"c%d" % n for n in range(150)) + b"\n", "too_many_columns", 1),
        (b"," * 1_000_000 + b"x\n", "line_too_long", 1),
        (b"a\n" + b"1\n" * 200_001, "too_many_rows", 200_002),
        (b"a,b,a\n1,2,3\n", "duplicate_column", 1),
        (b" , ,\n1,2,3\n", "no_columns", 1),
        (gzip.compress(b"a,b\n1,2\n" * 9999, mtime=0)[:40], "damaged_gzip", None),
        (b"\x1f\x8b\x08\x00broken broken", "damaged_gzip", 1),
    ],
)
def test_refused_with_its_line(content: bytes, code: str, line: int | None) -> None:
    error = refusal(content)
    assert error.code == code
    assert isinstance(error, LineError)
    assert line is None or error.line == line


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"), (b"\n\r\n\n", "empty_file"), (b"\xef\xbb\xbf", "empty_file"), (b"\xff\xfe", "empty_file"),
        (b"\xfe\xff", "empty_file"), (gzip.compress(b"", mtime=0), "empty_file"), (b"\xd0\xcf\x11\xe0" + b"x" * 600, "unsupported_file"),
        (b"%PDF-1.7\n", "unsupported_file"), (b"PK\x03\x04broken", "unreadable_workbook"),
        (workbook(["a"])[:-40], "unreadable_workbook"), (archive(notes=b"x"), "unsupported_file"),
        (b"x" * 20_000_001, "file_too_large"), (with_sheet("<broken"), "unreadable_workbook"),
        (with_sheet("x", **{"xl/vbaProject.bin": b"x"}), "unsafe_workbook"),
        (with_sheet("x", **{"xl/externalLinks/externalLink1.xml": b"x"}), "unsafe_workbook"),
        (archive(**{"[Content_Types].xml": b"x", "bomb": b"\0" * 50_000_000}), "unpacked_too_large"),
        (archive(**{"[Content_Types].xml": b"x", **{f"p{n}": b"" for n in range(1001)}}), "unpacked_too_large"),
    ],
)  # fmt: skip
def test_refused(content: bytes, code: str) -> None:
    assert refusal(content).code == code


def test_no_such_sheet_and_no_such_encoding() -> None:
    with pytest.raises(InputError) as caught:
        read_table(io.BytesIO(workbook(["a"])), sheet="Nope")
    assert caught.value.code == "no_such_sheet"
    assert refusal(b"a", "idna").code == "unknown_encoding"


@pytest.mark.parametrize(
    "value", ["۱۲۳", "١٢٣", "1e999999", "NaN", "\u202e123", "-0", "=1+1", "１２", "\u2028", "\x85"]
)
def test_odd_values_come_through_as_they_are(value: str) -> None:
    assert list(read_table(io.BytesIO(f"a,b\n{value},x\n".encode()))) == [(2, {"a": value, "b": "x"})]


def gzip_bomb() -> bytes:
    target = io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode="wb") as packed:
        packed.write(b"a\n")
        for _ in range(60):
            packed.write(b"\n" * 5_000_000)
    return target.getvalue()


def gzip_line_bomb() -> bytes:
    return gzip.compress(b"a\n" + b"x" * 100_000_000, mtime=0)


def corners() -> bytes:
    cell = '<c r="{}" t="inlineStr"><is><t>a</t></is></c>'
    first, last = cell.format("A1"), cell.format("XFD1048576")
    return with_sheet(SHEET.format(f'<row r="1">{first}</row><row r="1048576">{last}</row>'))


def shared_text() -> bytes:
    """One long text that many cells share: small in the file, huge as rows."""
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 60_001))
    filler = "".join(chr(0x4E00 + n % 20_000) for n in range(30_000))
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="60000" uniqueCount="1">'
        f"<si><t>{filler}</t></si></sst>"
    )
    return with_sheet(SHEET.format(cells), **{"xl/sharedStrings.xml": shared.encode()})


def entities() -> bytes:
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY e0 "aaaaaaaaaa">{lines}]>'
    return with_sheet(
        head + SHEET.format('<row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row>')
    )


@pytest.mark.parametrize(
    ("bomb", "expected"),
    [
        (gzip_bomb, "too_many_rows"),
        (gzip_line_bomb, "line_too_long"),
        (corners, "workbook_too_large"),
        (shared_text, "workbook_too_large"),
        (entities, "unreadable_workbook"),
    ],
)
def test_bombs(bomb: Callable[[], bytes], expected: str, tmp_path: Path) -> None:
    """Read in a process of its own, so that the memory of the reader and its helpers can be seen."""
    path = tmp_path / "bomb"
    path.write_bytes(bomb())
    assert path.stat().st_size < UPLOAD.file
    script = """
        import json, resource, sys
        from pathlib import Path
        from django.conf import settings
        settings.configure(USE_I18N=False)
        from common.errors import InputError
        from common.sheets import read_table
        code = "read"
        try:
            for record in read_table(Path(sys.argv[1])):
                pass
        except InputError as error:
            code = error.code
        own = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
        most = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        print(json.dumps([code, most // 1024]))
    """
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=60,
    )
    code, megabytes = json.loads(done.stdout)
    assert code == expected
    assert megabytes < MEGABYTES
    assert time.monotonic() - started < SECONDS


@settings(max_examples=300)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"a,b\n", b"\xff\xfe", b"\x1f\x8b", b"PK\x03\x04", b'a,"b\n']),
)
def test_any_bytes_are_rows_or_a_refusal(noise: bytes, start: bytes) -> None:
    refused: list[LineError] = []
    try:
        for line, row in read_table(io.BytesIO(start + noise), on_error=refused.append):
            assert line >= 2
            assert all(isinstance(value, str) for value in row.values())
    except InputError as error:
        assert str(error)
    assert all(error.line >= 2 for error in refused)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_files_are_read_or_refused(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from(HONEST))
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        rows = list(read_table(io.BytesIO(bytes(damaged))))
    except InputError as error:
        assert str(error)
    else:
        assert len(rows) <= 60


HONEST = [
    gzip.compress(b"a,b\n" + b"1,2\n" * 50, mtime=0),
    ("کد,نام\n" + "1,دو\n" * 50).encode("utf-16"),
    workbook(["a", "b"], [1, "x"], [2, "y"]),
]
