"""The offline page under hand: every key, both scrubbers, the pointer, slow motion, the minimap."""

# ruff: noqa: RUF001 - formulas are written as they are shown, with Greek letters

from __future__ import annotations

import pytest

from memviz.render.scope.page import page as make_page
from tests.browser.looking import press, settle, state
from tests.render.frames import run
from tests.render.synthetic import ntm_trace

pytestmark = pytest.mark.browser
LAST = 20  # T - 1


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


def test_scrubbing_draws_every_step_in_the_very_next_frame(scope):
    page = scope({"t": 0})
    seen = page.evaluate(
        """async () => {
          const seen = [];
          for (let t = 20; t >= 0; t--) {
            const before = memvizScope.drawn;
            memvizScope.actions.setT(t);
            await new Promise((done) => requestAnimationFrame(done));
            seen.push([memvizScope.view.t, memvizScope.drawn - before]);
          }
          return seen;
        }"""
    )
    assert seen == [[t, 1] for t in range(20, -1, -1)]


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


def test_a_learning_curve_says_its_value_under_the_pointer_and_a_click_goes_there(scope):
    page = scope({"t": 3})
    curve = page.locator(".curve canvas").first
    curve.scroll_into_view_if_needed()
    box = curve.bounding_box()
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    settle(page)
    assert [said.split(":")[0] for said in page.locator(".curve-head .value").all_text_contents()] == ["u = 0"] * 3
    page.mouse.down()
    page.mouse.up()
    assert page.evaluate("memvizScope.u") == 0
    page.mouse.move(2, 2)
    settle(page)
    assert not any("u =" in said for said in page.locator(".curve-head .value").all_text_contents())


def test_replaying_the_training_walks_through_its_records(scope):
    page = scope({"t": 5})
    page.evaluate("memvizScope.actions.setSpeed(30)")
    page.get_by_role("button", name="play training").click()
    page.wait_for_function("memvizScope.state.replaying === false")
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
