"""Our exact top-k reads: every query scans the keys once, and no score is kept but the best."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from memviz.bench.rounds import Answer, serve
from memviz.bench.topk import drawn, timed
from memviz.ops.topk import topk


def prepare(settings: dict[str, Any]) -> Callable[[float], Answer]:
    """Read a store of the settings' size."""
    keys, queries = drawn(settings)
    slots, scores = np.empty(settings["k"], np.int64), np.empty(settings["k"], np.float32)

    def read() -> None:
        for query in queries:
            topk(keys, query, slots, scores)

    return lambda seconds: timed(read, len(queries), seconds)


if __name__ == "__main__":
    serve(prepare)
