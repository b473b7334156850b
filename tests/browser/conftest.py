"""Pages of a real browser against a real server with real transactions."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.kit.browser import launch


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a Persian browser of its own; errors of scripts and of the content policy fail the test."""
    context = chromium.new_context(locale="fa-IR", viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda message: (
            complaints.append(f"{message.text} at {message.location}") if _is_complaint(message) else None
        ),
    )
    yield opened
    context.close()
    assert complaints == []


def _is_complaint(message: Any) -> bool:
    """A refused form answers 422, which Chromium notes as a failed resource."""
    return message.type == "error" and "status of 4" not in message.text
