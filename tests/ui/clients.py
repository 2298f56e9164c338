"""What the tests of the socket share: a recipe, a run that was started over a socket, waiting for something."""

from __future__ import annotations

from tests.ui.fakes import NEWS

RECIPE = {"model": "ntm", "task": "copy", "preset": "lesson", "seed": 3}


def started(server, client):
    """Start a run and return it, once its status has come."""
    client.send(do="start", recipe=RECIPE)
    header, _ = client.next("status", lambda h: h["run"] is not None)
    return server.registry.runs[header["run"]]


def until(happened):
    """Wait for something that fakes.NEWS is told of; fails when it has not happened within 20 s."""
    with NEWS:
        assert NEWS.wait_for(happened, timeout=20)
