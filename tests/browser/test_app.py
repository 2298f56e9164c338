"""The whole app in a real browser: what a newcomer does, checked against what the command line says of the same run."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from memviz.contracts.trace import Trace
from memviz.ui.recipe import encode
from tests.browser.app_server import App

pytestmark = pytest.mark.browser
PICTURE = Path(__file__).parents[2] / "assets" / "lab.png"
PATIENCE = 180_000  # milliseconds; a first start compiles the kernels
ADVICE = "willReadFrequently"  # Chromium's to those who read pixels often: only this test does
# The test's own colour table of the light write ramp, noted down once: weight * 16 -> rrggbb, straight lines between.
TABLE = """fcfcfa fbebdf fadac3 f8c8a8 f4b78e f0a576 ea945f e38248 db7131
           d0631d c25609 b14c00 9f4300 8e3b00 7d3200 6c2a00 5c2200"""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The app, once for this file."""
    app = App(tmp_path_factory.mktemp("home"))
    app.start()
    yield app
    app.stop()


@pytest.fixture
def lab(app, open_page):
    """Opens a page of the app and waits for the first picture."""

    def opened(path="", **context):
        page = open_page(app.url + path, **context)
        page.allowed.append(ADVICE)
        page.set_default_timeout(PATIENCE)
        page.wait_for_function("globalThis.memvizScope?.state.trace && memvizScope.drawn > 1")
        return page

    return opened


def settle(page):
    """Wait until everything asked for has been drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def status(page, name):
    return page.evaluate(f"memvizScope.state.status?.{name}")


def wait_for_state(page, *states):
    page.wait_for_function("(states) => states.includes(memvizScope.state.status?.state)", arg=list(states))
    settle(page)


def train(page, seed=None):
    """Train the lesson preset until it is solved, by the button or with a seed; returns the run's id."""
    page.wait_for_function("memvizScope.state.connection === 'open'")
    before = status(page, "run") or ""
    if seed is None:
        page.get_by_role("button", name="Train", exact=True).click()
    else:
        recipe = {"model": "ntm", "task": "copy", "preset": "lesson", "seed": seed}
        page.evaluate("(recipe) => { memvizScope.update({ recipe }); memvizScope.actions.start(); }", recipe)
    page.wait_for_function("(before) => (memvizScope.state.status?.run ?? before) !== before", arg=before)
    wait_for_state(page, "solved")
    return status(page, "run")


def pixels(page, panel="weighting.write_weighting"):
    """What is on the canvas of a panel, (height, width, 3)."""
    size, data = page.evaluate(
        """(panel) => {
          const canvas = memvizScope.units().find((unit) => unit.panel.id === panel).canvas;
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
    page.evaluate("() => new Promise((done) => setTimeout(done, 500))")
    assert status(page, "update") == frozen


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
    page.wait_for_timeout(700)  # the link follows the address
    for query in (link.input_value().partition("/?")[2], f"run={status(page, 'run')}#u={update}"):
        assert f"u={update}" in query
        other = lab(f"?{query}")
        if query.startswith("recipe"):
            train(other)
        other.wait_for_function("(u) => memvizScope.state.trace.update === u && memvizScope.u === u", arg=update)
        assert f"u={update}" in other.evaluate("location.hash")


def test_a_model_without_a_recorded_episode_is_an_empty_state_and_no_error(lab, app, open_page):
    page = open_page(f"{app.url}?recipe={encode({'model': 'lstm', 'task': 'copy', 'preset': 'lesson', 'seed': 1})}")
    page.set_default_timeout(PATIENCE)
    page.get_by_text("no recorded episode yet").wait_for()
    assert page.get_by_role("button", name="Train", exact=True).is_visible()


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
    page.wait_for_function("memvizScope.state.trace && memvizScope.state.t === 0")
    settle(page)
    before = cells(pixels(page), 32, 17)
    assert (before[:, 1:] == before[31, 16]).all()  # paper
    page.get_by_label("Slot, 0 to").fill("5")
    page.get_by_role("button", name="Commit and reveal").click()
    page.get_by_text("The trace says").wait_for()
    page.wait_for_function("memvizScope.state.t === 1")
    page.wait_for_function("memvizScope.state.pin !== null")
    settle(page)
    assert (cells(pixels(page), 32, 17)[:, 1] != before[31, 16]).any()


def test_a_restarted_server_finds_the_run_again(tmp_path, open_page):
    app = App(tmp_path)
    app.start()
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
    page.wait_for_function("memvizScope.state.connection === 'lost' || memvizScope.state.connection === 'connecting'")
    settle(page)
    assert page.get_by_text("connection is lost").or_(page.get_by_text("Trying again")).first.is_visible()
    app.start()
    page.wait_for_function("memvizScope.state.connection === 'open'")
    page.reload()
    page.wait_for_function("globalThis.memvizScope?.state.status?.run")
    assert (status(page, "run"), status(page, "update")) == (run, update)
    assert status(page, "controls") is True
    app.stop()


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
