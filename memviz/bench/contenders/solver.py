"""One seed, from scratch until it is solved, and on for so many sequences; then an exam at lengths it never saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from memviz import catalog
from memviz.bench.rounds import Answer, serve
from memviz.contracts.task import Chunk
from memviz.training.loop import drive
from memviz.training.recipe import plan
from memviz.training.setup import Setup
from memviz.training.trainer import Trainer

SEQUENCES = 50  # of every length that it never saw
CHUNK = 5  # of them at a time: a long episode's work arrays are large


def prepare(settings: dict[str, Any]) -> Callable[[float], Answer]:
    """Solve the recipe; the seconds it is sent are the most it may train."""
    planned = plan(settings["recipe"], catalog.models(), catalog.tasks())

    def measure(seconds: float) -> Answer:
        trainer = Trainer(planned.setup, planned.config)
        for _ in drive(trainer, replace(planned.until, seconds=seconds)):
            pass
        state, exam = trainer.state, trainer.exam()
        return {
            "seed": planned.setup.seed,
            "solved": state.solved is not None,
            "sequences": state.solved.sequences if state.solved else state.sequences,
            "seconds": state.solved.seconds if state.solved else state.seconds,
            "all_sequences": state.sequences,
            "all_seconds": state.seconds,
            "wrong_bits": exam.wrong_bits / exam.sequences,
            "unseen": {length: unseen(trainer, int(length)) for length in settings.get("lengths", ())},
        }

    return measure


def unseen(trainer: Trainer, length: int) -> int:
    """Wrong bits over the sequences of one length, drawn by the length alone."""
    setup, rng = trainer.setup, np.random.default_rng(length)
    chunks = [chunk(setup, length, rng) for _ in range(SEQUENCES // CHUNK)]
    X, Y = setup.task.widths(setup.task_config)
    scratch = setup.model.scratch(setup.model_config, X, Y, len(chunks[0].mask), CHUNK, np.float32)
    graded = (setup.model.gradient(setup.model_config, trainer.params, one, 1.0, None, scratch, None) for one in chunks)
    return int(sum(wrong for _, wrong in graded))


def chunk(setup: Setup, length: int, rng: np.random.Generator) -> Chunk:
    """Some episodes of one length, side by side."""
    episodes = [setup.task.sample(setup.task_config, rng, length) for _ in range(CHUNK)]
    stacked = (np.stack([getattr(one, name) for one in episodes], 1) for name in ("inputs", "targets", "mask"))
    return Chunk(*(np.ascontiguousarray(array, np.float32) for array in stacked))


if __name__ == "__main__":
    serve(prepare)
