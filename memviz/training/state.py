"""All that changes while training, in one place: copy it, save it, put it back, and training goes on bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from memviz.training.config import TrainConfig, change
from memviz.training.optimizer import slots
from memviz.training.setup import Setup


@dataclass(frozen=True)
class Exam:
    """How the network did on the task's exam: fresh sequences, drawn by the seed and the update."""

    update: int
    sequences: int  # of the exam
    wrong_bits: int  # over all of it
    bits_per_sequence: float
    nats: float  # per answered bit (or class)
    own_wrong: int = 0  # of a harder exam: the wrong bits of the task's own exam at that update

    @property
    def passed(self) -> bool:
        """Whether not one answer was wrong."""
        return self.wrong_bits == 0

    @property
    def wrong_per_sequence(self) -> float:
        """Wrong bits of a sequence: what every figure that people see is told in."""
        return self.wrong_bits / max(self.sequences, 1)


@dataclass(frozen=True)
class Solved:
    """When the exam was passed first."""

    update: int
    sequences: int
    seconds: float


@dataclass
class Window:
    """The training loss since the last look at whether the task is solved."""

    nats: float = 0.0
    answered: float = 0.0
    sequences: int = 0


@dataclass
class TrainState:
    """One run's mutable state. `params` (P,) is the flat vector; `memory` one carried memory per chunk, or none."""

    config: TrainConfig
    params: np.ndarray
    slots: dict[str, np.ndarray]
    memory: list[np.ndarray] = field(default_factory=list)  # each (C, slot, word)
    update: int = 0
    sequences: int = 0
    seconds: float = 0.0  # of training: updates and exams, no pauses, no drawing, no compiling
    window: Window = field(default_factory=Window)
    smooth: float | None = None  # running mean of the loss, nats per answer; see watch.py
    exam: Exam | None = None  # the last one
    solved: Solved | None = None
    best: np.ndarray | None = None  # while polishing: the parameters of the best trial since it was solved
    best_exam: Exam | None = None  # that trial: the harder exam, if the task has one
    changes: list[tuple[int, dict[str, Any]]] = field(
        default_factory=list
    )  # (update, what was changed before the next)

    @classmethod
    def first(cls, setup: Setup, config: TrainConfig) -> TrainState:
        """The state before update 1; the seed decides the parameters."""
        layout = setup.layout
        params = layout.empty()[0]
        layout.fill(params, setup.initial(), "TrainState")
        return cls(config, params, slots(config, layout.size))

    @property
    def carried(self) -> np.ndarray | None:
        """The first carried memory (slot, word): where exams, tests and traces start; None when none is carried."""
        return self.memory[0][0] if self.memory else None

    def copy(self) -> TrainState:
        """A copy that shares nothing that training changes."""
        return replace(
            self,
            params=self.params.copy(),
            slots={name: slot.copy() for name, slot in self.slots.items()},
            memory=[memory.copy() for memory in self.memory],
            window=replace(self.window),
            changes=list(self.changes),
        )

    def change(self, values: Mapping[str, Any]) -> None:
        """Change live knobs before the next update, and log it. Raises ConfigError and changes nothing if refused."""
        changed = change(self.config, values)
        new = {name: getattr(changed, name) for name in values if getattr(changed, name) != getattr(self.config, name)}
        if new:
            self.config = changed
            self.changes.append((self.update, new))
