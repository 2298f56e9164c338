"""A real Chromium for the browser tests: $MEMVIZ_CHROMIUM, Playwright's own, or the system's; else a skip."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no Chromium: set MEMVIZ_CHROMIUM, run `playwright install chromium`, or install the system's"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"]


def chromium() -> str | None:
    """The browser's path: the environment's choice first, then Playwright's own, then the system's."""
    if chosen := os.environ.get("MEMVIZ_CHROMIUM"):
        return chosen
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install -e .[test])")
    with sync_api.sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for the session."""
    path = chromium()
    if path is None or not Path(path).exists():
        pytest.skip(MISSING if path is None else f"no Chromium at {path} (MEMVIZ_CHROMIUM)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """open_page(url, width=, height=, **context options) -> page. The test fails on any console error of any page.

    `page.allowed` lists texts of console errors that a test provokes on purpose.
    """
    contexts, troubles = [], []

    def opened(url: str, width: int = 1440, height: int = 1010, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.allowed = []

        def note(kind: str, text: str) -> None:
            if not any(allowed in text for allowed in page.allowed):
                troubles.append(f"{kind}: {text}")

        page.on("console", lambda message: message.type in ("error", "warning") and note(message.type, message.text))
        page.on("pageerror", lambda error: note("uncaught", f"{error}\n{error.stack}"))
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []
