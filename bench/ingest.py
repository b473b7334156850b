"""Lines per second from a file until every KPI has counted them, against ``COPY`` of the same lines into one table."""

import io
import os
import statistics
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg2

from bench.feeding import FIELDS, add_kpis, make_operator, wait_until_counted, worker, write_csv
from bench.result import Result

LINES, ROUNDS = 100_000, 3
_TABLE = f"""
drop table if exists bench_plain;
create table bench_plain ({", ".join(f"{name} text" for name in FIELDS[:-2])}, quantity numeric, amount numeric);
create unique index on bench_plain (source, external_id)
"""


def copy_plain(path: Path) -> float:
    """Seconds of ``COPY`` into a table with one unique index, by the owner."""
    from django.db import connections

    parameters = connections["owner"].get_connection_params()
    parameters.pop("cursor_factory", None)
    plain = psycopg2.connect(**parameters)
    with plain, plain.cursor() as cursor:
        cursor.execute(_TABLE)
    text = io.StringIO(path.read_text())
    start = perf_counter()
    with plain, plain.cursor() as cursor:
        cursor.copy_expert("copy bench_plain from stdin with (format csv, header)", text)
    took = perf_counter() - start
    plain.close()
    return took


def whole_way(actor: Any, path: Path) -> float:
    """Seconds from the file to the last measurement."""
    from common.sheets import read_table
    from performance.feed.intake import receive_file

    start = perf_counter()
    receipt = receive_file(actor, read_table(path), channel="file")
    if receipt.accepted != LINES:
        raise ValueError(f"{receipt.accepted} of {LINES} lines were accepted")
    wait_until_counted(actor)
    return perf_counter() - start


def run() -> dict[str, Result]:
    """Best of each; ``runs`` are the ratios of the rounds."""
    ours, theirs = [], []
    path = Path(os.environ["VAR"]) / "lines.csv"
    actor = make_operator("ingest")
    add_kpis(actor)
    with worker():
        for number in range(ROUNDS):
            write_csv(path, LINES, number * LINES)
            theirs.append(LINES / copy_plain(path))
            ours.append(LINES / whole_way(actor, path))
    ratios = [round(a / b, 4) for a, b in zip(ours, theirs, strict=True)]
    print(f"  {max(ours):,.0f} lines/s against {max(theirs):,.0f}; median ratio {statistics.median(ratios)}")
    return {"ingest": Result(round(max(ours) / max(theirs), 4), 0.20, "ratio", "higher", ratios)}
