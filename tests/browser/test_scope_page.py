"""The offline page in a real browser: the pixels, the caption, the address, and not one console error."""

from __future__ import annotations

import numpy as np
import pytest

from memviz.render.colours import PAPER, SEQUENTIAL, arm
from memviz.render.scope.page import page as make_page
from tests.browser.conftest import UPDATES
from tests.browser.looking import cells, pixels, press, settle, state
from tests.render.synthetic import ntm_trace, skill_at

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pixels_of_the_write_weighting_are_the_array(scope, theme):
    page = scope({"t": 3, "theme": theme})
    table = np.rint(255 * arm(PAPER[theme], SEQUENTIAL[theme]["write"], 256)).astype(int)
    for update in (850, 4000):
        page.evaluate(f"memvizScope.actions.setU({update})")
        settle(page)
        weights = ntm_trace(skill=skill_at(update), update=update)["write_weighting"].max(1)
        wanted = table[np.rint(np.clip(weights, 0, 1).T * 255).astype(int)]
        seen = cells(pixels(page, "weighting.write_weighting"), *wanted.shape[:2])
        np.testing.assert_array_equal(seen, wanted)


def test_the_memory_on_show_is_the_memory_at_t(scope):
    page = scope({"t": 0})
    seen = []
    for t in (0, 4, 12):
        page.evaluate(f"memvizScope.actions.setT({t})")
        settle(page)
        drawn = page.evaluate("memvizScope.units().find((unit) => unit.panel.signal === 'memory').grid.data")
        values = np.array(drawn).reshape(32, 12)
        np.testing.assert_allclose(values, ntm_trace()["memory"][t], rtol=1e-6)
        seen.append(pixels(page, "memory.memory").tobytes())
    assert len(set(seen)) == 3


def test_the_page_is_whole_and_asks_for_nothing(open_page, frames, tmp_path):
    path = tmp_path / "scope.html"
    path.write_text(make_page(frames), encoding="utf-8")
    page = open_page("about:blank")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    settle(page)
    assert page.evaluate("memvizScope.state.traces.size") == len(UPDATES)
    assert asked == [path.as_uri()]


def test_it_opens_playing_and_stops_for_a_person(scope):
    page = scope()
    assert state(page, "playing")
    page.wait_for_function("memvizScope.state.t >= 2")
    press(page, "Space")
    t = state(page, "t")
    assert not state(page, "playing")
    press(page, "ArrowRight")
    assert state(page, "t") == t + 1


def test_less_motion_means_no_playing_of_its_own(scope):
    assert not state(scope(reduced_motion="reduce"), "playing")


def test_the_caption_tells_the_read_from_its_write(scope):
    page = scope({"t": 15, "head": "read.0"})
    said = page.locator(".voice").text_content()
    assert said.startswith(
        "t = 15 READ → slot 4 (1.00) written at t = 4 → output bits right · gate 0.04: it kept its place"
    )


def test_the_address_holds_the_place_and_brings_it_back(scope, tmp_path):
    page = scope({"t": 3}, hash="#u=1000&t=7&head=read.0&other=kept")
    assert page.evaluate("[memvizScope.u, memvizScope.state.t, memvizScope.state.head]") == [1000, 7, "read.0"]
    press(page, "ArrowRight")
    page.wait_for_function("location.hash.includes('t=8')")
    assert "other=kept" in page.evaluate("location.hash")
    page.evaluate("history.replaceState(null, '', location.pathname)")
    page.wait_for_function("location.hash === '#u=1000&t=8&head=read.0'")
    page.reload()
    page.wait_for_function("memvizScope?.view?.t === 8")
    assert page.evaluate("[memvizScope.u, memvizScope.state.playing]") == [1000, False]
