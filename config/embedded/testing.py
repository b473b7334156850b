"""The servers of one pytest session: a pytest plugin, named in the root ``conftest.py``.

It is imported before Django reads its settings. The first process makes a data folder below ``$VAR/test``,
starts PostgreSQL and Redis in it and says so in the environment, where the workers of pytest-xdist find it;
pytest-django gives each worker a database of its own. At the end the servers are stopped by number and the
folder removed. Where ``DATABASE_URL`` or ``OWNER_DATABASE_URL`` names a server, that one is used instead.
"""

import atexit
import os
import secrets
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

from config.embedded import ensure_running, stop
from config.embedded.processes import alive, read_pid
from config.translations import compile_all

SESSION = "SHARIK_TEST_SESSION"


def _begin() -> None:
    if SESSION in os.environ or "DATABASE_URL" in os.environ or "OWNER_DATABASE_URL" in os.environ:
        return
    base = Path(os.environ.get("VAR", ".var")).resolve() / "test"
    _sweep(base)
    folder = base / f"{os.getpid()}-{secrets.token_hex(3)}"
    folder.mkdir(parents=True)
    (folder / "owner.pid").write_text(str(os.getpid()))
    atexit.register(_finish, folder, os.getpid())
    signal.signal(signal.SIGTERM, _leave)
    compile_all()
    ensure_running(folder, durable=False)
    os.environ[SESSION] = os.environ["VAR"] = str(folder)


def _finish(folder: Path, owner: int) -> None:
    """Runs at the end of the process that began, however its tests went; not in its forked children."""
    if os.getpid() == owner:
        stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _sweep(base: Path) -> None:
    """Stop and remove what sessions left that were killed."""
    for folder in base.iterdir() if base.exists() else ():
        pid = read_pid(folder / "owner.pid")
        if pid is not None and not alive(pid):
            stop(folder)
            shutil.rmtree(folder, ignore_errors=True)


_begin()
