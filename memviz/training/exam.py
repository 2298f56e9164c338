"""The exam that decides whether a task is solved: fresh episodes, drawn by seed and update, every answer right."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from memviz.contracts.model import Arrays
from memviz.contracts.task import Chunk
from memviz.training.keys import EXAM, generator
from memviz.training.setup import Setup
from memviz.training.state import Exam

BROKEN = 1e9  # nats of a network whose answers are not finite: a file's header can hold it


class Examiner:
    """Takes exams, and keeps the work arrays from one to the next."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._scratch: dict[int, Any] = {}

    def take(self, params: Arrays, update: int, memory: np.ndarray | None = None, chunks: int | None = None) -> Exam:
        """The exam of this update, or only its first `chunks`.

        `memory` (slot, word): where every episode starts, instead of the setup's.
        """
        setup = self._setup
        chunks = setup.task.exam(setup.task_config, generator(EXAM, setup.seed, update))[:chunks]
        results = [self._grade(chunk, params, memory if memory is not None else setup.memory) for chunk in chunks]
        nats, wrong = sum(nats for nats, _ in results), sum(wrong for _, wrong in results)
        nats = nats if math.isfinite(nats) else BROKEN
        sequences = sum(chunk.inputs.shape[1] for chunk in chunks)
        per_step = chunks[0].targets.shape[2] if setup.task.loss == "bits" else 1
        answered = per_step * sum(float(chunk.mask.sum()) for chunk in chunks)
        return Exam(update, sequences, int(wrong), nats / math.log(2) / sequences, nats / answered)

    def _grade(self, chunk: Chunk, params: Arrays, memory: np.ndarray | None) -> tuple[float, int]:
        setup, (T, C) = self._setup, chunk.mask.shape
        if C not in self._scratch:
            (X, Y), longest = setup.task.widths(setup.task_config), setup.task.steps(setup.task_config)
            self._scratch[C] = setup.model.scratch(setup.model_config, X, Y, max(T, longest), C, np.float32)
        start = None if memory is None else np.repeat(memory[None].astype(np.float32), C, axis=0)
        return setup.model.gradient(setup.model_config, params, chunk, 1.0, None, self._scratch[C], start)
