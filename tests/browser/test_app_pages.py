"""The other pages and drawers of the app in a real browser: empty states, figures, a lesson, the README's picture."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from memviz.ui.recipe import encode
from tests.browser.looking import cells, pixels, settle, train

pytestmark = pytest.mark.browser
PICTURE = Path(__file__).parents[2] / "assets" / "lab.png"


def test_a_network_without_a_memory_has_a_recorded_episode_too(lab):
    page = lab(f"?recipe={encode({'model': 'lstm', 'task': 'copy', 'preset': 'lesson', 'seed': 1})}")
    assert page.get_by_role("button", name="Train", exact=True).is_visible()
    assert page.evaluate("memvizScope.state.trace.source") == "recorded"


def test_figures_are_saved_without_the_network(lab, tmp_path):
    page = lab()
    page.get_by_role("button", name="Show everything").click()
    page.get_by_text("Full-size figures", exact=True).click()
    starts = {"SVG, for a paper": b"<svg", "PNG, for a slide": b"\x89PNG", "HTML, one offline page": b"<!doctype html"}
    for name, start in starts.items():
        with page.expect_download() as saved:
            page.get_by_text(name).click()
        saved.value.save_as(tmp_path / "figure")
        assert (tmp_path / "figure").read_bytes().startswith(start)
    with page.expect_download() as saved:
        page.get_by_text("SVG, for a paper").click()
    saved.value.save_as(tmp_path / "figure.svg")
    assert "<image" not in (tmp_path / "figure.svg").read_text(encoding="utf-8")


def test_a_lesson_blanks_what_comes_and_reveals_it_after_the_guess(lab):
    page = lab()
    page.get_by_role("link", name="Learn").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_text("Which slot", exact=False).or_(page.get_by_text("To which slot", exact=False)).first.wait_for()
    page.locator(".memviz-host.veiled").wait_for()  # the lesson's scope, not the Lab's any more
    page.wait_for_function("globalThis.memvizScope?.state.trace && memvizScope.state.t === 0")
    settle(page)
    before = cells(pixels(page), 32, 17)
    assert (before[:, 1:] == before[31, 16]).all()  # paper
    page.evaluate("globalThis.before = memvizScope.state.trace")
    page.get_by_label("Slot, 0 to").fill("5")
    page.get_by_role("button", name="Commit and reveal").click()
    page.get_by_text("The trace says").wait_for()
    page.wait_for_function("memvizScope.state.trace !== before && memvizScope.state.t === 1")
    page.wait_for_function("memvizScope.state.pin !== null")
    settle(page)
    assert (cells(pixels(page), 32, 17)[:, 1] != before[31, 16]).any()


def test_the_picture_of_the_readme_can_be_drawn_anew(lab, tmp_path):
    """MEMVIZ_PICTURE=1 writes it to assets/lab.png."""
    picture = PICTURE if os.environ.get("MEMVIZ_PICTURE") else tmp_path / "lab.png"
    page = lab(width=1600, height=1060)
    train(page)
    page.get_by_role("button", name="Show everything").click()
    page.wait_for_function("memvizScope.state.unfolded")
    page.evaluate("memvizScope.actions.setT(memvizScope.state.trace.T - 5)")
    page.get_by_text("Seed", exact=True).wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
    settle(page)
    page.screenshot(path=picture)
    assert picture.stat().st_size > 10_000
