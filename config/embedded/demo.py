"""``make demo``: servers, schema, demo operators, static files, then web, worker and beat until Ctrl-C."""

import fcntl
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from config.embedded import ensure_running, stop
from config.embedded.processes import ServerFailed, tail
from config.embedded.supervise import Stop, Supervisor, end_orphans, obey_signals, say

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_ANSWER = 90


class DemoFailed(RuntimeError):
    """The demo can not start; the message says why and what to do."""


def main() -> int:
    """Returns the exit status: 0 after Ctrl-C or SIGTERM, 1 where the demo could not start."""
    var = Path(os.environ.get("VAR") or ".var").resolve()
    port = int(os.environ.get("PORT") or 8000)
    var.mkdir(parents=True, exist_ok=True)
    obey_signals()
    with open(var / "demo.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(
                f"A demo runs in {var} already. Stop it, or choose another folder: make demo VAR=... PORT=..."
            )
            return 1
        try:
            end_orphans(var)
            _run(var, port)
        except Stop:
            return 0
        except (DemoFailed, ServerFailed) as failure:
            say(str(failure))
            return 1
        finally:
            stop(var)
    return 1


def _run(var: Path, port: int) -> None:
    """Does not return: ends by Stop or DemoFailed."""
    bind = os.environ.get("BIND") or "127.0.0.1"
    check_port(bind, port)
    ensure_running(var)
    environment = environment_of(var, port, bind)
    manage(environment, "migrate", "--verbosity=0")
    seed(var, environment)
    collect_static(var, environment)
    supervisor = Supervisor(ROOT, var, environment)
    try:
        supervisor.start()
        wait_for_pages(supervisor, port)
        if has_command("demo_logins"):
            manage(environment, "demo_logins")
        say(f"ready http://localhost:{port}")
        while True:
            time.sleep(0.2)
            supervisor.watch()
    finally:
        supervisor.stop()


def check_port(bind: str, port: int) -> None:
    """Raises DemoFailed where another process listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as problem:
            message = (
                f"Port {port} is taken. Stop what listens there, or choose another: make demo PORT={port + 1}"
            )
            raise DemoFailed(message) from problem


def environment_of(var: Path, port: int, bind: str) -> dict[str, str]:
    """The environment of every process of the demo."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    settings = os.environ.get("DJANGO_SETTINGS_MODULE") or "config.settings.dev"
    own = {"VAR": str(var), "PORT": str(port), "BIND": bind, "PATH": path, "DJANGO_SETTINGS_MODULE": settings}
    return {**os.environ, **own, "PYTHONUNBUFFERED": "1"}


def manage(environment: dict[str, str], *arguments: str) -> None:
    """Run a management command, in its own process group. Raises DemoFailed."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, start_new_session=True
    )
    try:
        status = process.wait()
    except Stop:
        process.terminate()
        process.wait()
        raise
    if status:
        raise DemoFailed(f"manage.py {arguments[0]} failed.")


def has_command(name: str) -> bool:
    """Whether one of our apps brings this management command."""
    return any(ROOT.glob(f"*/management/commands/{name}.py"))


def seed(var: Path, environment: dict[str, str]) -> None:
    """Load the demo operators once; the data of a later start is the user's."""
    done = var / "seeded"
    if has_command("seed_demo") and not done.exists():
        say("Loading the demo operators ...")
        manage(environment, "seed_demo")
        done.touch()


def collect_static(var: Path, environment: dict[str, str]) -> None:
    """Collect the static files where one of them changed since the last time."""
    done = var / "static.stamp"
    newest = newest_change([ROOT / "static", ROOT / ".build" / "static"])
    state = str(newest)
    if not done.exists() or done.read_text() != state:
        manage(environment, "collectstatic", "--no-input", "--clear", "--verbosity=0")
        done.write_text(state)


def newest_change(folders: Iterable[Path]) -> int:
    """When a file below the folders changed last, or a folder gained or lost one: nanoseconds of the epoch."""
    paths = [path for folder in folders for path in (folder, *folder.rglob("*")) if path.exists()]
    return max((path.stat().st_mtime_ns for path in paths), default=0)


def wait_for_pages(supervisor: Supervisor, port: int) -> None:
    """Wait until the pages answer. Raises DemoFailed with the web process's log."""
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while not _healthy(port):
        supervisor.watch()
        if time.monotonic() > deadline:
            log = next(child.log for child in supervisor.children if child.name == "web")
            raise DemoFailed(f"The pages do not answer. {log} ends with:\n{tail(log)}")
        time.sleep(0.1)


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main())
