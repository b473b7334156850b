"""The processes of a demo: restarted when they die, ended together, ended later when their supervisor was killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.demo import DemoFailed, check_port, newest_change
from config.embedded.processes import alive, end, free_port, wait_until
from config.embedded.supervise import FIRST_PAUSE, Supervisor, birth, end_orphans

SLEEPER = "sleeper: exec sleep 600"
# Starts a process of its own and ignores the request to end.
STUBBORN = "stubborn: trap '' TERM; sleep 600 & echo $! > \"$VAR/grandchild\"; wait"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with nothing but a Procfile."""
    (tmp_path / "Procfile").write_text(f"# one process\n{SLEEPER}\n")
    return tmp_path


@pytest.fixture
def supervisor(root: Path) -> Iterator[Supervisor]:
    """A supervisor that has started its processes."""
    made = Supervisor(root, root / "var", {**os.environ, "VAR": str(root / "var")})
    made.start()
    yield made
    made.stop()


def pid_of(supervisor: Supervisor) -> int:
    process = supervisor.children[0].process
    assert process is not None
    return process.pid


def test_a_dead_process_is_started_again_after_a_pause(supervisor: Supervisor) -> None:
    first = pid_of(supervisor)
    os.kill(first, signal.SIGKILL)
    began = time.monotonic()

    def restarted() -> bool:
        supervisor.watch()
        process = supervisor.children[0].process
        return process is not None and process.pid != first

    assert wait_until(restarted, 10)
    assert time.monotonic() - began >= FIRST_PAUSE
    assert alive(pid_of(supervisor))


def test_the_pause_grows_with_each_early_death(supervisor: Supervisor) -> None:
    pauses = []
    for _ in range(2):
        os.kill(pid_of(supervisor), signal.SIGKILL)
        assert wait_until(lambda: supervisor.children[0].died(time.monotonic()), 10)
        pauses.append(supervisor.children[0].pause)
        supervisor.children[0].start(supervisor.root, supervisor.environment)
    assert pauses[1] == 2 * pauses[0]


def test_stopping_ends_everything(supervisor: Supervisor) -> None:
    pid = pid_of(supervisor)
    supervisor.stop()
    assert not alive(pid)
    assert not (supervisor.var / "children.json").exists()


def test_what_ignores_the_request_is_killed_with_its_children(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.embedded.supervise.PATIENCE", 0.5)
    (root / "Procfile").write_text(STUBBORN)
    supervisor = Supervisor(root, root / "var", {**os.environ, "VAR": str(root / "var")})
    supervisor.start()
    note = root / "var" / "grandchild"
    assert wait_until(lambda: note.exists() and note.read_text().endswith("\n"), 10)
    supervisor.stop()
    assert wait_until(lambda: not alive(int(note.read_text())), 10)


def test_what_a_killed_supervisor_left_is_ended(supervisor: Supervisor) -> None:
    pid = pid_of(supervisor)
    end_orphans(supervisor.var)
    assert wait_until(lambda: not alive(pid), 10)


def test_a_number_that_is_another_process_by_now_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "600"], start_new_session=True)
    try:
        (tmp_path / "children.json").write_text(json.dumps({str(stranger.pid): birth(stranger.pid) + "0"}))
        end_orphans(tmp_path)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(DemoFailed, match=rf"Port {port} is taken.*PORT={port + 1}"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", free_port())


def test_a_demo_does_not_start_beside_another_in_the_same_folder(tmp_path: Path) -> None:
    script = (
        "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('held'); input()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-uc", script, str(tmp_path / "demo.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        second = subprocess.run(
            [sys.executable, "-m", "config.embedded.demo"],
            env={**os.environ, "VAR": str(tmp_path), "PORT": str(free_port())},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert second.returncode == 1
        assert str(tmp_path) in second.stdout and "VAR=" in second.stdout
        assert not (tmp_path / "postgres").exists()
    finally:
        end(holder.pid, signal.SIGTERM, 5)
        holder.communicate()


def test_a_changed_static_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    file = tmp_path / "css" / "a.css"
    file.write_text("a{}")
    before = newest_change([tmp_path])
    os.utime(file, ns=(before + 10**9, before + 10**9))
    assert newest_change([tmp_path]) == before + 10**9
