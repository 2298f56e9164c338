"""The torch twin: the same updates with the whole batch at once, eager or with its step compiled.

Compiled means compiled: a graph break is an error (fullgraph), and so is giving up after too many recompilations,
which would otherwise fall back to eager without a word.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from memviz import catalog
from memviz.bench.contenders.core import NEVER, timed
from memviz.bench.rounds import Answer, BenchError, serve
from memviz.training.recipe import plan
from memviz.training.trainer import Trainer

WARM = 2


def prepare(settings: dict[str, Any]) -> Callable[[float], Answer]:
    """Train a recipe on torch with the batch and threads of the settings."""
    import torch

    torch.set_num_threads(int(settings["threads"]))
    batch = int(settings["batch"])
    own = settings["recipe"].get("knobs", {})
    knobs = {**own, "training": {**own.get("training", {}), **NEVER, "batch": batch, "chunk": batch, "lanes": 1}}
    recipe = {**settings["recipe"], "device": "torch", "knobs": knobs}
    planned = plan(recipe, catalog.models(), catalog.tasks())
    if settings.get("compile"):
        compile_step(planned.setup.model.twin)
    trainer = Trainer(planned.setup, planned.config, threads=1)
    for _ in range(WARM):
        trainer.advance()
    if settings.get("compile"):
        check_compiled()
    return lambda seconds: timed(trainer, seconds, 0)


def compile_step(module: str) -> None:
    """Let the twin's `forward` find a compiled `step`."""
    import torch
    from torch import _dynamo

    _dynamo.config.fail_on_recompile_limit_hit = True
    twin = importlib.import_module(module)
    twin.step = torch.compile(twin.step, fullgraph=True)


def check_compiled() -> None:
    """Raise BenchError unless the step ran as compiled graphs, without a break."""
    from torch._dynamo.utils import counters

    if not counters["stats"].get("unique_graphs") or counters["graph_break"]:
        raise BenchError(
            f"twin.compile: want compiled graphs, got {dict(counters['stats'])} (measure without --compile)"
        )


if __name__ == "__main__":
    serve(prepare)
