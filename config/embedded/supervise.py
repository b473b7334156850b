"""Runs the processes of the ``Procfile``: starts them, restarts what dies, stops all of them together."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config.embedded.processes import alive, tail, wait_until

FIRST_PAUSE, LONGEST_PAUSE, HEALTHY_AFTER = 0.5, 30.0, 60.0
PATIENCE = 10.0


class Stop(BaseException):
    """Ctrl-C or SIGTERM arrived."""


@dataclass
class Child:
    """One line of the ``Procfile`` and the process that runs it, which leads a process group of its own."""

    name: str
    command: str
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = field(default=0.0)

    def start(self, cwd: Path, environment: dict[str, str]) -> None:
        """Start the command; what it writes goes to its log, which begins anew."""
        with self.log.open("wb" if not self.started else "ab") as log:
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", self.command],
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started = time.monotonic()

    def died(self, now: float) -> bool:
        """True once after each death; sets when the next start is due, later each time it dies young."""
        if self.process is None or self.process.poll() is None:
            return False
        self.pause = FIRST_PAUSE if now - self.started > HEALTHY_AFTER else min(self.pause * 2, LONGEST_PAUSE)
        self.due, self.process = now + self.pause, None
        return True


class Supervisor:
    """The processes of one demo. ``var/children.json`` says which run, for the case that we are killed."""

    def __init__(self, root: Path, var: Path, environment: dict[str, str]) -> None:
        self.root, self.var, self.environment = root, var, environment
        logs = var / "log"
        logs.mkdir(parents=True, exist_ok=True)
        lines = (root / "Procfile").read_text().splitlines()
        pairs = [line.split(":", 1) for line in lines if ":" in line and not line.startswith("#")]
        self.children = [Child(name, command.strip(), logs / f"{name}.log") for name, command in pairs]

    def start(self) -> None:
        """Start every process."""
        for child in self.children:
            child.start(self.root, self.environment)
        self._note()

    def watch(self) -> None:
        """One look at every process: says which died, and starts again what is due."""
        now = time.monotonic()
        for child in self.children:
            if child.died(now):
                say(f"{child.name} ended; next start in {child.pause:.0f} s. Its log {child.log} ends with:")
                say(tail(child.log, 5))
            if child.process is None and now >= child.due:
                child.start(self.root, self.environment)
                self._note()

    def stop(self) -> None:
        """Ask all process groups to end together, and kill those that have not after ten seconds."""
        groups = [child.process.pid for child in self.children if child.process is not None]
        end_groups(groups)
        for child in self.children:
            if child.process is not None:
                child.process.wait()
        (self.var / "children.json").unlink(missing_ok=True)

    def _note(self) -> None:
        pids = [child.process.pid for child in self.children if child.process is not None]
        (self.var / "children.json").write_text(json.dumps({str(pid): birth(pid) for pid in pids}))


def end_groups(groups: list[int]) -> None:
    """End process groups: SIGTERM, and SIGKILL for what is still there after ten seconds."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for group in groups:
            try:
                os.killpg(group, number)
            except ProcessLookupError:
                continue
        if wait_until(lambda: not any(alive(group) for group in groups), PATIENCE):
            return


def birth(pid: int) -> str:
    """When a process began, in the kernel's ticks: together with its number this names it for good."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def end_orphans(var: Path) -> None:
    """End what an earlier supervisor left that was killed itself."""
    try:
        noted: dict[str, str] = json.loads((var / "children.json").read_text())
    except (OSError, ValueError):
        return
    end_groups([int(pid) for pid, born in noted.items() if born and birth(int(pid)) == born])


def obey_signals() -> None:
    """From now on Ctrl-C and SIGTERM raise Stop, once: further ones do not disturb the stopping."""

    def leave(number: int, frame: FrameType | None) -> None:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, signal.SIG_IGN)
        raise Stop

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, leave)


def say(text: str) -> None:
    """A line for the person at the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
