"""The gradient of one update: the chunks are dealt to lanes by their lengths alone, so that no thread changes a sum."""

from __future__ import annotations

import numpy as np

from memviz.contracts.model import Arrays
from memviz.training.batch import Batch
from memviz.training.config import TrainConfig
from memviz.training.setup import Setup
from memviz.training.workers import Workers


class Lanes:
    """Gradient sums (L, P) and the work arrays that fill them. One trainer's; not to be shared."""

    def __init__(self, setup: Setup, config: TrainConfig, params: np.ndarray) -> None:
        layout, task = setup.layout, setup.task
        (X, Y), T = task.widths(setup.task_config), task.steps(setup.task_config)
        self._setup = setup
        self.batch = Batch(task, setup.task_config, config.batch, config.chunk)
        self.count = min(config.lanes, len(self.batch.sizes))
        self.sums = layout.empty(self.count)
        self._params = layout.views(params)
        self._grads = [layout.views(row) for row in self.sums]
        sizes = set(self.batch.sizes)
        self._scratch = [
            {C: setup.model.scratch(setup.model_config, X, Y, T, C, np.float32) for C in sizes}
            for _ in range(self.count)
        ]
        self._scale = 1.0
        self._memory: list[np.ndarray | None] = []
        self._shares: list[list[int]] = []
        self._nats, self._wrong = [0.0] * len(self.batch.sizes), [0] * len(self.batch.sizes)

    def compute(self, key: int, memory: list[np.ndarray], workers: Workers, threads: int) -> tuple[float, int]:
        """Draw the episodes of `key` and add their gradient into `sums`; returns nats and wrong answers of all.

        `memory`: one array (C, slot, word) per chunk to start from and to leave the last memory in, or none.
        """
        self.batch.draw(key)
        self._scale = 1.0 / self.batch.answered
        self._memory = self._starts(memory)
        self._shares = shares([chunk.mask.size for chunk in self.batch.chunks], self.count)
        workers.run(self._fill, self.count, threads)
        return sum(self._nats), sum(self._wrong)

    def _starts(self, carried: list[np.ndarray]) -> list[np.ndarray | None]:
        saved = self._setup.memory
        if carried:
            return list(carried)
        if saved is not None:
            return [np.repeat(saved[None].astype(np.float32), C, axis=0) for C in self.batch.sizes]
        return [None] * len(self.batch.sizes)

    def _fill(self, lane: int) -> None:
        setup, params, grads, scratch = self._setup, self._params, self._grads[lane], self._scratch[lane]
        gradient, config, sizes = setup.model.gradient, setup.model_config, self.batch.sizes
        for i in self._shares[lane]:
            self._nats[i], self._wrong[i] = gradient(
                config, params, self.batch.chunks[i], self._scale, grads, scratch[sizes[i]], self._memory[i]
            )


def shares(work: list[int], lanes: int) -> list[list[int]]:
    """Which chunks each lane computes, in order: the longest first, each to the lane with the least to do so far.

    Chunks of one batch differ in length up to twentyfold; dealt in turn, one of two threads waited a third of its time.
    """
    dealt: list[list[int]] = [[] for _ in range(lanes)]
    loads = [0] * lanes
    for i in sorted(range(len(work)), key=work.__getitem__, reverse=True):
        lane = loads.index(min(loads))
        dealt[lane].append(i)
        loads[lane] += work[i]
    return dealt


def carried(setup: Setup, sizes: list[int], params: Arrays, before: list[np.ndarray]) -> list[np.ndarray]:
    """Memories (C, slot, word) to carry over, one per chunk: those from `before` that fit, else fresh ones."""
    fresh = setup.start_memory(params).astype(np.float32)
    kept = dict(enumerate(before))
    return [
        kept[i] if i in kept and kept[i].shape == (C, *fresh.shape) else np.repeat(fresh[None], C, axis=0)
        for i, C in enumerate(sizes)
    ]
