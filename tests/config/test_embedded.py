"""The embedded servers: started once, found again, recovered after a kill, stopped."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis

from config.embedded import current, ensure_running, postgres, redis_server, stop
from config.embedded.processes import OWN_PORTS, alive, end, free_port, read_pid, wait_until


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder of its own; its servers end with the module."""
    folder = tmp_path_factory.mktemp("embedded")
    yield folder
    stop(folder)


def postgres_pid(var: Path) -> int:
    pid = read_pid(var / "postgres" / "data" / "postmaster.pid")
    assert pid is not None
    return pid


def ask(url: str, question: str) -> object:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            row = cursor.fetchone()
            assert row is not None
            return row[0]
    finally:
        connection.close()


def test_nothing_is_known_before_the_first_start(tmp_path: Path) -> None:
    assert current(tmp_path) is None


def test_a_damaged_address_file_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "servers.json").write_text("{")
    assert current(tmp_path) is None


def test_both_answer_at_the_written_addresses(var: Path) -> None:
    addresses = ensure_running(var, durable=False)
    assert current(var) == addresses
    assert ask(addresses["database"], "SELECT current_database()") == "sharik"
    assert redis.Redis.from_url(addresses["redis"]).ping()


def test_a_second_start_changes_nothing(var: Path) -> None:
    before, pid = ensure_running(var, durable=False), postgres_pid(var)
    assert ensure_running(var, durable=False) == before
    assert postgres_pid(var) == pid


@pytest.mark.parametrize("server", [postgres, redis_server], ids=["postgres", "redis"])
def test_a_killed_server_that_cannot_start_at_once_keeps_its_address(
    var: Path, monkeypatch: pytest.MonkeyPatch, server: Any
) -> None:
    """Its last children hold its memory for a moment; whoever runs knows the old address."""
    before = ensure_running(var, durable=False)
    pid = postgres_pid(var) if server is postgres else read_pid(var / "redis" / "pid")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not alive(pid), 10)
    launch, tried = server._launch, list[int]()

    def too_early(*arguments: Any) -> Any:
        tried.append(1)
        return False if len(tried) < 3 else launch(*arguments)

    monkeypatch.setattr(server, "_launch", too_early)
    monkeypatch.setattr(server, "wait_until", lambda condition, _seconds: wait_until(condition, 1))
    assert ensure_running(var, durable=False) == before
    assert len(tried) == 3


def test_addresses_and_passwords_are_for_their_owner_only(var: Path) -> None:
    ensure_running(var, durable=False)
    for path in (var / "servers.json", var / "postgres" / "password"):
        assert path.stat().st_mode & 0o077 == 0


def test_a_wrong_password_is_refused(var: Path) -> None:
    addresses = ensure_running(var, durable=False)
    for key in ("database", "redis"):
        parts = urlsplit(addresses[key])
        stranger = parts._replace(netloc=parts.netloc.replace(str(parts.password), "wrong")).geturl()
        assert not (postgres if key == "database" else redis_server).answers(stranger)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("SHOW server_encoding", "UTF8"),
        ("SELECT datlocprovider::text FROM pg_database WHERE datname = 'sharik'", "b"),
        ("SHOW timezone", "UTC"),
        ("SHOW jit", "off"),
        ("SHOW fsync", "off"),
        ("SHOW listen_addresses", "127.0.0.1"),
    ],
)
def test_settings(var: Path, question: str, answer: str) -> None:
    assert ask(ensure_running(var, durable=False)["database"], question) == answer


def test_recovery_after_both_were_killed(tmp_path: Path) -> None:
    before = ensure_running(tmp_path)
    try:
        ask(before["database"], "CREATE TABLE kept AS SELECT 7 AS n; SELECT n FROM kept")
        broker = read_pid(tmp_path / "redis" / "pid")
        assert broker is not None
        for pid in (postgres_pid(tmp_path), broker):
            os.kill(pid, signal.SIGKILL)
            assert wait_until(lambda: not alive(pid), 10)  # noqa: B023
        after = ensure_running(tmp_path)
        assert ask(after["database"], "SELECT n FROM kept") == 7
        assert redis.Redis.from_url(after["redis"]).ping()
    finally:
        stop(tmp_path)


def test_a_stale_pid_file_never_costs_a_stranger_its_life(var: Path) -> None:
    """The number in the file of a killed server may meanwhile belong to any process."""
    ensure_running(var, durable=False)
    os.kill(postgres_pid(var), signal.SIGKILL)
    file = var / "postgres" / "data" / "postmaster.pid"
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        file.write_text(f"{stranger.pid}\n")
        ensure_running(var, durable=False)
        assert stranger.poll() is None
        assert postgres_pid(var) != stranger.pid
    finally:
        stranger.kill()
        stranger.wait()


def test_stop_ends_the_processes_and_the_next_start_keeps_the_data(var: Path) -> None:
    before, pid = ensure_running(var, durable=False), postgres_pid(var)
    ask(before["database"], "CREATE TABLE stays AS SELECT 3 AS n; SELECT n FROM stays")
    stop(var)
    assert not alive(pid)
    assert not postgres.answers(before["database"])
    assert not redis_server.answers(before["redis"])
    stop(var)
    assert ask(ensure_running(var, durable=False)["database"], "SELECT n FROM stays") == 3


def test_two_starts_at_once_make_one_server(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from config.embedded import ensure_running; "
        "print(ensure_running(pathlib.Path(sys.argv[1])))"
    )
    starts = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        first, second = (start.communicate(timeout=60)[0] for start in starts)
        assert first == second != ""
        assert ask((current(tmp_path) or {})["database"], "SHOW fsync") == "on"
    finally:
        stop(tmp_path)


def test_a_port_is_none_that_clients_of_servers_get() -> None:
    """Or a connection would take it while its server is started anew."""
    with socket.socket() as client, socket.create_server(("127.0.0.1", 0)) as server:
        client.connect(server.getsockname())
        given = client.getsockname()[1]
    for port in (free_port() for _ in range(50)):
        assert port in OWN_PORTS
    assert given not in OWN_PORTS
    kept = free_port()
    assert free_port(kept) == kept


def test_a_taken_port_is_not_given_away() -> None:
    port = free_port()
    listener = subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert wait_until(lambda: free_port(port) != port, 10)
    finally:
        end(listener.pid, signal.SIGTERM, 5)
        listener.wait()
