"""How to train: every setting of the trainer, as knobs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import check, choice, from_dict, knob, knobs

LEAST = 0.01  # of the rate is left when the cosine has fallen
OPTIMIZERS = ("adam", "rmsprop_torch", "rmsprop_tensorflow", "rmsprop_graves")


@dataclass(frozen=True)
class TrainConfig:
    """The optimizer, its rate, and what one update looks at. A sequence is one episode."""

    optimizer: str = choice("adam", OPTIMIZERS, "Adam, or RMSprop in one of its three published forms")
    rate: float = knob(3e-3, 1e-7, 10.0, "learning rate")
    batch: int = knob(8, 1, 1024, "sequences an update")
    chunk: int = knob(2, 1, 64, "sequences of one length that go through the controller together")
    clip: float = knob(1.0, 0.0, 1e6, "largest gradient norm, or largest value of one number of it; 0 = off")
    clip_by: str = choice("norm", ("norm", "value"), "clip the whole gradient's length, or each number by itself")
    lanes: int = knob(2, 1, 16, "gradient sums kept apart so that the number of threads changes nothing")
    beta1: float = knob(0.9, 0.0, 0.9999, "Adam: how much of the mean gradient is kept")
    beta2: float = knob(0.999, 0.0, 0.99999, "Adam: how much of the mean square is kept")
    momentum: float = knob(0.9, 0.0, 0.9999, "RMSprop: how much of the last step is kept")
    decay: float = knob(0.95, 0.0, 0.99999, "RMSprop: how much of the mean square is kept")
    epsilon: float = knob(0.0, 0.0, 1.0, "keeps the divisor from zero; 0 = the value its form was published with")
    memory: str = choice(
        "reset", ("reset", "carry"), "memory at the start of an episode: fresh, or as the last left it"
    )
    exam_every: int = knob(1600, 1, 10**7, "sequences between two looks at whether the task is solved")
    exam_below: float = knob(0.01, 0.0, 10.0, "nats per answered bit below which such a look takes an exam")
    polish: int = knob(0, 0, 10**8, "sequences to go on after it is solved, at a falling rate; the best state is kept")
    fall: str = choice(
        "quarter",
        ("quarter", "cosine"),
        "polishing: the rate falls to a quarter at once, or to a hundredth in a half cosine",
    )

    def __post_init__(self) -> None:
        """Raise ConfigError at the first knob out of range."""
        check(self)


LIVE = ("rate", "batch", "clip", "memory")  # what may change between two updates of a run
AT_WORK = ("compiling", "waiting", "training")  # states of a run that trains or is about to


def change(config: TrainConfig, values: Mapping[str, Any]) -> TrainConfig:
    """The config with some live knobs changed. Raises ConfigError on any other knob or an out-of-range value."""
    declared = knobs(TrainConfig)
    for name in values:
        if name not in LIVE:
            raise ConfigError(
                f"TrainConfig.{name!s:.40}: want one of {', '.join(LIVE)} to change while training, got it"
            )
    return dataclasses.replace(config, **{name: declared[name].accept(value) for name, value in values.items()})


def rate_at(config: TrainConfig, since_solved: int | None) -> float:
    """The learning rate so many sequences after the task was solved; None: not solved yet."""
    if since_solved is None or not config.polish:
        return config.rate
    if config.fall == "quarter":
        return config.rate / 4
    height = (1 + math.cos(math.pi * min(1.0, since_solved / config.polish))) / 2  # from 1 to 0
    return config.rate * (LEAST + (1 - LEAST) * height)


@dataclass(frozen=True)
class Until:
    """When to stop: at whatever comes first. Counts are totals since update 0; None or False never stops."""

    solved: bool = True
    updates: int | None = None
    seconds: float | None = None

    @classmethod
    def from_dict(cls, values: Mapping[str, Any] | None) -> Until:
        """The budget of a recipe. Raises ConfigError on anything but solved, updates and seconds."""
        budget = from_dict(_Budget, dict(values or {}))
        return cls(budget.solved, budget.updates or None, budget.seconds or None)


@dataclass(frozen=True)
class _Budget:
    """A recipe's "until" as knobs, where 0 means no limit."""

    solved: bool = choice(True, (True, False), "stop when the task is solved (and polished)")
    updates: int = knob(0, 0, 10**9, "updates in all; 0 = no limit")
    seconds: float = knob(0.0, 0.0, 1e9, "seconds of training in all; 0 = no limit")
