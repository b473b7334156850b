"""Running one import: a file through its mapping into the product, with what was refused in a file of its own."""

import csv
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext as _

from common.errors import DomainError, LineError
from common.exports import defused
from common.mappings import ColumnMapping
from common.sheets import FILE, Limits, read_table
from performance.imports.columns import as_template, check_fields, guess, mapping_of
from performance.imports.kinds import ImportKind
from performance.imports.master import Part
from tenancy.actors import Actor

Progress = Callable[["Summary"], None]


@dataclass(slots=True)
class Summary:
    """What became of a file. ``read`` counts its data lines; each is created, changed, unchanged or refused."""

    kind: str
    dry_run: bool = False
    read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    refused_file: str = ""
    ignored: list[str] = field(default_factory=list)
    more: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    error: str = ""

    def add(self, part: Part) -> None:
        self.read += part.lines
        self.created += part.created
        self.changed += part.changed
        self.unchanged += part.unchanged
        self.refused += len(part.refused)
        for name, count in part.more.items():
            self.more[name] = self.more.get(name, 0) + count

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; counts of the kind itself (``accepted``, ...) stand beside the common ones."""
        return {
            "kind": self.kind,
            "dry_run": self.dry_run,
            "read": self.read,
            "created": self.created,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "refused_file": self.refused_file or None,
            **self.more,
            "ignored_columns": self.ignored,
            "seconds": round(self.seconds, 3),
            **({"error": self.error} if self.error else {}),
        }


class RefusedLines:
    """The file of refused lines: line number, reason, and the line as it came. Made with its first line."""

    def __init__(self, path: Path, header: tuple[str, ...]) -> None:
        self.path = path
        self.header = header
        self._file: TextIO | None = None

    def __enter__(self) -> "RefusedLines":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, line: int, reason: str, row: Mapping[str, str]) -> None:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            self._write([_("line"), _("reason"), *self.header])
        self._write([str(line), reason, *(row.get(name, "") for name in self.header)])

    def _write(self, cells: list[str]) -> None:
        if self._file is not None:
            csv.writer(self._file).writerow([_harmless(cell) for cell in cells])


def _harmless(cell: str) -> str:
    """Numbers stay what they are, so that a mended file can be brought in again."""
    return cell if cell.lstrip("-+").replace(".", "", 1).isdecimal() else defused(cell)


def reasons(errors: list[DomainError], labels: Mapping[str, Any] | None = None) -> str:
    """Why a line was refused, in the language that is active, with the fields to blame by name (or label)."""
    named = labels or {}
    return "; ".join(
        f"{named.get(error.field, error.field)}: {error.message}" if error.field else error.message
        for error in errors
    )


def guessed_mapping(kind: ImportKind, header: tuple[str, ...]) -> ColumnMapping:
    return mapping_of({field: as_template(name) for field, name in guess(kind.columns, header).items()}, {})


@dataclass(slots=True)
class Opened:
    """A file with its mapping, ready to be gone through once. ``held``: rows that were read and not yet reported."""

    kind: ImportKind
    header: tuple[str, ...]
    mapping: ColumnMapping
    records: Iterator[tuple[int, dict[str, Any]]]
    held: dict[int, dict[str, str]] = field(default_factory=dict)
    broken: list[LineError] = field(default_factory=list)

    @property
    def ignored(self) -> list[str]:
        used = {column for template in self.mapping.columns.values() for column in template.columns}
        return [name for name in self.header if name not in used]


def open_file(
    kind: ImportKind,
    path: Path,
    mapping: ColumnMapping | None,
    *,
    limits: Limits = FILE,
    encoding: str | None = None,
    sheet: str = "",
) -> Opened:
    """Open ``path`` and fit its columns; raises ``InputError`` or ``Invalid`` before any line is read.

    Without ``mapping`` the columns are told by their headers.
    """
    broken: list[LineError] = []
    table = read_table(path, limits=limits, encoding=encoding, sheet=sheet, on_error=broken.append)
    chosen = mapping or guessed_mapping(kind, table.header)
    check_fields(kind.columns, chosen, open_fields=kind.open_fields)
    read = chosen.compile(table.header)
    held: dict[int, dict[str, str]] = {}

    def records() -> Iterator[tuple[int, dict[str, Any]]]:
        for line, row in table:
            held[line] = row
            yield line, dict(read(row))

    return Opened(kind, table.header, chosen, records(), held, broken)


def _forget(held: dict[int, dict[str, Any]], last: int) -> None:
    """Drop the rows that were dealt with; others may have been read ahead, in another thread."""
    for line in [line for line in tuple(held) if line <= last]:
        del held[line]


def run_import(
    actor: Actor,
    opened: Opened,
    *,
    refused_path: Path,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Bring an opened file in; call it outside of any scope.

    A file that breaks in its middle keeps what was written before, and the summary has its ``error``.
    """
    actor.require(opened.kind.permission)
    began = time.monotonic()
    summary = Summary(opened.kind.name, dry_run, ignored=opened.ignored)
    with RefusedLines(refused_path, opened.header) as refused:

        def report(part: Part, last: int) -> None:
            summary.add(part)
            for line, errors in part.refused:
                refused.add(line, reasons(errors), opened.held[line])
            _forget(opened.held, last)
            summary.seconds = time.monotonic() - began
            if progress is not None:
                progress(summary)

        try:
            opened.kind.bring(actor, opened.records, dry_run=dry_run, report=report)
        except LineError as error:
            summary.error = _("Line %(line)s: %(reason)s") % {"line": error.line, "reason": error.message}
        for one in opened.broken:
            refused.add(one.line, one.message, {})
    summary.read += len(opened.broken)
    summary.refused += len(opened.broken)
    summary.refused_file = str(refused_path) if summary.refused else ""
    summary.seconds = time.monotonic() - began
    return summary
