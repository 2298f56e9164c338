"""A server of stand-in runs, and how a test waits for one of them."""

from __future__ import annotations

import threading
from time import monotonic

from memviz.training.config import AT_WORK
from memviz.training.runs.registry import Limits, Registry
from tests.training import stand_in

MODELS, TASKS = {"double": stand_in.MODEL}, {"echo": stand_in.TASK}
RECIPE = {"model": "double", "task": "echo", "seed": 3, "knobs": {"training": {"exam_below": 0.05}}}
WAIT = 20.0  # seconds until a test gives up


def registry(home, **limits):
    return Registry(MODELS, TASKS, home, Limits(**{"training": 2, **limits}), compile=None)


def until(run, condition):
    """Wait, without sleeping, until the run's status meets a condition.

    Twice, since a run goes on while its status is read: an old rest may be told with what is new by now.
    """
    news, end = threading.Event(), monotonic() + WAIT
    leave = run.subscribe(lambda kind: news.set())
    try:
        while not (condition(run.status()) and condition(run.status())):
            assert news.wait(max(0.0, end - monotonic())), run.status()
            news.clear()
    finally:
        leave()


def at_rest(status):
    return status["state"] not in ("idle", *AT_WORK)  # one that has not begun does not rest


def carried_out(run):
    """Wait until all that the run was told is done."""
    done = threading.Event()
    run._driver.put("done", done.set)
    assert done.wait(WAIT)


def branch(run, update, of=None):
    """Begin a branch and pause it, some updates later."""
    epoch = run.epoch
    run.branch(update, of)
    run.pause()
    carried_out(run)
    assert (run.epoch, run._engine.active) == (epoch + 1, False)
    last = run.status()["update"] + 1
    run.step()
    until(run, lambda status: status["update"] == last and at_rest(status))
