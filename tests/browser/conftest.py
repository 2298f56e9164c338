"""A real Chromium for the browser tests: $MEMVIZ_CHROMIUM, Playwright's own, or the system's; else a skip."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memviz.render.scope.page import page as make_page
from tests.browser.app_server import App
from tests.browser.looking import PATIENCE
from tests.render.frames import run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
UPDATES = [0, 64, 700, 850, 1000, 1650, 4000]  # of the recorded run
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


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The app, once for this file."""
    with App(tmp_path_factory.mktemp("home")) as app:
        yield app


@pytest.fixture
def lab(app, open_page):
    """Opens a page of the app and waits for the first picture."""

    def opened(path="", **context):
        page = open_page(app.url + path, **context)
        page.set_default_timeout(PATIENCE)
        page.wait_for_function("globalThis.memvizScope?.state.trace && memvizScope.drawn > 1")
        return page

    return opened


@pytest.fixture(scope="module")
def frames():
    """A recorded run: its traces, its curve and its status."""
    return run(UPDATES)


@pytest.fixture
def scope(open_page, frames, tmp_path):
    """A function that writes the page with some options, opens it, and waits for its first picture."""

    def opened(options=None, hash="", **context):
        path = tmp_path / "scope.html"
        path.write_text(make_page(frames, "a test", options), encoding="utf-8")
        page = open_page(f"{path.as_uri()}{hash}", **{"bypass_csp": True, **context})  # waiting evaluates text
        page.wait_for_function("globalThis.memvizScope?.view?.trace && memvizScope.drawn > 1")
        return page

    return opened
