"""Exact top-k reads of a large key-value store: ours beside a NumPy matrix product with argpartition."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from memviz.bench.rounds import Answer, Contender, contest
from memviz.bench.stats import Row, medians, ratio
from memviz.bench.throughput import Show, best, threads_only

STORE = {"slots": 10_000, "width": 64, "k": 8}
QUERIES = 64
OURS, NUMPYS = (f"memviz.bench.contenders.{name}" for name in ("topk", "argpartition"))
TOGETHER = {"numpy_each": 1, "numpy_together": 16}  # contender -> queries that go through one product


def rows(rounds: int, seconds: float, show: Show) -> Iterator[Row]:
    """One row: numpy in whichever of its two ways is faster; everybody on one thread."""
    limits = threads_only(1)
    contenders = [Contender("core", OURS, STORE, limits)]
    for name, together in TOGETHER.items():
        contenders.append(Contender(name, NUMPYS, {**STORE, "together": together}, limits))
    answers = contest(contenders, rounds, seconds, lambda part, text: show(part, f"top k, {text}"))
    yield summary(answers)


def summary(rounds: list[dict[str, Answer]]) -> Row:
    """Medians of the rounds, in reads a second."""
    speed = medians(rounds, "per_s")
    other = best(speed, "numpy")
    row: Row = {"row": "topk", **STORE, "core_per_s": speed["core"], "numpy_per_s": speed[other]}
    return {**row, "queries_together": TOGETHER[other], "numpy_ratio": ratio(rounds, "core", other, "per_s")}


def drawn(store: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Keys (slots, width) of length 1 and queries (QUERIES, width), the same for every contender."""
    rng = np.random.default_rng(0)
    keys = rng.standard_normal((store["slots"], store["width"]), np.float32)
    queries = rng.standard_normal((QUERIES, store["width"]), np.float32)
    return keys / np.linalg.norm(keys, axis=1, keepdims=True), queries


def timed(read: Callable[[], None], queries: int, seconds: float) -> Answer:
    """Read for so long: reads a second."""
    read()
    done, spent, begun = 0, 0.0, time.perf_counter()
    while spent < seconds:
        read()
        done += queries
        spent = time.perf_counter() - begun
    return {"per_s": done / spent}
