"""Pages of a real browser against a real server with real transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.kit.browser import Unplug, launch


@dataclass
class Watch:
    """What the browser complained about, and the ends of addresses that a test cut off on purpose."""

    complaints: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)

    def listen(self, message: Any) -> None:
        if message.type == "error" and not self._expected(message):
            self.complaints.append(f"{message.text} at {message.location}")

    def _expected(self, message: Any) -> bool:
        """A refused form answers 422, which Chromium notes as a failed resource; what a test cut off fails as it should."""
        if "status of 4" in message.text:
            return True
        address = message.location["url"].split("?")[0]
        return "net::ERR_FAILED" in message.text and any(address.endswith(end) for end in self.cut)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def page(chromium: Browser, watch: Watch) -> Iterator[Page]:
    """A page in a Persian browser of its own; errors of scripts and of the content policy fail the test."""
    context = chromium.new_context(locale="fa-IR", viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.on("pageerror", lambda error: watch.complaints.append(str(error)))
    opened.on("console", watch.listen)
    yield opened
    context.close()
    assert watch.complaints == []


@pytest.fixture
def unplug(page: Page, watch: Watch) -> Unplug:
    """``with unplug("/answer/"):`` requests to addresses that end so do not get through."""

    @contextmanager
    def cut(end: str) -> Iterator[None]:
        watch.cut.append(end)
        page.route(f"**{end}", lambda route: route.abort())
        yield
        page.unroute(f"**{end}")

    return cut
