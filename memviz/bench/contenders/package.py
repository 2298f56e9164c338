"""The DNC of the package `dnc` from PyPI (pure torch): the same updates, eager, the whole batch at once.

Only its speed is of interest: its read vectors do not reach the controller of the next step. The loss, the clip and
the optimizer around it are torch's own.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

from memviz import catalog
from memviz.bench.rounds import Answer, serve
from memviz.training.batch import Batch
from memviz.training.recipe import plan

WARM = 2


def prepare(settings: dict[str, Any]) -> Callable[[float], Answer]:
    """A network of the recipe's sizes, trained on the batches of its task."""
    import torch

    torch.set_num_threads(int(settings["threads"]))
    torch.manual_seed(0)
    warnings.simplefilter("ignore")  # the package was written for an older torch
    planned, size = plan(settings["recipe"], catalog.models(), catalog.tasks()), int(settings["batch"])
    batch = Batch(planned.setup.task, planned.setup.task_config, size, size)
    X, Y = planned.setup.task.widths(planned.setup.task_config)
    network = build(planned.setup.model_config, X)
    moves = torch.optim.Adam(network.parameters(), planned.config.rate)

    def update(key: int) -> None:
        batch.draw(key)
        inputs, targets, mask = (torch.tensor(getattr(batch.chunks[0], n)) for n in ("inputs", "targets", "mask"))
        said, _ = network(inputs, (None, None, None), reset_experience=True)
        nats = torch.nn.functional.binary_cross_entropy_with_logits(said[..., :Y], targets, reduction="none")
        moves.zero_grad()
        ((nats.sum(-1) * mask).sum() / batch.answered).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), planned.config.clip)
        moves.step()

    for key in range(WARM):
        update(key)
    return lambda seconds: timed(update, size, seconds)


def build(config: Any, X: int) -> Any:
    """The package's network with the sizes of a config; what it says is as wide as what it sees."""
    from dnc import DNC

    sizes = {"nr_cells": config.N, "cell_size": config.W, "read_heads": config.read_heads}
    return DNC(X, config.hidden, num_hidden_layers=1, batch_first=False, clip=config.clip, **sizes)


def timed(update: Callable[[int], None], size: int, seconds: float) -> Answer:
    """Train for so long: sequences a second."""
    key, spent, begun = WARM, 0.0, time.perf_counter()
    while spent < seconds:
        update(key)
        key += 1
        spent = time.perf_counter() - begun
    return {"per_s": (key - WARM) * size / spent}


if __name__ == "__main__":
    serve(prepare)
