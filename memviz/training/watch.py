"""Is training still sane? A non-finite gradient or a loss far above chance stops it, with a reason and a remedy."""

from __future__ import annotations

import math
from collections.abc import Iterable

from memviz.contracts.errors import DivergedError
from memviz.contracts.task import Task
from memviz.training.config import TrainConfig

KEEP = 0.95  # of the running mean of the loss, at every update
EXPLODED = 4.0  # times the loss of a network that knows nothing


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
