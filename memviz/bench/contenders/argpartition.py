"""Exact top-k reads as numpy has them: a matrix product, argpartition, and the few that are left sorted.

`together`: how many queries go through one product; 1 is a product of a matrix and a vector each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from memviz.bench.rounds import Answer, serve
from memviz.bench.topk import drawn, timed


def prepare(settings: dict[str, Any]) -> Callable[[float], Answer]:
    """Read a store of the settings' size."""
    keys, queries = drawn(settings)
    k, together = settings["k"], settings["together"]

    def read() -> None:
        for at in range(0, len(queries), together):
            nearest(keys, queries[at : at + together], k)

    return lambda seconds: timed(read, len(queries), seconds)


def nearest(keys: np.ndarray, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Slots and scores (B, k) of the best, best first."""
    scores = queries @ keys.T
    slots = np.argpartition(scores, -k, axis=1)[:, -k:]
    best = np.take_along_axis(scores, slots, 1)
    order = np.argsort(-best, axis=1)
    return np.take_along_axis(slots, order, 1), np.take_along_axis(best, order, 1)


if __name__ == "__main__":
    serve(prepare)
