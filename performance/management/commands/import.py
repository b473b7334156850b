"""``import``: a CSV file or workbook of master data or transactions."""

import json
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common.mappings import load_mapping
from performance.imports.counting import count_lines
from performance.imports.kinds import KINDS
from performance.imports.running import Summary, open_file, run_import
from tenancy.access import find_operator
from tenancy.actors import system_actor
from tenancy.commands import refusals


class Command(BaseCommand):
    help = "Bring a file into an operator; prints a JSON summary last."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--operator", required=True)
        parser.add_argument("--mapping", type=Path, help="a TOML file with [columns] and [constants]")
        parser.add_argument("--dry-run", action="store_true", help="do everything and keep nothing")
        parser.add_argument("--encoding", help="of a text file that is not Unicode: windows-1256")
        parser.add_argument("--sheet", default="", help="the sheet of a workbook, else the first")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals():
            operator = find_operator(options["operator"])
            path = _readable(options["file"])
            chosen = options["mapping"]
            bar = _Bar(count_lines(path)) if sys.stderr.isatty() else None
            opened = open_file(
                KINDS[options["kind"]],
                path,
                load_mapping(_readable(chosen).read_bytes()) if chosen else None,
                encoding=options["encoding"],
                sheet=options["sheet"],
            )
            summary = run_import(
                system_actor(operator, "command:import"),
                opened,
                refused_path=_refused_path(operator.slug, options["kind"]),
                dry_run=options["dry_run"],
                progress=bar,
            )
        if bar is not None:
            bar.end()
        self.stdout.write(json.dumps(summary.as_dict(), ensure_ascii=False))
        if summary.refused or summary.error:
            sys.exit(1)


def _readable(path: Path) -> Path:
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    return path


def _refused_path(slug: str, kind: str) -> Path:
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    return Path(settings.VAR) / "imports" / slug / f"refused-{kind}-{at}.csv"


class _Bar:
    """Progress on a terminal, on one line of standard error."""

    def __init__(self, total: int | None) -> None:
        self.total = total

    def __call__(self, summary: Summary) -> None:
        share = f" {min(100, summary.read * 100 // self.total)} %" if self.total else ""
        sys.stderr.write(
            f"\r{summary.kind}:{share} {summary.read:,} lines, {summary.refused:,} refused\033[K"
        )
        sys.stderr.flush()

    def end(self) -> None:
        sys.stderr.write("\n")
