"""Cold and warm start: from the command line to the first update, and from the command line to an app that answers."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Any

from memviz.bench import serving
from memviz.bench.bars import set_knobs
from memviz.bench.rounds import BenchError
from memviz.bench.stats import Row
from memviz.bench.throughput import named
from memviz.contracts.places import kernels


def rows(recipe: Mapping[str, Any], rounds: int, cold: bool, show: Callable[[float, str], None]) -> Iterator[Row]:
    """Seconds: cold compiles every kernel into an empty folder, warm finds them there."""
    with tempfile.TemporaryDirectory() as home:
        row: Row = {"row": "start", **named(recipe)}
        if cold:
            show(0.1, "cold start: compiling every kernel")
            row["train_cold_s"] = first_update(recipe, home)
        else:
            shutil.copytree(kernels(), f"{home}/kernels")
            first_update(recipe, home)  # compiles what is still missing
        show(0.5, "warm start")
        row["train_warm_s"] = median(first_update(recipe, home) for _ in range(rounds))
        show(0.8, "the app's start")
        row["app_warm_s"] = median(app_start(home) for _ in range(rounds))
        yield row


def first_update(recipe: Mapping[str, Any], home: str) -> float:
    """Seconds from starting `memviz train` to its first update."""
    names = [recipe["model"], recipe["task"], "--preset", recipe["preset"], "--until", "1", "--json"]
    knobs = [f"{part}.{knob}={value}" for part, values in set_knobs(recipe).items() for knob, value in values.items()]
    begun = time.perf_counter()
    with serving.memviz(home, "train", *names, *(word for knob in knobs for word in ("--set", knob))) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "progress":
                return time.perf_counter() - begun
    raise BenchError("start.train: want a first update, got none (run memviz train to see why)")


def app_start(home: str) -> float:
    """Seconds from starting `memviz app` to its first answer."""
    with serving.app(home) as app:
        return app.seconds
