"""Prints the cells of an XLSX sheet as CSV; started by ``common.sheets`` in a process of its own.

A small hostile workbook can ask for more memory than there is (two cells in opposite corners, one long text
shared by millions of cells), and the reading library then ends the process. Here that process is this one,
under a limit.

Usage: ``python -I xlsxrows.py FILE SHEET MEMORY_BYTES CPU_SECONDS``; SHEET empty: the first one.
Each output record is the row number followed by the cells. Exit 3: no such sheet, 4: no readable workbook.
"""

import csv
import resource
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal

NO_SHEET, UNREADABLE = 3, 4


def cell(value: object) -> str:
    """A cell as text: ISO dates and times, plain decimals with the 15 digits that spreadsheets keep."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{Decimal(f'{value:.15g}'):f}"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return f"{value}"


def limit(what: int, most: int) -> None:
    """Lowers a limit of this process; one that is lower already stays."""
    hard = resource.getrlimit(what)[1]
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (allowed, allowed))


def main(path: str, sheet: str, memory: int, seconds: int) -> int:
    """Writes the rows of ``sheet`` to standard output."""
    limit(resource.RLIMIT_AS, memory)
    limit(resource.RLIMIT_CPU, seconds)
    limit(resource.RLIMIT_CORE, 0)
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        if not book.sheet_names or (sheet and sheet not in book.sheet_names):
            return NO_SHEET
        rows = book.get_sheet_by_name(sheet or book.sheet_names[0])
        write = csv.writer(sys.stdout, lineterminator="\n").writerow
        for number, row in enumerate(rows.iter_rows(), 1):
            write([number, *map(cell, row)])
    except (CalamineError, OSError):
        return UNREADABLE
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
