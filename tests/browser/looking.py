"""What the browser tests share: waiting, pressing, training, and reading what is on a canvas."""

from __future__ import annotations

import numpy as np

PATIENCE = 180_000  # milliseconds; a first start compiles the kernels

ADVICE = "willReadFrequently"  # Chromium's to those who read pixels often: only these tests do


def settle(page):
    """Wait until all that the page knows has been drawn, also what it would have drawn a little later."""
    page.evaluate("() => globalThis.memvizScope?.update({})")  # draws with the next frame
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def press(page, key):
    page.keyboard.press(key)
    settle(page)


def state(page, name):
    return page.evaluate(f"memvizScope.state.{name}")


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
    shown = "({ u, trace, status }) => u !== null || trace.update === status.update"  # a link may ask for another u
    page.wait_for_function(f"({shown})(memvizScope.state)")
    return status(page, "run")


def pixels(page, panel="weighting.write_weighting"):
    """What is on the canvas of a panel, (height, width, 3)."""
    page.allowed.append(ADVICE)
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
