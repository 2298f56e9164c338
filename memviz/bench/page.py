"""What a person meets first, in a real browser: the seconds from `memviz app` to the first picture, and scrubbing.

Scrubbing moves the step with every animation frame, as fast as the browser asks for one; a frame counts as white when
the figure's write weighting is not painted in it.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from memviz.bench import serving
from memviz.bench.stats import Row
from memviz.contracts.places import kernels

FRAMES = 120  # of one scrub
SCRUB = """(frames) => new Promise((done) => {
  const [scope, times] = [memvizScope, []];
  const canvas = () => scope.units().find((unit) => unit.panel.id === "weighting.write_weighting").canvas;
  const middle = ({ width, height }) => [width >> 1, height >> 1, 1, 1];
  const painted = () => canvas().getContext("2d").getImageData(...middle(canvas())).data[3] > 0;
  let white = 0;
  const step = (now) => {
    times.push(now);
    if (!painted()) white++;
    if (times.length > frames) return done({ gaps: times.slice(1).map((t, i) => t - times[i]), white });
    scope.actions.setT(times.length % scope.state.trace.T);
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""


def rows(rounds: int, show: Callable[[float, str], None]) -> Iterator[Row]:
    """One row: medians over the rounds. Without playwright or a Chromium it says so."""
    with serving.chromium() as browser, tempfile.TemporaryDirectory() as home:
        if browser is None:
            yield {
                "row": "page",
                "missing": "playwright (pip install playwright) or a Chromium (set MEMVIZ_CHROMIUM)",
            }
            return
        shutil.copytree(kernels(), f"{home}/kernels")
        found = []
        for index in range(rounds + 1):  # the first finds nothing in the system's file cache: it does not count
            show(index / (rounds + 1), "page: first picture and scrubbing")
            found.append(looked(browser, home))
        yield {"row": "page", **summary(found[1:])}


def looked(browser: Any, home: str) -> dict[str, Any]:
    """Start an app, open its page, and scrub."""
    begun = time.perf_counter()
    with serving.app(home) as app:
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.goto(f"http://{app.address}/")
        page.wait_for_function("globalThis.memvizScope?.view?.trace && memvizScope.drawn > 0")
        first = time.perf_counter() - begun
        page.wait_for_function("document.readyState === 'complete'")
        scrubbed = page.evaluate(SCRUB, FRAMES)
        page.close()
    return {"first": first, **scrubbed}


def summary(found: list[dict[str, Any]]) -> Row:
    """Seconds to the first picture, frames a second while scrubbing, the longest gap, how many frames were white."""
    gaps = [gap for each in found for gap in each["gaps"]]
    return {
        "first_picture_s": median(each["first"] for each in found),
        "scrub_per_s": 1000 / (sum(gaps) / len(gaps)),
        "longest_gap_ms": max(gaps),
        "white_frames": sum(each["white"] for each in found),
    }
