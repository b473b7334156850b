"""Tables from files: CSV (also gzipped) and XLSX as rows of text, one at a time, within limits.

    table = read_table(path, limits=UPLOAD, on_error=refused.append)
    for line, record in table:  # line 2, {"Code": "A-1", "Name": "..."}

The kind of file is told by its content, not by its name. Nothing is guessed: text that is not UTF-8 (or
UTF-16 with its mark) is refused with the line at which it breaks, unless the encoding is given. Line
numbers count the lines of the file from 1, the header included; a record with line breaks inside quotes has
the number of its first line.

Errors of the whole file are raised (``InputError``, ``LineError``). Errors of one line go to ``on_error``
and the line is left out; without ``on_error`` they are raised too.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from django.utils.translation import gettext_lazy as _

from common.errors import InputError, LineError
from common.sheetsource import ENCODINGS, FILE, UPLOAD, Limits, TextLines, open_lines
from common.sheetxlsx import xlsx_records

__all__ = ["ENCODINGS", "FILE", "UPLOAD", "Limits", "LineError", "Table", "read_table"]

_DELIMITERS: Final = (",", ";", "\t")
OnError = Callable[[LineError], None]
Numbered = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """A header and the records below it, which can be gone through once."""

    header: tuple[str, ...]
    records: Iterator[tuple[int, dict[str, str]]]

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        return self.records


def read_table(
    source: Path | BinaryIO,
    *,
    limits: Limits = UPLOAD,
    encoding: str | None = None,
    sheet: str = "",
    on_error: OnError | None = None,
) -> Table:
    """Opens a file and reads its header; see the module for the rest.

    ``encoding`` is one of ``ENCODINGS`` for text that is not Unicode; ``sheet`` names a sheet of a workbook
    (else the first). Codes of ``InputError`` and ``LineError``: ``unsupported_file``, ``empty_file``,
    ``file_too_large``, ``unpacked_too_large``, ``unsafe_workbook``, ``workbook_too_large``,
    ``unreadable_workbook``, ``no_such_sheet``, ``unknown_encoding``, ``wrong_encoding``, ``damaged_gzip``,
    ``null_character``, ``line_too_long``, ``bad_quotes``, ``too_many_columns``, ``too_many_rows``,
    ``duplicate_column``, ``no_columns``; of lines: ``wrong_field_count``, ``field_too_long``.
    """
    opened = open_lines(source, limits, encoding)
    rows = _csv_rows(opened) if isinstance(opened, TextLines) else xlsx_records(opened, sheet, limits)
    try:
        line, cells = _first(rows)
    except StopIteration:
        raise InputError("empty_file", _("The file is empty.")) from None
    header, places = _header(line, cells, limits)
    lines = opened if isinstance(opened, TextLines) else None
    return Table(header, _records(rows, header, places, len(cells), limits, on_error, lines))


def _first(rows: Iterator[Numbered]) -> Numbered:
    """The header without the empty columns at its end."""
    line, cells = next(rows)
    while not cells[-1].strip():
        cells.pop()
        if not cells:
            raise LineError(line, "no_columns", _("The first line must name the columns."))
    return line, cells


def _header(line: int, cells: Sequence[str], limits: Limits) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Names of the columns and their places; columns without a name are left out."""
    if len(cells) > limits.columns:
        raise LineError(
            line,
            "too_many_columns",
            _("There are more than %(most)s columns."),
            params={"most": limits.columns},
        )
    named = [(cell.strip(), place) for place, cell in enumerate(cells) if cell.strip()]
    names = tuple(name for name, _place in named)
    for name in names:
        if len(name) > limits.field or names.count(name) > 1:
            raise LineError(
                line,
                "duplicate_column",
                _("The column “%(name)s” appears twice."),
                params={"name": name[:60]},
            )
    return names, tuple(place for _name, place in named)


def _records(
    rows: Iterator[Numbered],
    header: tuple[str, ...],
    places: tuple[int, ...],
    width: int,
    limits: Limits,
    on_error: OnError | None,
    lines: TextLines | None,
) -> Iterator[tuple[int, dict[str, str]]]:
    """The records of rows that come from ``lines`` or, without, from a workbook."""
    straight = places == tuple(range(width))
    most, longest, count = limits.rows, limits.field, 0
    for line, cells in rows:
        count += 1
        if count > most:
            raise LineError(
                line, "too_many_rows", _("There are more than %(most)s rows."), params={"most": most}
            )
        if len(cells) != width and (error := _misfit(line, cells, width, lines is None)):
            _refuse(error, on_error)
            continue
        # Looking at each field costs a tenth of the time, and a short record has no long field.
        if (lines is None or lines.size > longest) and max(map(len, cells)) > longest:
            _refuse(_too_long(line, longest), on_error)
            continue
        yield line, dict(zip(header, cells if straight else [cells[place] for place in places], strict=False))


def _misfit(line: int, cells: list[str], width: int, padded: bool) -> LineError | None:
    """Whether the number of fields is an error; a ``padded`` row is as wide as the widest one of its sheet."""
    if len(cells) > width and not any(cells[width:]):
        return None
    if len(cells) < width and padded:
        cells.extend([""] * (width - len(cells)))
        return None
    return LineError(
        line,
        "wrong_field_count",
        _("This line has %(found)s fields, the header has %(expected)s."),
        params={"found": len(cells), "expected": width},
    )


def _refuse(error: LineError, on_error: OnError | None) -> None:
    if on_error is None:
        raise error
    on_error(error)


def _too_long(line: int, most: int) -> LineError:
    return LineError(
        line, "field_too_long", _("A field has more than %(most)s characters."), params={"most": most}
    )


def _csv_rows(lines: TextLines) -> Iterator[Numbered]:
    """Records with the number of their first line; blank lines are passed over."""
    with closing(lines):
        first = lines.peek()
        reader = csv.reader(lines, delimiter=_delimiter(first), strict=True)
        before = 0
        try:
            for cells in reader:
                lines.size, lines.pending = lines.pending, 0
                if any(cells):
                    yield before + 1, cells
                before = reader.line_num
        except LineError as error:
            error.line = before + 1 if error.code == "line_too_long" else error.line
            raise
        except csv.Error as error:
            raise _csv_error(before + 1, error, lines.limits) from None


def _delimiter(first: str) -> str:
    """The separator that splits the header most, outside quotes."""
    bare = "".join(first.split('"')[::2])
    return max(_DELIMITERS, key=bare.count)


def _csv_error(line: int, error: csv.Error, limits: Limits) -> LineError:
    if "field limit" in str(error):
        return _too_long(line, limits.field)
    return LineError(line, "bad_quotes", _("The quotes or line ends of this line are broken."))
