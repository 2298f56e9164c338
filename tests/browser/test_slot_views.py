"""Below the figure: how a memory manages its slots, in a real browser, each picture against its array."""

from __future__ import annotations

import numpy as np
import pytest

from memviz.render.colours import PAPER, SEQUENTIAL, arm
from memviz.render.scope.encode import trace_frame
from memviz.render.scope.page import page as make_page
from tests.browser.looking import cells, pixels, press, settle, state
from tests.render.frames import panels_of
from tests.render.managed import managed_trace

pytestmark = pytest.mark.browser
TRACE = managed_trace()
PLAIN = np.rint(255 * arm(PAPER["light"], SEQUENTIAL["light"]["plain"], 256)).astype(int)


@pytest.fixture
def page(open_page, tmp_path):
    """The page of the episode at t = 12, all its parts open."""
    path = tmp_path / "scope.html"
    frame = trace_frame(TRACE, panels_of(TRACE))
    path.write_text(make_page([frame], "a test", {"t": 12, "theme": "light"}), encoding="utf-8")
    page = open_page(path.as_uri(), bypass_csp=True)
    page.wait_for_function("globalThis.memvizScope?.view?.trace && memvizScope.drawn > 1")
    page.evaluate("for (const part of document.querySelectorAll('details.more')) part.open = true")
    page.wait_for_function("memvizScope.units().every((unit) => unit.canvas.width > 1)")
    settle(page)
    return page


def test_every_part_is_there_and_only_what_happened_is_open_at_first(open_page, tmp_path):
    path = tmp_path / "scope.html"
    path.write_text(make_page([trace_frame(TRACE, panels_of(TRACE))], "a test", {}), encoding="utf-8")
    page = open_page(path.as_uri(), bypass_csp=True)
    page.wait_for_function("globalThis.memvizScope?.view?.trace && memvizScope.drawn > 1")
    parts = page.evaluate(
        "[...document.querySelectorAll('details.more')].map((part) => [part.dataset.group, part.open])"
    )
    assert parts == [["events", True], ["usage", False], ["allocation", False], ["links", False], ["keys", False]]


def test_the_pixels_of_the_link_are_the_matrix_at_t(page):
    for t in (12, 13, 20):
        page.evaluate(f"memvizScope.actions.setT({t})")
        settle(page)
        index = np.rint(255 * TRACE["link"][t]).astype(int)
        assert np.abs(cells(pixels(page, "linkage.link"), 6, 6) - PLAIN[index]).max() <= 1


def test_the_pixels_of_the_usage_are_the_array(page):
    index = np.rint(255 * TRACE["usage"].T).astype(int)
    seen = cells(pixels(page, "usage.usage"), *index.shape)
    seen[:, 12] = PLAIN[index][:, 12]  # the cursor stands there
    assert np.abs(seen - PLAIN[index]).max() <= 1


def test_what_was_evicted_is_said_and_the_step_goes_on(page):
    evicted = next(event for event in TRACE.events if event.name == "evict")
    page.evaluate(f"memvizScope.actions.setT({evicted.t})")
    settle(page)
    said = page.text_content(".more-panel .now")
    assert said.startswith(f"t = {evicted.t}: miss")
    assert f"evict slot {evicted.slot}, item {evicted.item} (oldest)" in said
    press(page, "ArrowRight")
    assert state(page, "t") == evicted.t + 1
    assert page.text_content(".more-panel .now").startswith(f"t = {evicted.t + 1}: ")


def test_every_picture_says_its_step_in_numbers(page):
    said = dict(
        page.evaluate(
            """[...document.querySelectorAll(".more-panel")].map((panel) =>
              [panel.querySelector("canvas").dataset.panel, panel.querySelector(".now")?.textContent])"""
        )
    )
    assert all(text.startswith("t = 12: ") for text in said.values())
    usage = TRACE["usage"][12]
    assert said["usage.usage"].startswith(f"t = 12: most in slot {usage.argmax()} (")
    row, column = np.unravel_index(TRACE["link"][12].argmax(), (6, 6))
    assert f"row slot {row}, column slot {column} (" in said["linkage.link"]
    assert "the query is most like slot" in said["key_space.keys"]


def test_marks_and_points_are_drawn(page):
    for panel in ("eviction.keys", "key_space.keys"):
        image = pixels(page, panel).reshape(-1, 3)
        assert len(np.unique(image, axis=0)) > 4, panel


def test_folded_slots_are_folded_in_the_rows_and_columns_of_a_link(page):
    page.evaluate("memvizScope.actions.setT(3)")
    order = page.evaluate("memvizScope.point({ order: 'first write' }) ?? null")
    assert order is None
    settle(page)
    slots = page.evaluate("memvizScope.view.slots")
    index = np.rint(255 * TRACE["link"][3][np.ix_(slots, slots)]).astype(int)
    assert np.abs(cells(pixels(page, "linkage.link"), len(slots), len(slots)) - PLAIN[index]).max() <= 1


def over(page, panel, x, y):
    """Put the pointer on a place of a panel, in shares of its width and height; returns what is said of it."""
    canvas = page.locator(f'canvas[data-panel="{panel}"]')
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    settle(page)
    return page.locator(".tip").text_content(), page.locator(".readout").text_content()


def test_hovering_below_the_figure_says_the_value_and_moves_the_figure_along(page):
    steps, slots = TRACE["usage"].shape
    tip, readout = over(page, "usage.usage", 4.5 / steps, 2.5 / slots)
    assert page.evaluate("[memvizScope.view.t, memvizScope.view.slot, memvizScope.state.t]") == [4, 2, 12]
    assert tip == f"t = 4, slot 2: {TRACE['usage'][4, 2]:.7g}"
    assert readout.startswith("usage [t 4, slot 2] = ")
    page.mouse.down()
    page.mouse.up()
    assert [state(page, "t"), state(page, "pin")] == [4, {"slot": 2}]


def test_a_link_says_its_row_and_its_column(page):
    tip, readout = over(page, "linkage.link", 1.5 / 6, 3.5 / 6)
    assert tip == f"row slot 3, column slot 1: {TRACE['link'][12, 3, 1]:.7g}"
    assert readout.startswith("link [t 12, row slot 3, column slot 1] = ")


def test_marks_and_points_say_what_they_are(page):
    evicted = next(event for event in TRACE.events if event.name == "evict")
    steps, slots = TRACE["usage"].shape
    tip, _ = over(page, "eviction.keys", (evicted.t + 0.5) / steps, (evicted.slot + 0.5) / (slots + 1))
    assert tip.startswith(f"t = {evicted.t}, slot {evicted.slot}: ")
    assert f"evict slot {evicted.slot}" in tip
    slot = int(np.linalg.norm(TRACE["keys"][12], axis=-1).argmax())
    page.evaluate(f"memvizScope.actions.pin({slot})")
    spot = page.evaluate(
        """(slot) => {
          const { panel, width, height } = memvizScope.units().find((unit) => unit.panel.form === "scatter");
          const [x, y] = $scatter.placesOf(panel, memvizScope.view.trace, 12, width, height)[slot];
          return [x / width, y / height];
        }""",
        slot,
    )
    tip, _ = over(page, "key_space.keys", *spot)
    assert "cosine to the query" in tip
