"""The machine's peak: single-precision matrix products by numpy's BLAS, on a given number of threads.

The parent takes OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE out of this process: where they are set, they slow numpy.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from memviz.bench.rounds import Answer, serve

SIZE = 1024


def prepare(settings: dict[str, Any]) -> Callable[[float], Answer]:
    """Multiply two fixed matrices; the thread count came with the environment, before numpy was loaded."""
    size = int(settings.get("size", SIZE))
    rng = np.random.default_rng(0)
    a, b = (rng.random((size, size), dtype=np.float32) for _ in range(2))
    out = np.empty_like(a)

    def measure(seconds: float) -> Answer:
        np.matmul(a, b, out=out)
        best, end = np.inf, time.perf_counter() + seconds
        while time.perf_counter() < end:
            started = time.perf_counter()
            np.matmul(a, b, out=out)
            best = min(best, time.perf_counter() - started)
        return {"gflops": 2 * size**3 / best / 1e9}

    return measure


if __name__ == "__main__":
    serve(prepare)
