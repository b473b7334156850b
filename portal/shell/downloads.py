"""A table as a file: CSV or XLSX with the values themselves, safe to open in a spreadsheet."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.db import models
from django.http import FileResponse, Http404
from django.utils.functional import Promise

from common import exports
from portal.shell.tables import SharikTable

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(table: SharikTable, name: str, kind: str) -> FileResponse:
    """Every row of a configured table as a file ``<name>.<kind>``; raises ``Http404`` for another kind.

    The file is written before the answer begins, so the tenant's scope is still open while rows are read.
    """
    if kind not in TYPES:
        raise Http404
    values = table.as_values(exclude_columns=table.not_exported)
    header = [str(cell) for cell in next(values)]
    rows = _plain(values, table)
    file = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=4_000_000))  # noqa: SIM115 - closed with the response
    if kind == "csv":
        exports.write_csv(file, header, rows)
    else:
        exports.write_xlsx(file, header, rows, title=name, language=table.formats.language)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.{kind}", content_type=TYPES[kind])


def _plain(rows: Iterator[Any], table: SharikTable) -> Iterator[list[Any]]:
    for row in rows:
        yield [_value(cell, table) for cell in row]


def _value(cell: Any, table: SharikTable) -> Any:
    if isinstance(cell, datetime):
        return cell.astimezone(table.formats.zone)
    if isinstance(cell, Promise | models.Model):
        return str(cell)
    return ", ".join(map(str, cell)) if isinstance(cell, list | tuple) else cell
