"""``python -m bench [id,id]``: run benchmarks on servers of their own, print a table, write ``$VAR/bench.json``.

The servers start empty below ``$VAR/bench`` with the durability of production; ``OWNER_DATABASE_URL`` or
``DATABASE_URL`` names others. Exit status 2 for an unknown id, 1 when a benchmark broke (the others run all the same), else
0: a missed goal is a result, not a failure.
"""

import importlib
import os
import shutil
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.result import Result, store, table
from config.embedded import ensure_running, stop

HERE = Path(__file__).parent


def known() -> list[str]:
    """The ids of all benchmarks: the modules of this folder that define ``run()``."""
    return sorted(path.stem for path in HERE.glob("*.py") if "\ndef run() ->" in path.read_text())


@contextmanager
def servers(var: Path) -> Iterator[None]:
    """Empty servers with the application's schema, for this process and those it starts."""
    own = not {"DATABASE_URL", "OWNER_DATABASE_URL"} & set(os.environ)
    folder = var / "bench"
    if own:
        stop(folder)
        shutil.rmtree(folder, ignore_errors=True)
        ensure_running(folder)
        os.environ["VAR"] = str(folder)
    try:
        yield
    finally:
        if own:
            stop(folder)


def prepare() -> None:
    """Load Django and bring the schema up to date."""
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()
    call_command("migrate", verbosity=0)


def main(arguments: list[str]) -> int:
    """Returns the exit status."""
    every = known()
    chosen = [name for argument in arguments for name in argument.split(",") if name] or every
    unknown = sorted(set(chosen) - set(every))
    if unknown:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(every)}", file=sys.stderr)
        return 2
    var = Path(os.environ.get("VAR") or ".var").resolve()
    results: dict[str, Result] = {}
    broken: list[str] = []
    with servers(var):
        prepare()
        for name in chosen:
            print(f"{name} ...", flush=True)
            try:
                results |= importlib.import_module(f"bench.{name}").run()
            except Exception:
                traceback.print_exc()
                broken.append(name)
            store(results, var / "bench.json")
    print(table(results))
    if broken:
        print(f"Broken: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
