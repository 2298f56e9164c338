"""What looking on costs: training speed with a viewer beside the speed without, and how old a trace is when it is seen.

Two viewers: a WebSocket client that acknowledges five times a second, and (where playwright and a Chromium are there)
a real browser on the same machine. Watched and unwatched spells take turns on one run; that of
the browser trains on one thread throughout, since the browser itself keeps a core busy.
"""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Any

from memviz.bench import serving
from memviz.bench.rounds import BenchError
from memviz.bench.stats import Row
from memviz.bench.throughput import named
from memviz.contracts.places import kernels
from memviz.render.scope.encode import unpack

SETTLE = 3000.0  # milliseconds in which a page loads what it has not shown yet: watching is measured, not opening
ACKNOWLEDGE = 0.2  # seconds between two acknowledgements
TRAIN = {"solved": False, "seconds": 3600.0}  # longer than it is measured
Spell = tuple[float, list[float]]  # sequences a second, ages of the frames seen in seconds


def rows(recipe: Mapping[str, Any], rounds: int, seconds: float, show: Callable[[float, str], None]) -> Iterator[Row]:
    """One row per kind of viewer."""
    with tempfile.TemporaryDirectory() as home:
        shutil.copytree(kernels(), f"{home}/kernels")
        with serving.app(home) as app:
            show(0.3, "viewers: client")
            client = Client(app.address, {**recipe, "until": TRAIN})
            yield told(recipe, "client", [(client.alone(seconds), client.watch(seconds)) for _ in range(rounds)])
            client.pause()
            show(0.6, "viewers: browser")
            client = Client(app.address, {**on_one_thread(recipe), "until": TRAIN})
            with serving.chromium() as browser:
                if browser is not None:
                    spells = [(client.alone(seconds), look(browser, client, seconds)) for _ in range(rounds)]
                    yield told(recipe, "browser", spells)


def on_one_thread(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """The recipe with a single lane to work on."""
    knobs = recipe.get("knobs", {})
    return {**recipe, "knobs": {**knobs, "training": {**knobs.get("training", {}), "lanes": 1}}}


def told(recipe: Mapping[str, Any], viewer: str, spells: list[tuple[float, Spell]]) -> Row:
    """The row of one viewer."""
    return {"row": "viewers", **named(recipe), "viewer": viewer, **summary(spells)}


def summary(spells: list[tuple[float, Spell]]) -> Row:
    """Medians over the spells."""
    ages = [age for _, (_, ages) in spells for age in ages]
    return {
        "alone_per_s": median(alone for alone, _ in spells),
        "watched_per_s": median(watched for _, (watched, _) in spells),
        "watched_share": median(watched / alone for alone, (watched, _) in spells),
        "age_ms": 1000 * median(ages) if ages else None,
        "frames": len(ages),
    }


class Client:
    """Starts a run, and watches it or does not."""

    def __init__(self, address: str, recipe: Mapping[str, Any]) -> None:
        self.address = address
        self.owner = secrets.token_hex(16)
        self.run = "new"
        with self._socket() as socket:
            socket.send(json.dumps({"do": "start", "recipe": recipe}))
            while True:
                header, _ = unpack(socket.recv())
                if header["type"] == "error":
                    raise BenchError(f"viewers: want a run, got {header['message']} ({header['remedy']})")
                if header["type"] == "status" and header.get("run") and header["update"] > 0:
                    self.run = header["run"]
                    return

    def pause(self) -> None:
        """Let the run rest."""
        with self._socket() as socket:
            socket.send(json.dumps({"do": "pause"}))
            while True:
                header, _ = unpack(socket.recv())
                if header["type"] == "status" and header["state"] == "paused":
                    return

    def alone(self, seconds: float) -> float:
        """Sequences a second while nobody is connected."""
        begun, before = self.count()
        time.sleep(seconds)
        ended, after = self.count()
        return (after - before) / (ended - begun)

    def watch(self, seconds: float) -> Spell:
        """Sequences a second while a trace comes after every acknowledgement, and how old each was on arrival."""
        ages: list[float] = []
        begun, before = self.count()
        with self._socket() as socket:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                header, _ = unpack(socket.recv())
                if header["type"] == "trace":
                    ages.append(time.time() - header["published"])
                    time.sleep(ACKNOWLEDGE)
                    socket.send(json.dumps({"do": "ack", "v": header["v"]}))
        ended, after = self.count()
        return (after - before) / (ended - begun), ages

    def count(self) -> tuple[float, int]:
        """Now, and the sequences the run has seen."""
        with self._socket() as socket:
            while True:
                header, _ = unpack(socket.recv())
                if header["type"] == "status":
                    return time.monotonic(), int(header["sequences"])

    def _socket(self) -> Any:
        from websockets.sync.client import connect  # comes with Streamlit

        socket = connect(f"ws://{self.address}/memviz/ws/{self.run}", max_size=None)
        socket.send(json.dumps({"do": "hello", "owner": self.owner}))
        return socket


def look(browser: Any, client: Client, seconds: float) -> Spell:
    """Sequences a second while a page of the browser shows the client's run, and how old each picture was."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.goto(f"http://{client.address}/?run={client.run}")
    page.wait_for_function("globalThis.memvizScope?.marks.length > 0")
    page.wait_for_timeout(SETTLE)
    begun, before = client.count()
    page.wait_for_timeout(1000 * seconds)
    ended, after = client.count()
    ages = page.evaluate("globalThis.memvizScope.marks")
    page.close()
    return (after - before) / (ended - begun), ages
