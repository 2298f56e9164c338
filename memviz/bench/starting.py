"""Cold and warm start: from the command line to the first update, and from the command line to an app that answers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Any

from memviz.bench.rounds import BenchError
from memviz.bench.stats import Row
from memviz.contracts.places import kernels

PATIENCE = 60.0  # seconds an app may take to answer
PORT = 8599


def rows(recipe: Mapping[str, Any], rounds: int, cold: bool, show: Callable[[float, str], None]) -> Iterator[Row]:
    """Seconds: cold compiles every kernel into an empty folder, warm finds them there."""
    with tempfile.TemporaryDirectory() as home:
        row: Row = {"row": "start", "model": recipe["model"], "task": recipe["task"]}
        if cold:
            show(0.1, "cold start: compiling every kernel")
            row["train_cold_s"] = first_update(recipe, home)
        else:
            shutil.copytree(kernels(), f"{home}/kernels")
            first_update(recipe, home)  # whatever was not compiled yet
        show(0.5, "warm start")
        row["train_warm_s"] = median(first_update(recipe, home) for _ in range(rounds))
        show(0.8, "the app's start")
        row["app_warm_s"] = median(app_answers(home) for _ in range(rounds))
        yield row


def first_update(recipe: Mapping[str, Any], home: str) -> float:
    """Seconds from starting `memviz train` to its first update."""
    names = [recipe["model"], recipe["task"], "--preset", recipe["preset"], "--until", "1", "--json"]
    begun = time.perf_counter()
    with _memviz(home, "train", *names) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "progress":
                return time.perf_counter() - begun
    raise BenchError("start.train: want a first update, got none (run memviz train to see why)")


def app_answers(home: str) -> float:
    """Seconds from starting `memviz app` to its first answer."""
    begun = time.perf_counter()
    with _memviz(home, "app", "--port", str(PORT)) as process:
        try:
            while time.perf_counter() - begun < PATIENCE and process.poll() is None:
                try:
                    with urllib.request.urlopen(f"http://localhost:{PORT}/_stcore/health", timeout=1):
                        return time.perf_counter() - begun
                except OSError:
                    time.sleep(0.01)
        finally:
            process.terminate()
    raise BenchError("start.app: want an app that answers, got none (run memviz app to see why)")


def _memviz(home: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "memviz", *arguments]
    environment = {**os.environ, "MEMVIZ_HOME": home}
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
