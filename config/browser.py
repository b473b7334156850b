"""The browser of the tests: ``python -m config.browser`` makes sure that there is one.

A Chromium of the system is used where there is one; on Debian root installs it; everybody else gets playwright's own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")


def system_browser() -> str | None:
    """The path of an installed Chromium (``CHROMIUM`` names another one), or None."""
    chosen = os.environ.get("CHROMIUM")
    return chosen or next((path for path in map(shutil.which, NAMES) if path), None)


def own_browser() -> str | None:
    """The path of playwright's own Chromium where it was installed, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def browser_path() -> str:
    """The Chromium to drive. Raises FileNotFoundError with what to do where there is none."""
    path = system_browser() or own_browser()
    if path is None:
        raise FileNotFoundError("No Chromium: run `make browser`, or set CHROMIUM to the path of one.")
    return path


def main() -> int:
    """Install a Chromium where there is none; returns the exit status."""
    if system_browser() or own_browser():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment, check=False)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if system_browser() or own_browser():
        return 0
    sys.stderr.write("No Chromium could be installed. Install one, or set CHROMIUM to its path.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
