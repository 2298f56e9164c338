"""`train` is a generator: every update yields its news, and whoever asks no more has stopped it.

Whoever may go on later uses `drive`, which leaves everything as it is; whoever is through with it uses `complete`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from memviz.contracts.model import Model
from memviz.contracts.task import Task
from memviz.training.config import TrainConfig, Until
from memviz.training.setup import Setup
from memviz.training.state import TrainState
from memviz.training.trainer import Progress, Trainer

SOLVED = Until()
Changes = Iterable[tuple[int, Mapping[str, Any]]]


def train(
    model: Model,
    task: Task,
    model_config: Any,
    task_config: Any,
    train_config: TrainConfig,
    seed: int = 0,
    *,
    until: Until = SOLVED,
    state: TrainState | None = None,
    memory: np.ndarray | None = None,
    changes: Changes = (),
    threads: int | None = None,
) -> Iterator[Progress]:
    """Train until the budget is spent; see `Progress`. Ends with the best state when it was polished.

    `state`: resume from it (its own settings win). `memory` (slot, word): start episodes from it. `changes`: live
    knobs to set after so many updates. Raises ConfigError before the first update, DivergedError when training fails.
    """
    setup = Setup(model, task, model_config, task_config, seed, memory)
    trainer = Trainer(setup, train_config, state, threads)
    try:
        yield from complete(trainer, until, changes)
    finally:
        trainer.close()


def drive(trainer: Trainer, until: Until, changes: Changes = ()) -> Iterator[Progress]:
    """Advance a trainer until the budget is spent; whoever holds the trainer may change or save it in between."""
    due = sorted(((update, values) for update, values in changes if update >= trainer.state.update), key=lambda c: c[0])
    while not spent(trainer, until):
        while due and due[0][0] <= trainer.state.update:
            trainer.change(**due.pop(0)[1])
        yield trainer.advance()


def complete(trainer: Trainer, until: Until, changes: Changes = ()) -> Iterator[Progress]:
    """As `drive`; where the budget ends a polish, the best state is put back. Asked no more, it leaves all as it is."""
    yield from drive(trainer, until, changes)
    trainer.end_polish()


def spent(trainer: Trainer, until: Until) -> bool:
    """Whether it is time to stop."""
    state = trainer.state
    if until.solved and state.solved is not None and trainer.polished():
        return True
    if until.updates is not None and state.update >= until.updates:
        return True
    return until.seconds is not None and state.seconds >= until.seconds
