"""Everything that decides a run's results besides the trainer's own settings: model, task, their settings, the seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import to_dict
from memviz.contracts.model import Arrays, Model, has_memory
from memviz.contracts.task import Task
from memviz.training.keys import INIT, generator
from memviz.training.layout import Layout
from memviz.training.memory import id_of


@dataclass(frozen=True)
class Setup:
    """What is trained on what. `memory` (slot, word): where episodes start, instead of the model's own start."""

    model: Model
    task: Task
    model_config: Any
    task_config: Any
    seed: int = 0
    memory: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Raise ConfigError when the parts do not fit together."""
        if not 0 <= self.seed < 2**63:
            raise ConfigError(f"Setup.seed: want a whole number 0..2^63-1, got {self.seed} (choose another)")
        for part, entry, config in (("model", self.model, self.model_config), ("task", self.task, self.task_config)):
            if not isinstance(config, entry.config):
                raise ConfigError(f"Setup.{part}_config: want {entry.config.__name__}, got {type(config).__name__}")
        if self.memory is not None:
            self._check_memory(self.memory)

    def _check_memory(self, memory: np.ndarray) -> None:
        if not has_memory(self.model, self.model_config):
            raise ConfigError(f"Setup.memory: want a model with a memory, got {self.model.name} (leave the memory out)")
        wanted = self.memory_shape
        if memory.shape != wanted or not np.isfinite(memory).all():
            raise ConfigError(
                f"Setup.memory: want finite numbers of shape {wanted}, got {memory.shape} (save it again)"
            )

    def initial(self) -> Arrays:
        """The parameters before update 0, float64, by the seed."""
        X, Y = self.task.widths(self.task_config)
        return self.model.init(self.model_config, X, Y, generator(INIT, self.seed))

    @cached_property
    def layout(self) -> Layout:
        """Where each parameter lies in the flat vector."""
        X, Y = self.task.widths(self.task_config)
        return Layout.of(self.model.shapes(self.model_config, X, Y))

    @property
    def memory_shape(self) -> tuple[int, ...]:
        """(slot, word) of the memory, (0, 0) without one."""
        if not has_memory(self.model, self.model_config):
            return 0, 0
        blank = self.layout.views(self.layout.empty()[0])  # zeros that nobody touches take no memory
        return self.model.start(self.model_config, blank)["memory"].shape

    def start(self, params: Arrays, memory: np.ndarray | None = None) -> Arrays:
        """The state before step 0: from `memory` (slot, word), else the saved one, else the model's own."""
        first = self.model.start(self.model_config, params)
        begin = self.memory if memory is None else memory
        return first if begin is None else {**first, "memory": begin.astype(first["memory"].dtype)}

    def start_memory(self, params: Arrays | None = None) -> np.ndarray:
        """The memory (slot, word) before step 0: the saved one, else the model's own for these parameters."""
        if self.memory is not None:
            return self.memory
        return self.model.start(self.model_config, params or self.initial())["memory"]

    def reseeded(self, seed: int) -> Setup:
        """The same with another seed."""
        return replace(self, seed=seed)

    def describe(self) -> dict[str, Any]:
        """JSON values for the header of a trace or checkpoint; "start_memory" is the id of a saved memory."""
        told = {
            "model": self.model.name,
            "task": self.task.name,
            "config": {"model": to_dict(self.model_config), "task": to_dict(self.task_config)},
            "seed": self.seed,
        }
        return told if self.memory is None else {**told, "start_memory": id_of(self.memory)}
