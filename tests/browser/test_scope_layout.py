"""How the offline page is laid out: folded, narrow, wide, for a projector; slots level in every panel."""

from __future__ import annotations

import pytest

from tests.browser.looking import settle

pytestmark = pytest.mark.browser


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
