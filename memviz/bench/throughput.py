"""Sequences a second of the core beside its torch twin, and operations a second beside the machine's peak.

A round measures every contender of a batch size once, each in its own process; ratios are taken within rounds.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sysconfig
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from memviz.bench import bars
from memviz.bench.rounds import Answer, BenchError, Contender, contest
from memviz.bench.stats import Row, medians, ratio

BATCHES = (1, 4, 16, 64)
CORE, TWIN, PEAK = (f"memviz.bench.contenders.{name}" for name in ("core", "twin", "sgemm"))
THREADS = {"one": 1, "two": 2}
# numpy's BLAS obeys these where they are set, and is slower for it
UNHINDERED = {"OPENBLAS_CORETYPE": None, "OPENBLAS_L2_SIZE": None}

Show = Callable[[float, str], None]


def sizes(recipe: Mapping[str, Any], batches: Sequence[int] = ()) -> Iterator[tuple[Mapping[str, Any], list[int]]]:
    """Itself, and where no knob is set the other sizes that bars name; each with the batches to measure."""
    yield recipe, list(batches or BATCHES)
    if not bars.set_knobs(recipe):
        found: dict[str, tuple[Mapping[str, Any], list[int]]] = {}
        for other, batch in bars.asked_for("throughput", recipe):
            if other["knobs"] and (not batches or batch in batches):
                found.setdefault(str(other["knobs"]), (other, []))[1].append(batch)
        yield from found.values()


def rows(
    recipe: Mapping[str, Any], batches: Sequence[int], rounds: int, seconds: float, compiled: bool, show: Show
) -> Iterator[Row]:
    """One row per batch size. Raises BenchError when a step is to be compiled and something for that is missing."""
    if compiled and (missing := lacking()):
        raise BenchError(f"bench.--compile: want what torch.compile needs, got no {missing} (or leave --compile out)")
    for batch in batches:
        taking_part = contenders(recipe, batch, compiled)
        answers = contest(taking_part, rounds, seconds, lambda part, text, b=batch: show(part, f"batch {b}, {text}"))
        yield summary(recipe, batch, answers)


def lacking() -> str:
    """What torch.compile needs on a CPU and this machine has not, with how to get it; "" when all is there."""
    if importlib.util.find_spec("torch") is None:
        return "torch: pip install 'memviz[torch]'"
    if not any(map(shutil.which, (os.environ.get("CXX", "g++"), "g++", "clang++"))):
        return "C++ compiler: install g++, or set CXX"
    if not Path(sysconfig.get_path("include"), "Python.h").is_file():
        return "Python.h: install python3-dev"
    return ""


def contenders(recipe: Mapping[str, Any], batch: int, compiled: bool) -> list[Contender]:
    """All of one batch size: core, twin and peak, each on one and on two threads."""
    found = []
    for name, threads in THREADS.items():
        settings = {"recipe": dict(recipe), "batch": batch, "threads": threads}
        limits = threads_only(threads)
        found.append(Contender(f"peak_{name}", PEAK, {}, {**limits, **UNHINDERED}))
        if threads <= batch:
            found.append(Contender(f"core_{name}", CORE, settings, limits))
        if importlib.util.find_spec("torch"):
            found.append(Contender(f"eager_{name}", TWIN, settings, limits))
            if compiled:
                found.append(Contender(f"compiled_{name}", TWIN, {**settings, "compile": True}, limits))
    return found


def threads_only(threads: int) -> dict[str, str]:
    """The environment in which libraries take so many threads."""
    return {variable: str(threads) for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}


def summary(recipe: Mapping[str, Any], batch: int, rounds: list[dict[str, Answer]]) -> Row:
    """The row of one batch size: medians of the rounds, each side on the thread count that suits it best."""
    speed, gflops = medians(rounds, "per_s"), medians(rounds, "gflops")
    core = best(speed, "core")
    row: Row = {
        "row": "throughput",
        **named(recipe),
        "batch": batch,
        "core_per_s": speed[core],
        "core_threads": thread_count(core),
    }
    for other in ("eager", "compiled"):
        if name := best(speed, other):
            row |= {f"{other}_per_s": speed[name], f"{other}_threads": thread_count(name)}
            row[f"{other}_ratio"] = ratio(rounds, core, name, "per_s")
    for name in THREADS:
        if f"core_{name}" in speed:
            row[f"core_{name}_per_s"] = speed[f"core_{name}"]
            row[f"gflops_{name}"] = gflops[f"core_{name}"]
            row[f"of_peak_{name}"] = ratio(rounds, f"core_{name}", f"peak_{name}", "gflops")
        row[f"peak_{name}"] = gflops[f"peak_{name}"]
    return {**row, **bars.floor(row)}


def named(recipe: Mapping[str, Any]) -> Row:
    """What a row says of the recipe that was measured."""
    knobs = bars.set_knobs(recipe)
    return {name: recipe[name] for name in ("model", "task", "preset")} | ({"knobs": knobs} if knobs else {})


def best(speed: Mapping[str, float], side: str) -> str:
    """The contender of one side that is fastest; "" when there is none."""
    names = [name for name in speed if name.startswith(side)]
    return max(names, key=speed.__getitem__, default="")


def thread_count(name: str) -> int:
    """How many threads a contender has, by its name."""
    return THREADS[name.rpartition("_")[2]]
