"""Checks that need the project loaded but no server: missing migrations, system checks, translations."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
HISTORY = "Got an error checking a consistent migration history"
CHECKS = (
    ("makemigrations", "--check", "--dry-run"),
    ("check_translations",),
)


def main() -> int:
    """Returns the exit status: 1 if a check failed. Prints what each failed one said."""
    with tempfile.TemporaryDirectory() as var:
        own = {"VAR": var, "DATABASE_URL": NOWHERE, "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
        environment = {**os.environ, **own}
        return max(_run(environment, arguments) for arguments in CHECKS)


def _run(environment: dict[str, str], arguments: tuple[str, ...]) -> int:
    if not _exists(arguments[0]):
        return 0
    result = subprocess.run(
        [sys.executable, "-W", f"ignore:{HISTORY}:RuntimeWarning", "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        sys.stdout.write(f"manage.py {' '.join(arguments)}:\n{result.stdout}{result.stderr}")
    return 1 if result.returncode else 0


def _exists(name: str) -> bool:
    return name == "makemigrations" or any(ROOT.glob(f"*/management/commands/{name}.py"))


if __name__ == "__main__":
    sys.exit(main())
