"""Is training still sane? A non-finite gradient or a loss far above chance stops it, with a reason and a remedy.

At every look the newest state is kept, and the one before it becomes the good one: a loss that explodes has often begun
to before it shows, so what is put back is a state that has trained on for one look more. A state whose loss is well
above chance already is not kept at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from memviz.contracts.errors import DivergedError
from memviz.contracts.task import Task
from memviz.training.config import TrainConfig
from memviz.training.setup import Setup
from memviz.training.state import TrainState

KEEP = 0.95  # of the running mean of the loss, at every update
EXPLODED = 4.0  # times the loss of a network that knows nothing
SUSPECT = 1.5  # times that loss: not a state to go back to


class Watch:
    """Follows the loss, and keeps a state to go back to. `state` is the trainer's."""

    def __init__(self, setup: Setup, state: TrainState) -> None:
        outputs = setup.task.widths(setup.task_config)[1]
        self._setup, self._chance = setup, chance_loss(setup.task, outputs)
        self.good = self._newest = state.copy()

    def sane(self, state: TrainState, loss: float, norm: float) -> bool:
        """Take the loss and the gradient's norm of one more update."""
        state.smooth = smoothed(state.smooth, loss)
        return math.isfinite(norm) and state.smooth < EXPLODED * self._chance

    def look(self, state: TrainState) -> None:
        """Keep a copy, unless the loss is suspect: it is the good one from the next look on."""
        if state.smooth is None or state.smooth < SUSPECT * self._chance:
            self.good, self._newest = self._newest, state.copy()

    def error(self, state: TrainState, norm: float, gradient: np.ndarray) -> DivergedError:
        """Why `sane` was False; `gradient` (P,) names the blocks that are not finite."""
        views = self._setup.layout.views(gradient)
        blocks = [name for name, view in views.items() if not np.isfinite(view).all()]
        exploded = f"a loss of {state.smooth:.3g} nats per answer"
        what = exploded if math.isfinite(norm) else "a gradient that is not finite"
        return diverged(state.update + 1, self.good.update, what, state.config, blocks)


def chance_loss(task: Task, outputs: int) -> float:
    """Nats per answer of a network that knows nothing: ln 2 per bit, ln Y per class."""
    return math.log(2 if task.loss == "bits" else max(2, outputs))


def smoothed(before: float | None, loss: float) -> float:
    """The running mean of the loss after one more update."""
    return loss if before is None else KEEP * before + (1 - KEEP) * loss


def diverged(update: int, kept: int, what: str, config: TrainConfig, blocks: Iterable[str] = ()) -> DivergedError:
    """The error that says at which update what happened, which state was kept, and what to try."""
    where = f" in {', '.join(blocks)}" if blocks else ""
    return DivergedError(
        f"training: want finite, shrinking losses, got {what}{where} at update {update}; "
        f"the state after update {kept} is kept ({'; '.join(remedies(config))})"
    )


def remedies(config: TrainConfig) -> list[str]:
    """What a person could try, the likeliest first."""
    tips = [f"try a rate of {config.rate / 4:.2g} instead of {config.rate:.2g}"]
    if config.clip == 0:
        tips.append("clip the gradient's norm at 1")
    elif config.clip > 10 or config.clip_by == "value":
        tips.append("clip the gradient by norm at 1")
    if config.memory == "carry":
        tips.append("reset the memory at every episode")
    return [*tips, "or go back to an earlier record and train from there"]
