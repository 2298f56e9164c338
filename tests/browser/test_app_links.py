"""Reloads, links and restarts in a real browser: the run is found again, rebuilt, or watched."""

from __future__ import annotations

import re

import pytest

from tests.browser.app_server import App
from tests.browser.looking import ADVICE, PATIENCE, settle, status, train

pytestmark = pytest.mark.browser


def test_a_reload_finds_the_run_and_a_second_browser_only_watches_it(lab, app):
    page = lab()
    run = train(page)
    page.wait_for_function("(run) => location.search.includes(run)", arg=run)
    page.reload()
    page.wait_for_function("globalThis.memvizScope?.state.status?.run")
    assert status(page, "run") == run
    assert status(page, "controls") is True
    other = lab(f"?run={run}")
    other.wait_for_function("memvizScope.state.status?.run")
    assert status(other, "run") == run
    assert status(other, "controls") is False
    settle(other)
    assert other.get_by_text("You are watching").is_visible()
    assert other.get_by_role("button", name="Train on").is_disabled()
    assert page.get_by_role("button", name="Train on").is_enabled()


def test_a_recipe_link_rebuilds_the_run_bit_for_bit(lab):
    page = lab()
    train(page, seed=5)
    update = status(page, "update")
    page.get_by_role("button", name="Show everything").click()
    page.get_by_text("Share", exact=True).click()
    link = page.get_by_label("Recipe link").input_value()
    other = lab(link.partition("/?")[2].join(["?", ""]))
    train(other)
    assert status(other, "seed") == 5
    assert status(other, "update") == update
    other.wait_for_function("memvizScope.state.status.message.includes('bit for bit')")


def test_a_link_with_an_update_ends_there_once_it_is_recorded(lab):
    page = lab()
    train(page, seed=6)
    records = status(page, "records")
    update = records[len(records) // 2]
    page.evaluate("(u) => memvizScope.actions.setU(u)", update)
    page.wait_for_function("(u) => location.hash.includes(`u=${u}`)", arg=update)
    page.get_by_role("button", name="Show everything").click()
    page.get_by_text("Share", exact=True).click()
    page.wait_for_function("(u) => memvizScope.u === u", arg=update)
    link = page.get_by_label("Recipe link")
    link.wait_for()
    from playwright.sync_api import expect

    expect(link).to_have_value(re.compile(f"u={update}"), timeout=PATIENCE)  # the link follows the address
    for query in (link.input_value().partition("/?")[2], f"run={status(page, 'run')}#u={update}"):
        assert f"u={update}" in query
        other = lab(f"?{query}")
        if query.startswith("recipe"):
            train(other)
        other.wait_for_function("(u) => memvizScope.state.trace.update === u && memvizScope.u === u", arg=update)
        other.wait_for_function("(u) => location.hash.includes(`u=${u}`)", arg=update)


def test_a_restarted_server_finds_the_run_again(tmp_path, open_page):
    with App(tmp_path) as app:
        page = open_page(app.url)
        page.allowed += [
            ADVICE,
            "WebSocket",
            "ERR_CONNECTION",
            "Failed to load resource",
            "Failed to fetch",
            "server endpoint",
            "Streamlit server is not responding",
        ]
        page.set_default_timeout(PATIENCE)
        page.wait_for_function("globalThis.memvizScope?.drawn > 1")
        run = train(page)
        update = status(page, "update")
        app.stop()
        page.get_by_text("The connection is lost").wait_for()
        app.start()
        page.wait_for_function("memvizScope.state.connection === 'open'")
        page.reload()
        page.wait_for_function("globalThis.memvizScope?.state.status?.run")
        assert (status(page, "run"), status(page, "update")) == (run, update)
        assert status(page, "controls") is True
