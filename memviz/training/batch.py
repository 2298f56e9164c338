"""The episodes of one update: chunks of equal length, written into buffers that are reused from update to update."""

from __future__ import annotations

from typing import Any

import numpy as np

from memviz.contracts.task import Chunk, Task
from memviz.ops.kernel import kernel
from memviz.training.keys import mix


@kernel
def answers(mask):
    """How many steps (T, C) are asked for."""
    total = 0.0
    for t in range(mask.shape[0]):
        for c in range(mask.shape[1]):
            total += mask[t, c]
    return total


class Batch:
    """Buffers for B episodes; `chunks` and `answered` hold what was drawn last."""

    def __init__(self, task: Task, config: Any, batch: int, chunk: int) -> None:
        self._task, self._config = task, config
        (X, Y), T = task.widths(config), task.steps(config)
        self._per_step = Y if task.loss == "bits" else 1
        self.sizes = [min(chunk, batch - done) for done in range(0, batch, chunk)]
        self._buffers = [
            tuple(np.zeros(shape, np.float32) for shape in ((T, C, X), (T, C, Y), (T, C))) for C in self.sizes
        ]
        self._views: list[dict[int, Chunk]] = [{} for _ in self.sizes]  # by T: slicing anew costs more than drawing
        self.chunks: list[Chunk] = []
        self.answered = 0.0

    def draw(self, key: int) -> None:
        """Draw the episodes of a key: `chunks`, and `answered`, the bits (or classes) asked for in all of them."""
        self.chunks, answered = [], 0.0
        for i, (buffers, views) in enumerate(zip(self._buffers, self._views, strict=True)):
            T = self._task.sample_batch(self._config, mix(key, i), *buffers)
            chunk = views.get(T)
            if chunk is None:
                chunk = views[T] = Chunk(*(buffer[:T] for buffer in buffers))
            self.chunks.append(chunk)
            answered += answers(chunk.mask)
        self.answered = answered * self._per_step
