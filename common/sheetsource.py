"""Bytes to lines of text, with limits: the lower half of ``common.sheets``."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from django.utils.translation import gettext_lazy as _

from common.errors import InputError, LineError

ENCODINGS: Final = {
    "utf-8": "utf-8-sig", "utf-16": "utf-16", "cp1256": "cp1256", "windows-1256": "cp1256",
}  # fmt: skip
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
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


class TextLines(Iterator[str]):
    """Lines of a text with their ends; ``pending`` counts the characters since the last record was complete."""

    def __init__(self, stream: BinaryIO, limits: Limits, encoding: str) -> None:
        self.limits = limits
        self.pending = 0
        self.number = 0
        self._stream = stream
        self._wide = encoding == "utf-16"
        self._encoding = encoding
        self._most = limits.record * 4
        self._left = limits.unpacked
        self._first: str | None = None
        if self._wide:
            self._text = io.TextIOWrapper(stream, "utf-16", newline="")

    def peek(self) -> str:
        """The first line, which will be read again; empty at the end."""
        self._first = next(self, "")
        return self._first

    def close(self) -> None:
        """Closes the file."""
        self._stream.close()

    def __next__(self) -> str:
        if self._first is not None:
            line, self._first = self._first, None
            if line:
                return line
        self.number += 1
        line = self._read()
        if not line:
            raise StopIteration
        if "\0" in line:
            raise LineError(self.number, "null_character", _("There is a null character in this line."))
        self.pending += len(line)
        if self.pending > self._most:
            raise self._too_long()
        return line

    def _read(self) -> str:
        try:
            line = self._text.readline(self._most) if self._wide else self._narrow()
        except UnicodeError:
            raise LineError(
                self.number,
                "wrong_encoding",
                _(
                    "This line is not %(encoding)s text. Save the file as UTF-8, or say which encoding it has."
                ),
                params={"encoding": self._encoding.removesuffix("-sig").upper()},
            ) from None
        except (OSError, EOFError, zlib.error):
            raise LineError(self.number, "damaged_gzip", _("The compressed file is damaged.")) from None
        self._left -= len(line)
        if self._left < 0:
            raise InputError(
                "unpacked_too_large",
                _("The file has more than %(most)s MB."),
                params={"most": self.limits.unpacked // 1_000_000},
            )
        return line

    def _narrow(self) -> str:
        raw = self._stream.readline(self._most + 1)
        if len(raw) > self._most:
            raise self._too_long()
        encoding = "utf-8" if self.number > 1 and self._encoding == "utf-8-sig" else self._encoding
        return raw.decode(encoding)

    def _too_long(self) -> LineError:
        return LineError(
            self.number,
            "line_too_long",
            _("This line, or a quoted field that starts before it, is too long."),
        )


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
        stream = gzip.GzipFile(fileobj=stream, mode="rb")  # type: ignore[assignment]
    return TextLines(stream, limits, _encoding(stream, encoding))


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
    if start in _UTF16_MARKS:
        return "utf-16"
    try:
        return ENCODINGS[(given or "utf-8").lower()]
    except KeyError:
        raise InputError(
            "unknown_encoding",
            _("Encodings are %(known)s."),
            params={"known": ", ".join(ENCODINGS)},
        ) from None
