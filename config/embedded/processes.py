"""What both embedded servers need: free ports, waiting for a condition, ending a process by its number."""

import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

#: Linux gives out ports from 32768 on, macOS and Windows from 49152 on.
OWN_PORTS = range(20_000, 32_000)
TRIES = 50


class ServerFailed(RuntimeError):
    """An embedded server did not start; the message ends with what it wrote to its log."""


def wheel_folder(package: str) -> Path:
    """Where an installed package lies, found without running its code."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailed(f"The package {package} is not installed: run `make demo` or `make test` once.")
    return Path(spec.submodule_search_locations[0])


def free_port(preferred: int | None = None) -> int:
    """``preferred`` where nobody has it, else a free port of the loopback interface.

    It lies below those that the system gives to the clients of servers: one of them would get the port of a server that is
    away for a moment, which then came back at an address that nobody knows.
    """
    chosen = [secrets.randbelow(len(OWN_PORTS)) + OWN_PORTS.start for _ in range(TRIES)]
    for port in (*([preferred] if preferred else []), *chosen, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServerFailed("No free port on 127.0.0.1")


def ports_to_try(previous: int | None) -> Iterator[int]:
    """The former port first, again and again for a while, then others.

    Running processes know the former address, and what keeps a server from starting often passes: the last children of a
    killed one hold its memory, or its port, for some moments.
    """
    begun = time.monotonic()
    while previous and (passed := time.monotonic() - begun) < 15:
        if free_port(previous) == previous:
            yield previous
        elif passed > 3:
            break
        time.sleep(0.2)
    yield free_port()
    yield free_port()


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask ``condition`` every 20 ms until it holds; False when it does not within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    """Whether a process with this number runs; one that ended and waits for its parent does not count."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def end(pid: int, first: signal.Signals, seconds: float) -> None:
    """Ask a process to end with the signal ``first``; kill it when it has not after ``seconds``."""
    for number, patience in ((first, seconds), (signal.SIGKILL, 10.0)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if wait_until(lambda: not alive(pid), patience):
            return


def read_pid(path: Path) -> int | None:
    """The number on the first line of a pid file; None where there is none."""
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, to explain a failure."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"
