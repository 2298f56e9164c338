"""The numba core: whole training updates (draw, forward, backward, clip, move) on a given number of threads."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from memviz import catalog
from memviz.bench import flops
from memviz.bench.rounds import Answer, serve
from memviz.training.recipe import plan
from memviz.training.trainer import Trainer

WARM = 5  # updates before the first measurement
NEVER = {"exam_below": 0.0}  # no exam while it is measured


def prepare(settings: dict[str, Any]) -> Callable[[float], Answer]:
    """Train a recipe with the batch and threads of the settings."""
    batch, threads = int(settings["batch"]), int(settings["threads"])
    own = settings["recipe"].get("knobs", {})
    knobs = {
        **own,
        "training": {
            **own.get("training", {}),
            **NEVER,
            "batch": batch,
            "chunk": chunk_for(batch, threads),
            "lanes": threads,
        },
    }
    planned = plan({**settings["recipe"], "knobs": knobs}, catalog.models(), catalog.tasks())
    trainer = Trainer(planned.setup, planned.config, threads=threads)
    for _ in range(WARM):
        trainer.advance()
    X, _ = planned.setup.task.widths(planned.setup.task_config)
    per_step = flops.per_step(planned.setup.model, planned.setup.model_config, trainer.params, X)
    return lambda seconds: timed(trainer, seconds, per_step)


def timed(trainer: Trainer, seconds: float, per_step: int) -> Answer:
    """Train for so long: sequences a second, and 10^9 operations a second."""
    sequences, steps, spent, begun = 0, 0, 0.0, time.perf_counter()
    while spent < seconds:
        trainer.advance()
        sequences += trainer.state.config.batch
        steps += sum(chunk.mask.size for chunk in trainer.lanes.batch.chunks)
        spent = time.perf_counter() - begun
    return {"per_s": sequences / spent, "gflops": per_step * steps / spent / 1e9}


def chunk_for(batch: int, threads: int) -> int:
    """Episodes that go through the controller together: four are fastest, as long as every thread has some."""
    return max(1, min(4, batch // threads))


if __name__ == "__main__":
    serve(prepare)
