"""The pair of servers of one data folder: started once, found by every process, stopped by one."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def current(var: Path) -> dict[str, str] | None:
    """The addresses of the last start: ``database`` (as superuser) and ``redis``; None before the first."""
    try:
        addresses: dict[str, str] = json.loads((var / "servers.json").read_text())
    except (OSError, ValueError):
        return None
    return addresses


def ensure_running(var: Path, *, durable: bool = True) -> dict[str, str]:
    """Start what does not answer and return the addresses; safe to call from several processes at once.

    ``durable=False`` trades safety against a crash of the machine for speed (tests).
    Raises ServerFailed with the server's own log.
    """
    from config.embedded import postgres, redis_server

    with _locked(var):
        before = current(var) or {}
        database, broker = before.get("database"), before.get("redis")
        if database is None or not postgres.answers(database):
            database = postgres.start(var / "postgres", durable=durable, previous=database)
        if broker is None or not redis_server.answers(broker):
            broker = redis_server.start(var / "redis", previous=broker)
        after = {"database": database, "redis": broker}
        if after != before:
            _write(var / "servers.json", json.dumps(after, indent=1))
        return after


def stop(var: Path) -> None:
    """End both servers. The addresses stay: the next start uses the same ports where they are free."""
    from config.embedded import postgres, redis_server

    with _locked(var):
        redis_server.stop(var / "redis")
        postgres.stop(var / "postgres")


@contextmanager
def _locked(var: Path) -> Iterator[None]:
    var.mkdir(parents=True, exist_ok=True)
    with open(var / "servers.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner only: a reader sees the old addresses or the new."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.replace(path)
