"""Bytes to lines of text, with limits: the lower half of ``common.sheets``."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, cast

from django.utils.translation import gettext_lazy as _

from common.errors import InputError, LineError

ENCODINGS: Final = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16-le",
    "cp1256": "cp1256",
    "windows-1256": "cp1256",
}
_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_SIGNATURES: Final = {b"PK\x03\x04": "zip", b"\x1f\x8b": "gzip", b"\xd0\xcf\x11\xe0": "ole", b"%PDF": "pdf"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may ask for: sizes in bytes, ``field`` in characters, ``seconds`` of processor for a workbook."""

    file: int
    unpacked: int
    rows: int
    columns: int
    field: int
    entries: int = 1000
    ratio: int = 50
    memory: int = 300_000_000
    seconds: int = 30

    @property
    def lines(self) -> int:
        """Lines of a text: blank ones and those inside quotes cost time too."""
        return self.rows * 10 + 1000

    @property
    def record(self) -> int:
        """Characters of one record, its line breaks included."""
        return self.columns * self.field


UPLOAD: Final = Limits(file=20_000_000, unpacked=200_000_000, rows=200_000, columns=100, field=10_000)
FILE: Final = Limits(
    file=2_000_000_000,
    unpacked=20_000_000_000,
    rows=50_000_000,
    columns=200,
    field=65_536,
    memory=2_000_000_000,
    seconds=300,
)


class TextLines:
    """Lines of a text with their ends.

    ``pending`` counts the characters since the last record was complete, ``size`` is what that record had;
    the reader of records keeps them.
    """

    def __init__(self, stream: BinaryIO, limits: Limits, encoding: str) -> None:
        self.limits = limits
        self.pending = 0
        self.size = 0
        self.number = 0
        self._stream = stream
        self._encoding = encoding
        self._most = limits.record
        self._lines = self._checked()
        self._first = ""

    def peek(self) -> str:
        """The first line, which will be read again; empty at the end."""
        self._first = next(self._lines, "")
        return self._first

    def close(self) -> None:
        """Closes the file."""
        self._stream.close()

    def __iter__(self) -> Iterator[str]:
        return chain([self._first], self._lines) if self._first else self._lines

    def _checked(self) -> Iterator[str]:
        left, most, lines = self.limits.unpacked, self._most, self.limits.lines
        for line in self._wide() if self._encoding.startswith("utf-16") else self._narrow():
            self.number += 1
            if self.number > lines:
                raise LineError(self.number, "too_many_rows", _("There are too many lines."))
            if "\0" in line:
                raise LineError(self.number, "null_character", _("There is a null character in this line."))
            left -= len(line)
            if left < 0:
                raise _unpacked_too_large(self.limits)
            self.pending = pending = self.pending + len(line)
            if pending > most:
                raise self._too_long()
            yield line

    def _narrow(self) -> Iterator[str]:
        """Lines of an encoding in which a byte 10 is nothing but a line end."""
        most, encoding = self._most * 4 + 1, self._encoding
        readline = self._stream.readline
        try:
            while raw := readline(most):
                if len(raw) == most:
                    raise self._too_long(ahead=1)
                yield raw.decode(encoding)
                encoding = "utf-8" if encoding == "utf-8-sig" else encoding
        except UnicodeError:
            raise self._wrong_encoding() from None
        except (OSError, EOFError, zlib.error):
            raise self._damaged() from None

    def _wide(self) -> Iterator[str]:
        """Lines of UTF-16, where a byte 10 may be half of another character."""
        little = self._encoding == "utf-16-le"
        end, line = b"\n\0" if little else b"\0\n", bytearray()
        try:
            while piece := self._stream.readline(self._most):
                line += piece
                if little and len(line) % 2:
                    line += self._stream.read(1)
                if len(line) > self._most * 2:
                    raise self._too_long(ahead=1)
                if len(line) % 2 == 0 and line.endswith(end):
                    yield line.decode(self._encoding)
                    line.clear()
            if line:
                yield line.decode(self._encoding)
        except UnicodeError:
            raise self._wrong_encoding() from None
        except (OSError, EOFError, zlib.error):
            raise self._damaged() from None

    def _wrong_encoding(self) -> LineError:
        return LineError(
            self.number + 1,
            "wrong_encoding",
            _("This line is not %(encoding)s text. Save the file as UTF-8, or say which encoding it has."),
            params={"encoding": self._encoding.split("-sig")[0].upper()},
        )

    def _damaged(self) -> LineError:
        return LineError(self.number + 1, "damaged_gzip", _("The compressed file is damaged."))

    def _too_long(self, ahead: int = 0) -> LineError:
        message = _("This line, or a quoted field that starts before it, is too long.")
        return LineError(self.number + ahead, "line_too_long", message)


def open_lines(source: Path | BinaryIO, limits: Limits, encoding: str | None) -> TextLines | BinaryIO:
    """The lines of a text file, or the open file when it is a ZIP (a workbook)."""
    stream = source.open("rb") if isinstance(source, Path) else source
    try:
        return _opened(stream, limits, encoding)
    except BaseException:
        stream.close()
        raise


def _opened(stream: BinaryIO, limits: Limits, encoding: str | None) -> TextLines | BinaryIO:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size > limits.file:
        raise InputError(
            "file_too_large",
            _("The file has more than %(most)s MB."),
            params={"most": limits.file // 1_000_000},
        )
    kind = _kind(stream)
    if kind == "zip":
        return stream
    if kind in ("ole", "pdf"):
        raise InputError("unsupported_file", _("Give a CSV file or an XLSX workbook."))
    if kind == "gzip":
        unpacked = gzip.GzipFile(fileobj=stream, mode="rb")
        stream = io.BufferedReader(cast(io.RawIOBase, unpacked), 1 << 18)
    return TextLines(stream, limits, _encoding(stream, encoding))


def _unpacked_too_large(limits: Limits) -> InputError:
    return InputError(
        "unpacked_too_large",
        _("The file has more than %(most)s MB."),
        params={"most": limits.unpacked // 1_000_000},
    )


def _kind(stream: BinaryIO) -> str:
    start = stream.read(4)
    stream.seek(0)
    return next((kind for mark, kind in _SIGNATURES.items() if start.startswith(mark)), "text")


def _encoding(stream: BinaryIO, given: str | None) -> str:
    try:
        start = stream.read(2)
        stream.seek(0)
    except (OSError, EOFError, zlib.error):
        raise LineError(1, "damaged_gzip", _("The compressed file is damaged.")) from None
    if start in _MARKS:
        stream.seek(2)
        return _MARKS[start]
    try:
        return ENCODINGS[(given or "utf-8").lower()]
    except KeyError:
        raise InputError(
            "unknown_encoding",
            _("Encodings are %(known)s."),
            params={"known": ", ".join(ENCODINGS)},
        ) from None
