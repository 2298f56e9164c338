"""A model's work arrays, and what else goes into its kernels and stays the same from call to call."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from memviz.contracts.model import Array, Arrays
from memviz.ops.buffer import Room


@dataclass
class Scratch:
    """What a model's `scratch` gives.

    `kernels` is the model's module of that name: `chunk`, `what_if`, and the named tuples that they take, Options,
    Parameters, Tape, Gradients and Work; `chunk` takes them field by field, one after the other.
    """

    kernels: ModuleType
    options: Any  # Options
    fixed: Arrays  # what stands in for the parameters that a config lacks
    room: Room  # the arrays of Tape, Gradients and Work, in this order
    no_memory: Array = field(init=False)  # what stands for "no memory is carried over"

    def __post_init__(self) -> None:
        """Bring all to one type."""
        self.fixed = {name: np.array(block, self.room.dtype) for name, block in self.fixed.items()}
        slots = self.fixed["memory_start"].shape if "memory_start" in self.fixed else (0, 0)
        self.no_memory = np.zeros((0, *slots), self.room.dtype)

    def blocks(self, params: Arrays) -> tuple[Array, ...]:
        """The arrays of Parameters."""
        fixed = self.fixed
        return tuple([params[name] if name in params else fixed[name] for name in self.kernels.Parameters._fields])

    def at(self, T: int, C: int) -> tuple[Array, ...]:
        """The arrays of Tape, Gradients and Work, in this order, for a chunk of T steps and C episodes."""
        return self.room.at(T, C)

    def named(self, T: int, C: int) -> tuple[Any, Any, Any]:
        """The same arrays as (Tape, Gradients, Work)."""
        arrays = iter(self.room.at(T, C))
        kinds = self.kernels.Tape, self.kernels.Gradients, self.kernels.Work
        tape, d, work = (kind(*(next(arrays) for _ in kind._fields)) for kind in kinds)
        return tape, d, work
