"""Tables to files: CSV and XLSX, row by row, safe to open in a spreadsheet.

A text that a spreadsheet would run as a formula (it starts with ``= + - @``, a tab, a line end, NUL or one
of their full-width forms) is defused: in CSV by an apostrophe in front, in XLSX by an explicit text cell
with the same apostrophe. Numbers and dates are no texts and stay what they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from common.calendars import base_language
from common.money import plain

Value = str | int | Decimal | bool | date | datetime | time | None
_TRIGGERS: Final = "=+-@\t\r\n\0" + "＝＋－＠"
_TITLE_UNSAFE: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
# A spreadsheet keeps 15 digits of a number; longer amounts go in as text so that none is lost.
_MOST_DIGITS: Final = 15
_CELL_MOST: Final = 32_767


def defused(text: str) -> str:
    """``text`` with an apostrophe in front when a spreadsheet would take it for a formula."""
    bare = text.lstrip(" \u00a0\u200b\u200c\u200d\u200e\u200f\u061c\ufeff")
    return f"'{text}" if bare[:1] and bare[0] in _TRIGGERS else text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """A CSV file in pieces: UTF-8 with mark, RFC 4180 quoting, ``CRLF``; for a streaming response."""
    buffer = io.StringIO(newline="")
    write = csv.writer(buffer, lineterminator="\r\n").writerow
    write([defused(name) for name in header])
    yield b"\xef\xbb\xbf" + _taken(buffer)
    for row in rows:
        write([_text(value) for value in row])
        if buffer.tell() > 32_768:
            yield _taken(buffer)
    rest = _taken(buffer)
    if rest:
        yield rest


def write_csv(target: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    """Writes a CSV file; returns its bytes."""
    return sum(target.write(piece) for piece in csv_lines(header, rows))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook. ``widths`` of the columns are in characters."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Value]]
    widths: Sequence[int] | None = None


def write_xlsx(
    target: BinaryIO,
    header: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    title: str = "Sheet",
    language: str = "en",
    widths: Sequence[int] | None = None,
) -> int:
    """Writes a workbook of one sheet, from right to left for ``fa`` and ``ar``; returns the number of rows.

    Aware moments lose their zone, which XLSX has no place for: convert them to the reader's zone before.
    """
    return write_book(target, [Sheet(title, header, rows, widths)], language=language)


def write_book(target: BinaryIO, sheets: Iterable[Sheet], *, language: str = "en") -> int:
    """Writes a workbook of several sheets; returns the number of rows of all."""
    book = Workbook(write_only=True)
    count = sum(_write_sheet(book, each, language) for each in sheets)
    book.save(target)
    return count


def _write_sheet(book: Workbook, given: Sheet, language: str) -> int:
    sheet: Any = book.create_sheet(_TITLE_UNSAFE.sub(" ", given.title)[:31].strip() or "Sheet")
    sheet.sheet_view.rightToLeft = base_language(language) in ("fa", "ar")
    sheet.freeze_panes = "A2"
    for place, name in enumerate(given.header, 1):
        width = given.widths[place - 1] if given.widths else max(12, min(40, len(name) + 4))
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([_heading(sheet, name) for name in given.header])
    count = 0
    for row in given.rows:
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    return count


def _taken(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece


def _text(value: Value) -> str:
    if isinstance(value, str):
        return defused(value.replace("\0", ""))
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _cell(sheet: Any, value: Value) -> Any:
    if isinstance(value, str):
        return _text_cell(sheet, value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        text = plain(Decimal(value))
        return value if len(text.strip("-").replace(".", "")) <= _MOST_DIGITS else _text_cell(sheet, text)
    if isinstance(value, datetime | time) and value.tzinfo is not None:
        return value.replace(tzinfo=None)
    return value


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, defused(ILLEGAL_CHARACTERS_RE.sub("", text))[:_CELL_MOST])
    cell.data_type = "s"
    return cell


def _heading(sheet: Any, name: str) -> Any:
    cell = _text_cell(sheet, name)
    cell.font = Font(bold=True)
    return cell
