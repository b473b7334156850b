"""Rows of a workbook, read by ``xlsxrows`` in a process with limits of its own."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from common.sheetsource import Limits
from common.xlsxrows import NO_SHEET, UNREADABLE

_SCRIPT: Final = Path(__file__).with_name("xlsxrows.py")
_REFUSED_PARTS: Final = ("vbaproject.bin", "externallinks/", "activex/", "embeddings/")


def xlsx_records(stream: BinaryIO, sheet: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """``(row number, cells)`` of a sheet, rows without content left out; closes ``stream`` at the end."""
    with stream, tempfile.NamedTemporaryFile(suffix=".xlsx") as copy:
        _check_parts(stream, limits)
        stream.seek(0)
        shutil.copyfileobj(stream, copy)
        copy.flush()
        yield from _from_process(copy.name, sheet, limits)


def _from_process(path: str, sheet: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    command = [sys.executable, "-I", str(_SCRIPT), path, sheet, str(limits.memory), str(limits.seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            with io.TextIOWrapper(cast(BinaryIO, process.stdout), "utf-8", newline="") as text:
                for row in csv.reader(text):
                    if any(row[1:]):
                        yield int(row[0]), row[1:]
            code = process.wait()
        except csv.Error:
            process.kill()
            raise _unreadable() from None
        except BaseException:
            process.kill()
            raise
    if code == NO_SHEET:
        raise InputError("no_such_sheet", _("The workbook has no such sheet."))
    if code == UNREADABLE:
        raise _unreadable()
    if code:
        raise InputError("workbook_too_large", _("The workbook is too large. Save it as CSV."))


def _check_parts(stream: BinaryIO, limits: Limits) -> None:
    """Refuses, before anything is unpacked, what no honest workbook has."""
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError):
        raise _unreadable() from None
    names = [part.filename.lower() for part in parts]
    if "[content_types].xml" not in names:
        raise InputError("unsupported_file", _("Give a CSV file or an XLSX workbook."))
    if any(refused in name for name in names for refused in _REFUSED_PARTS):
        raise InputError("unsafe_workbook", _("Workbooks with macros or links to other files are refused."))
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if len(parts) > limits.entries or unpacked > limits.unpacked or unpacked > packed * limits.ratio:
        raise InputError("unpacked_too_large", _("The workbook unpacks to too much. Save it as CSV."))


def _unreadable() -> InputError:
    return InputError("unreadable_workbook", _("The workbook can not be read."))
