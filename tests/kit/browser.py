"""A real browser for tests: an installed Chromium, pages on operators' hosts, and what axe says about a page."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

from config.browser import system_browser

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")
#: ``with unplug("/answer/"):`` cuts off what has an address that ends so.
Unplug = Callable[[str], AbstractContextManager[None]]


def launch(playwright: Playwright) -> Browser:
    """The system's Chromium where there is one, else the one that ``playwright install`` fetched."""
    return playwright.chromium.launch(
        executable_path=system_browser(), args=["--no-sandbox", "--disable-gpu"]
    )


def problems(page: Page) -> list[str]:
    """What axe finds serious or critical, as ``rule: selector``."""
    # What fades in has no contrast yet; endless animations cannot be finished and stay.
    page.evaluate("document.getAnimations().forEach((each) => { try { each.finish(); } catch {} })")
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate("axe.run().then((result) => result.violations)")
    return [
        f"{rule['id']}: {node['target']}"
        for rule in found
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width
