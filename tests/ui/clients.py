"""What the tests of the socket share: a recipe, a run that was started over a socket, waiting for something."""

from __future__ import annotations

import time

RECIPE = {"model": "ntm", "task": "copy", "preset": "lesson", "seed": 3}


def started(server, client):
    """Start a run and return it, once its status has come."""
    client.send(do="start", recipe=RECIPE)
    header, _ = client.next("status", lambda h: h["run"] is not None)
    return server.registry.runs[header["run"]]


def until(happened):
    """Look again and again, for what tells nobody when it happens; fails when it has not within 20 s."""
    end = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)
