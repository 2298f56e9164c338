"""The whole app in a real browser: what a newcomer does, checked against what the command line says of the same run."""

from __future__ import annotations

import numpy as np
import pytest

from memviz.contracts.trace import Trace
from tests.browser.looking import PATIENCE, cells, pixels, settle, status, train, wait_for_state

pytestmark = pytest.mark.browser
# The test's own colour table of the light write ramp, noted down once: weight * 16 -> rrggbb, straight lines between.
TABLE = """fcfcfa fbebdf fadac3 f8c8a8 f4b78e f0a576 ea945f e38248 db7131
           d0631d c25609 b14c00 9f4300 8e3b00 7d3200 6c2a00 5c2200"""


def coloured(weights):
    """Weights as colours, by the test's own table."""
    anchors = np.array([[int(word[i : i + 2], 16) for i in (0, 2, 4)] for word in TABLE.split()])
    places = np.linspace(0, 1, len(anchors))
    return np.stack([np.interp(weights, places, anchors[:, channel]) for channel in range(3)], axis=-1)


def test_the_app_opens_with_a_recorded_episode_playing(lab):
    page = lab()
    assert page.evaluate("memvizScope.state.trace.source") == "recorded"
    assert page.evaluate("memvizScope.state.playing")
    page.wait_for_function("memvizScope.state.t >= 2")
    page.wait_for_function("memvizScope.state.connection === 'open'")
    settle(page)
    assert page.get_by_role("button", name="Train", exact=True).is_enabled()


def test_no_page_asks_anybody_else_for_anything(app, open_page):
    page = open_page("about:blank")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(app.url)
    page.wait_for_function("globalThis.memvizScope?.drawn > 1", timeout=PATIENCE)
    page.get_by_role("link", name="Learn").click()
    page.get_by_text("How an NTM copies").wait_for()
    strangers = [url for url in asked if not url.removeprefix("blob:").startswith((app.url, "data:"))]
    assert asked
    assert strangers == []


def test_train_solves_the_lesson_preset_and_both_scrubbers_go_both_ways(lab):
    page = lab()
    train(page)
    assert "Solved at update" in page.get_by_role("status").first.inner_text()
    records = status(page, "records")
    seen = []
    for u in (records[-1], records[len(records) // 2], records[0], records[len(records) // 2], records[-1]):
        page.evaluate("(u) => memvizScope.actions.setU(u)", u)
        page.wait_for_function("(u) => memvizScope.state.trace.update === u", arg=u)
        settle(page)
        seen.append(pixels(page).tobytes())
    assert seen[0] == seen[4] != seen[2]
    assert seen[1] == seen[3] != seen[2]
    last = page.evaluate("memvizScope.state.trace.T") - 1
    memory = []
    for t in (0, last, 0):
        page.evaluate("(t) => memvizScope.actions.setT(t)", t)
        settle(page)
        memory.append(pixels(page, "memory.memory").tobytes())
    assert memory[0] == memory[2] != memory[1]


def test_the_pixels_are_the_run_as_the_command_line_sees_it(app, lab, tmp_path):
    page = lab()
    run = train(page)
    wanted = page.evaluate("memvizScope.state.trace.update")
    facts = app.command("trace", app.checkpoint(run), "--out", tmp_path / "trace.safetensors")
    trace = Trace.load(tmp_path / "trace.safetensors")
    assert trace.meta["update"] == wanted == facts["update"]
    weights = trace["write_weighting"].max(1).T
    seen = cells(pixels(page), *weights.shape)
    assert weights.max() > 0.9
    assert np.abs(seen - coloured(weights)).max() <= 12
    assert np.abs(cells(np.flip(pixels(page), 0), *weights.shape) - coloured(weights)).max() > 100  # the test can fail


def test_the_wrong_bits_shown_are_those_of_the_checkpoint(app, lab, tmp_path):
    page = lab()
    run = train(page, seed=11)
    page.evaluate("memvizScope.actions.command({ do: 'rewind' })")
    page.wait_for_function("memvizScope.state.status.update === 0")
    page.evaluate("memvizScope.actions.command({ do: 'step', n: 150 })")
    page.wait_for_function("memvizScope.state.status.update === 150 && memvizScope.state.status.state === 'paused'")
    page.get_by_role("button", name="Show everything").click()
    shown = page.locator("section.run dd.value").nth(4)
    shown.wait_for()
    settle(page)
    facts = app.command("trace", app.checkpoint(run), "--out", tmp_path / "trace.safetensors")
    assert facts["update"] == 150
    assert facts["exam"]["wrong_bits"] > 0.5
    assert float(shown.inner_text()) == pytest.approx(facts["exam"]["wrong_bits"], rel=0.05)  # two digits are shown
    assert status(page, "metrics.wrong_bits") == pytest.approx(facts["exam"]["wrong_bits"])


def test_two_seeds_are_two_different_runs(lab):
    page = lab()
    frames = []
    for seed in (1, 2):
        train(page, seed)
        page.wait_for_function("memvizScope.state.trace.update === memvizScope.state.status.update")
        page.evaluate("memvizScope.actions.setT(0)")
        settle(page)
        frames.append(pixels(page, "memory.memory").tobytes())
    assert frames[0] != frames[1]


def test_a_pause_freezes_the_count(lab):
    page = lab()
    train(page, seed=3)
    page.evaluate("memvizScope.actions.command({ do: 'until', what: 'updates', n: 1000000 })")
    wait_for_state(page, "training")
    page.get_by_role("button", name="Pause", exact=True).click()
    wait_for_state(page, "paused")
    frozen = status(page, "update")
    page.evaluate("memvizScope.actions.command({ do: 'probe', update: 0 })")  # answered later than any update would be
    page.wait_for_function("[...memvizScope.state.traces.keys()].includes(0)")
    assert status(page, "update") == frozen
    page.evaluate("memvizScope.actions.command({ do: 'step', n: 1 })")
    page.wait_for_function("(frozen) => memvizScope.state.status.update > frozen", arg=frozen)
    wait_for_state(page, "paused")
    assert status(page, "update") == frozen + 1  # nothing went on meanwhile that was not told
