"""The offline page in a real browser: every key, both scrubbers, the pixels, the address, and not one console error."""

# ruff: noqa: RUF001 - formulas are written as they are shown, with Greek letters

from __future__ import annotations

import numpy as np
import pytest

from memviz.render.colours import PAPER, SEQUENTIAL, arm
from memviz.render.scope.page import page as make_page
from tests.render.frames import run
from tests.render.synthetic import ntm_trace, skill_at

pytestmark = pytest.mark.browser
UPDATES = [0, 64, 700, 850, 1000, 1650, 4000]
LAST = 20  # T - 1


@pytest.fixture(scope="module")
def frames():
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


def settle(page):
    """Wait until everything asked for has been drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def press(page, key):
    page.keyboard.press(key)
    settle(page)


def state(page, name):
    return page.evaluate(f"memvizScope.state.{name}")


def pixels(page, panel):
    """What is on the canvas of a panel, (height, width, 3)."""
    page.allowed.append("willReadFrequently")  # Chromium's advice for those who read pixels often: only this test does
    size, data = page.evaluate(
        """(panel) => {
          const canvas = document.querySelector(`canvas[data-panel="${panel}"]`);
          const image = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return [[canvas.height, canvas.width], Array.from(image.data)];
        }""",
        panel,
    )
    return np.array(data, np.uint8).reshape(*size, 4)[..., :3]


def cells(image, rows, columns):
    """The colour at the middle of every cell."""
    y = ((np.arange(rows) + 0.5) * image.shape[0] / rows).astype(int)
    x = ((np.arange(columns) + 0.5) * image.shape[1] / columns).astype(int)
    return image[np.ix_(y, x)].astype(int)


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


def test_every_key_does_what_the_help_says(scope):
    page = scope({"t": 10})
    for key, name, value in [
        ("ArrowRight", "t", 11),
        ("ArrowLeft", "t", 10),
        ("End", "t", LAST),
        ("Home", "t", 0),
        ("Shift+ArrowRight", "t", 1),
        ("Shift+ArrowLeft", "t", 0),
        ("ArrowDown", "head", "write.0"),
        ("ArrowDown", "head", "read.0"),
        ("ArrowUp", "head", "write.0"),
        ("[", "u", 1650),
        ("]", "u", 4000),
        ("g", "layer", "gradient"),
        ("g", "layer", "forward"),
        ("q", "root", True),
        ("q", "root", False),
        ("o", "order", "touched"),
        ("o", "order", "first write"),
        ("o", "order", "all"),
        ("z", "range", None),
        ("l", "projector", True),
        ("l", "projector", False),
        ("?", "help", True),
        ("Escape", "help", False),
        ("Space", "playing", True),
        ("Space", "playing", False),
    ]:
        press(page, key)
        assert state(page, name) == value, key
    listed = page.evaluate("Array.from(document.querySelectorAll('.card kbd'), (key) => key.textContent).length")
    assert listed == 19


def test_both_scrubbers_go_both_ways_by_pointer_and_by_key(scope):
    page = scope({"t": 0})
    for label, name, low, high in [("episode step t", "t", 0, LAST), ("training update u", "trace.update", 0, 4000)]:
        slider = page.get_by_role("slider", name=label)
        box = slider.bounding_box()
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 2, middle)
        page.mouse.down()
        found = []
        for share in (0.0, 0.3, 0.6, 1.0, 0.6, 0.3, 0.0):
            page.mouse.move(box["x"] + share * box["width"], middle)
            settle(page)
            found.append(state(page, name))
        page.mouse.up()
        assert found[0] == found[-1] == low
        assert found[3] == high
        assert found == found[::-1]
        slider.focus()
        page.keyboard.press("ArrowRight")
        assert state(page, name) > low
        page.keyboard.press("ArrowLeft")
        assert state(page, name) == low


def test_scrubbing_keeps_sixty_frames_a_second(scope):
    page = scope({"t": 0})
    worst = page.evaluate(
        """async () => {
          const times = [];
          for (let i = 0; i < 60; i++) {
            memvizScope.actions.setT(i % 21);
            await new Promise((done) => requestAnimationFrame(done));
            const start = performance.now();
            await new Promise((done) => requestAnimationFrame(done));
            times.push(performance.now() - start);
          }
          return times.sort((a, b) => a - b)[30];
        }"""
    )
    assert worst < 34  # the median frame; a shared machine may drop one now and then


def test_hovering_lights_the_row_in_every_panel_and_says_the_formula(scope):
    page = scope({"t": 15})
    box = page.locator('canvas[data-panel="weighting.write_weighting"]').bounding_box()
    page.mouse.move(box["x"] + box["width"] * 4.5 / 21, box["y"] + box["height"] * 4.5 / 32)
    settle(page)
    assert page.evaluate("[memvizScope.view.t, memvizScope.view.slot, memvizScope.state.t]") == [4, 4, 15]
    said = page.locator(".readout").inner_text()
    exact = f"{ntm_trace()['write_weighting'][4, 0, 4]:.7g}"
    assert said.startswith(f"write weighting [t 4, head 0, slot 4] = {exact} ")
    assert "shifted^γ / Σ" in said
    page.mouse.click(box["x"] + box["width"] * 6.5 / 21, box["y"] + box["height"] * 9.5 / 32)
    page.mouse.move(2, 2)
    settle(page)
    assert page.evaluate("[memvizScope.view.t, memvizScope.view.slot]") == [6, 9]
    press(page, "Escape")
    assert page.evaluate("memvizScope.view.slot") == 6


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


def test_replaying_the_training_walks_through_its_records(scope):
    page = scope({"t": 5})
    page.evaluate("memvizScope.actions.setSpeed(30)")
    page.get_by_role("button", name="play training").click()
    page.wait_for_function("memvizScope.state.replaying === false", timeout=15000)
    assert page.evaluate("memvizScope.u") == 4000


def test_slow_motion_walks_forward_back_and_ends(scope):
    page = scope({"t": 5})
    page.evaluate(
        """memvizScope.seen = [];
        memvizScope.walk = setInterval(() => memvizScope.seen.push(memvizScope.state.slow?.phase), 50)"""
    )
    page.evaluate("memvizScope.actions.setSpeed(16); memvizScope.actions.slowMotion()")
    page.wait_for_function("memvizScope.state.slow === null", timeout=30000)
    phases = page.evaluate("clearInterval(memvizScope.walk), [...new Set(memvizScope.seen)]")
    assert [phase for phase in phases if phase] == ["forward", "loss", "gradient", "update"]


def test_folded_shows_one_thing_and_unfolds(scope):
    page = scope({"unfolded": False, "t": 4})
    assert not page.locator(".training").is_visible()
    assert page.locator(".sentence").is_visible()
    page.get_by_role("button", name="Show everything").click()
    settle(page)
    assert page.locator(".training").is_visible()
    assert page.locator('canvas[data-panel="gates.read_gate"]').is_visible()


@pytest.mark.parametrize("unfolded", [True, False])
def test_nothing_is_wider_than_the_screen(scope, unfolded):
    page = scope({"t": 15, "unfolded": unfolded})
    for width, height in [(420, 900), (760, 1000), (1100, 800), (1920, 1080)]:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(f"memvizScope.view.width < {width}")
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_heard_stands_above_where_it_is_written_and_slots_are_level_everywhere(scope):
    page = scope({"t": 15})
    settle(page)
    names = [
        "episode.input",
        "weighting.write_weighting",
        "memory.memory",
        "weighting.read_weighting",
        "episode.output",
    ]
    boxes = {name: page.locator(f'canvas[data-panel="{name}"]').bounding_box() for name in [*names, "gates.read_gate"]}
    heard, write, memory, read, answer = (boxes[name] for name in names)
    assert heard["y"] + heard["height"] < write["y"]
    assert answer["y"] + answer["height"] < read["y"]
    assert boxes["gates.read_gate"]["y"] > read["y"] + read["height"]
    assert heard["x"] == write["x"] < memory["x"] < read["x"] == answer["x"]
    assert heard["width"] == write["width"] == read["width"] == answer["width"]
    stage = page.locator('canvas[data-panel="addressing.read_content"]').bounding_box()
    for box in (memory, read, stage):
        assert (box["y"], box["height"]) == (write["y"], write["height"])


def test_projector_type_is_half_as_large_again(scope):
    page = scope({"t": 15, "projector": True}, width=1920, height=1080)
    assert page.evaluate("getComputedStyle(document.querySelector('.memviz')).fontSize") == "21px"


def test_everything_is_reached_by_tab_with_a_visible_focus(scope):
    page = scope({"t": 5})
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        label, outline = page.evaluate(
            """() => { const e = document.activeElement;
              const name = e === document.body ? "" : e.getAttribute("aria-label") ?? e.textContent.trim().slice(0, 30);
              return [name, getComputedStyle(e).outlineStyle]; }"""
        )
        if label:
            seen.add(label)
            assert outline != "none", label
    assert {
        "episode step t",
        "training update u",
        "play episode",
        "gradient",
        "keys and help",
        "playback speed",
    } <= seen


@pytest.fixture(scope="module")
def large():
    return run([0, 4000], slots=128)


def test_a_large_memory_has_a_minimap_for_pointer_and_keys(open_page, large, tmp_path):
    path = tmp_path / "scope.html"
    path.write_text(make_page(large, "a test", {"t": 3}), encoding="utf-8")
    page = open_page(path.as_uri(), bypass_csp=True)
    page.wait_for_function("globalThis.memvizScope?.view?.trace && memvizScope.drawn > 1")
    settle(page)
    minimap = page.get_by_role("slider", name="slots in view")
    assert minimap.get_attribute("aria-valuetext") == "all 128 rows"
    box = minimap.bounding_box()
    page.mouse.click(box["x"] + 5, box["y"] + box["height"] * 0.5)
    settle(page)
    assert minimap.get_attribute("aria-valuetext") == "rows 48 to 79 of 128"
    assert page.evaluate("memvizScope.view.slots[0]") == 48  # the true index
    press(page, "PageDown")
    press(page, "ArrowUp")
    assert state(page, "range") == {"start": 79, "size": 32}
    press(page, "-")
    assert state(page, "range")["size"] == 64
    press(page, "z")
    assert minimap.get_attribute("aria-valuetext") == "all 128 rows"
    press(page, "z")
    assert page.evaluate("memvizScope.view.slots.includes(memvizScope.view.slot)")
    row = page.evaluate("memvizScope.units().find((unit) => unit.place === 'main').rect.height / 32")
    assert row >= 8


def test_a_small_memory_has_none(scope):
    page = scope({"t": 3})
    assert not page.get_by_role("slider", name="slots in view").is_visible()
