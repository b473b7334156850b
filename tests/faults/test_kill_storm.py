"""Worker, Redis and PostgreSQL are killed at random while lines flow: nothing lost, nothing twice.

``STORM_LINES`` sets the size (20,000; the full storm is 200,000 lines).
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import ensure_running, stop
from config.embedded.processes import ServerFailed, read_pid

LINES = int(os.environ.get("STORM_LINES", "20000"))
CELERY = ("celery", "--app", "config")
WORKER = (
    *CELERY,
    "worker",
    "--concurrency",
    "2",
    "--loglevel",
    "error",
    "--without-gossip",
    "--without-mingle",
)


class House:
    """Servers, worker and beat of one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        hidden = ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "SHARIK_TEST_SESSION")
        self.environment = {key: value for key, value in os.environ.items() if key not in hidden} | {
            "VAR": str(folder),
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "SHARIK_LOGIN": "sharik_worker",
        }
        self.parts: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> "subprocess.Popen[bytes]":
        self.parts[name] = subprocess.Popen(
            [sys.executable, "-m", *command], env=self.environment, start_new_session=True
        )
        return self.parts[name]

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *command], env=self.environment, check=True, stdout=subprocess.PIPE
        )
        return done.stdout.decode()

    def begin(self) -> None:
        self.start("worker", *WORKER)
        self.start(
            "beat",
            *CELERY,
            "beat",
            "--schedule",
            str(self.folder / "beat"),
            "--pidfile=",
            "--loglevel",
            "error",
        )

    def kill(self, name: str) -> None:
        part = self.parts.pop(name)
        if part.poll() is None:
            os.killpg(part.pid, signal.SIGKILL)
        part.wait(10)

    def kill_server(self, pid_file: Path) -> None:
        pid = read_pid(pid_file)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                ensure_running(self.folder)
                return
            except ServerFailed:
                continue  # The last children of the killed server still hold its memory.
        raise TimeoutError("The servers did not come back.")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    ensure_running(tmp_path)
    house = House(tmp_path)
    try:
        yield house
    finally:
        for name in list(house.parts):
            house.kill(name)
        stop(tmp_path)


def test_killed_at_random_nothing_is_lost_and_nothing_counts_twice(house: House) -> None:
    house.run("tests.faults.storm", "make")
    house.begin()
    sender = house.start("sender", "tests.faults.storm", "send", str(LINES))
    pick, kills = random.Random(11), {"worker": 0, "redis": 0, "postgres": 0}
    while sender.poll() is None or min(kills.values()) == 0:
        victim = min(kills, key=lambda name: (kills[name], pick.random()))
        kills[victim] += 1
        if victim == "worker":
            house.kill("worker")
            house.start("worker", *WORKER)
        elif victim == "redis":
            house.kill_server(house.folder / "redis" / "pid")
        else:
            house.kill_server(house.folder / "postgres" / "data" / "postmaster.pid")
        try:
            sender.wait(pick.uniform(1, 4))
        except subprocess.TimeoutExpired:
            continue
    assert sender.returncode == 0
    found = json.loads(house.run("tests.faults.storm", "check", str(LINES)))
    assert found == {"credits": True, "n": True, "total": True, "met": True}
