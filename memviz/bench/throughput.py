"""Sequences a second of the core beside its torch twin, and operations a second beside the machine's peak.

A round measures every contender of a batch size once, each in its own process; ratios are taken within rounds. A row
is void where the twin is slower than it should be on this machine, since beating a slow twin proves nothing.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from memviz.bench.rounds import Answer, Contender, interleave
from memviz.bench.stats import Row, medians, ratio
from memviz.contracts import places

BATCHES = (1, 4, 16, 64)
CORE, TWIN, PEAK = (f"memviz.bench.contenders.{name}" for name in ("core", "twin", "sgemm"))
THREADS = {"one": 1, "two": 2}
# "model task preset" -> batch -> sequences a second that the eager twin must reach on a core whose peak is FLOOR_PEAK
FLOORS = "bench-floors.json"
FLOOR_PEAK = 100.0
# numpy's BLAS obeys these where they are set, and is slower for it
UNHINDERED = {"OPENBLAS_CORETYPE": None, "OPENBLAS_L2_SIZE": None}

Show = Callable[[float, str], None]


def rows(recipe: Mapping[str, Any], rounds: int, seconds: float, compiled: bool, show: Show) -> Iterator[Row]:
    """One row per batch size."""
    for batch in BATCHES:
        contenders = start(recipe, batch, compiled)
        try:
            answers = interleave(
                contenders, rounds, seconds, lambda part, text, b=batch: show(part, f"batch {b}, {text}")
            )
        finally:
            for contender in contenders:
                contender.close()
        yield summary(recipe, batch, answers)


def start(recipe: Mapping[str, Any], batch: int, compiled: bool) -> list[Contender]:
    """All contenders of one batch size, warmed up: core, twin and peak, each on one and on two threads."""
    found = []
    for name, threads in THREADS.items():
        settings = {"recipe": dict(recipe), "batch": batch, "threads": threads}
        limits = {variable: str(threads) for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
        found.append(Contender(f"peak_{name}", PEAK, {}, {**limits, **UNHINDERED}))
        if threads <= batch:
            found.append(Contender(f"core_{name}", CORE, settings, limits))
        if importlib.util.find_spec("torch"):
            found.append(Contender(f"eager_{name}", TWIN, settings, limits))
            if compiled:
                found.append(Contender(f"compiled_{name}", TWIN, {**settings, "compile": True}, limits))
    return found


def summary(recipe: Mapping[str, Any], batch: int, rounds: list[dict[str, Answer]]) -> Row:
    """The row of one batch size: medians of the rounds, each side on the thread count that suits it best."""
    speed, gflops = medians(rounds, "per_s"), medians(rounds, "gflops")
    core = best(speed, "core")
    row: Row = {
        "row": "throughput",
        "model": recipe["model"],
        "preset": recipe["preset"],
        "batch": batch,
        "core_per_s": speed[core],
        "core_threads": _threads(core),
    }
    if any(recipe.get("knobs", {}).values()):
        row["knobs"] = recipe["knobs"]
    for other in ("eager", "compiled"):
        if name := best(speed, other):
            row |= {f"{other}_per_s": speed[name], f"{other}_threads": _threads(name)}
            row[f"{other}_ratio"] = ratio(rounds, core, name, "per_s")
    for name in THREADS:
        if f"core_{name}" in speed:
            row[f"core_{name}_per_s"] = speed[f"core_{name}"]
            row[f"gflops_{name}"] = gflops[f"core_{name}"]
            row[f"of_peak_{name}"] = ratio(rounds, f"core_{name}", f"peak_{name}", "gflops")
        row[f"peak_{name}"] = gflops[f"peak_{name}"]
    return {**row, **verdict(recipe, row)}


def best(speed: Mapping[str, float], side: str) -> str:
    """The contender of one side that is fastest; "" when there is none."""
    names = [name for name in speed if name.startswith(side)]
    return max(names, key=speed.__getitem__, default="")


def verdict(recipe: Mapping[str, Any], row: Row) -> Row:
    """Whether the twin was fast enough to be worth beating, where there is a figure for it to reach."""
    known = json.loads(places.asset(FLOORS).read_text(encoding="utf-8"))
    floor = known.get(f"{recipe['model']} {recipe['task']} {recipe['preset']}", {}).get(str(row["batch"]))
    if floor is None or any(recipe.get("knobs", {}).values()) or "eager_per_s" not in row:
        return {}
    least = floor * row["peak_one"] / FLOOR_PEAK
    return {"eager_floor": least, "void": row["eager_per_s"] < least}


def _threads(name: str) -> int:
    return THREADS[name.rpartition("_")[2]]
