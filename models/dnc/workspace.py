"""The DNC's work arrays: one flat buffer, cut into the arrays of `layout.py`, reused from call to call.

The links (N, N) of every step would outweigh all else, so they are never all kept where that takes much room: the
steps are cut into segments of S, S about the root of T; `kept` holds the links at the beginning of each segment, and
`link` those of one segment, computed once more when the backward comes to it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from memviz.contracts.model import Array, Arrays
from memviz.models.dnc.config import MOST_SLOTS_SHOWN, DNCConfig
from memviz.models.dnc.layout import Options, Parameters, gradient_shapes, tape_shapes, work_shapes
from memviz.models.dnc.parameters import fixed_weighting, zeros
from memviz.ops.blocks import fixed_memory
from memviz.ops.buffer import Room

MOST_LINKS = 1 << 18  # numbers (a megabyte of float32): more links than this are not all kept


@dataclass
class Scratch:
    """One flat buffer for chunks of up to T steps and C episodes; `at` gives the arrays of a smaller chunk too."""

    config: DNCConfig
    X: int
    Y: int
    T: int
    C: int
    dtype: Any
    record: bool = False  # keep the gradient of every signal at every step, and the links that a trace shows
    options: Options = field(init=False)
    fixed: Arrays = field(init=False)  # what stands in for parameters that the config lacks
    no_memory: Array = field(init=False)  # what stands for "no memory is carried over"
    room: Room = field(init=False)
    segment: int = field(init=False)  # S

    def __post_init__(self) -> None:
        """Take the memory."""
        self.options, self.fixed = options(self.config), fixed_blocks(self.config, self.dtype)
        self.no_memory = np.zeros((0, self.config.N, self.config.W), self.dtype)
        shown = self.record and self.config.N <= MOST_SLOTS_SHOWN
        self.segment = self.T if shown else segment(self.config, self.T, self.C)
        self.room = Room("dnc", self._shapes, self.T, self.C, self.dtype)

    def _shapes(self, T: int, C: int) -> list[tuple[int, ...]]:
        tape = tape_shapes(self.config, self.X, self.Y, T, C, min(self.segment, T))
        back = gradient_shapes(self.config, tape, self.X, self.record)
        blocks = (tape, back, work_shapes(self.config, self.Y))
        return [shape for block in blocks for shape in block.values()]

    def blocks(self, params: Arrays) -> tuple[Array, ...]:
        """The arrays of Parameters."""
        fixed = self.fixed
        return tuple([params[name] if name in params else fixed[name] for name in Parameters._fields])

    def at(self, T: int, C: int) -> tuple[Array, ...]:
        """The arrays of Tape, Gradients and Work, in this order, for a chunk of T steps and C episodes."""
        return self.room.at(T, C)


def segment(config: DNCConfig, T: int, C: int) -> int:
    """Steps between two links that are kept: all T where that takes little room, else about the root of T."""
    return T if T * C * config.N**2 <= MOST_LINKS or not config.links else math.ceil(math.sqrt(T))


def options(config: DNCConfig) -> Options:
    """The choices of a config."""
    return Options(
        lstm=config.controller == "lstm",
        learned_start=config.start == "learned",
        learned_memory=config.memory == "learned",
        links=config.links,
        masked=config.masked,
        outside=config.cosine == "denominator",
        deallocate=config.deallocate,
        sharpen=config.links and config.sharpen_links,
        tanh=config.vectors == "tanh",
        oneplus=config.strength == "oneplus",
        full=config.usage_gradient == "full",
        classes=config.outputs == "classes",
        mask_least=config.mask_least,
        link_epsilon=config.link_epsilon,
        usage_epsilon=config.usage_epsilon,
        cosine_epsilon=config.cosine_epsilon,
        clip=config.clip,
    )


def fixed_blocks(config: DNCConfig, dtype: Any) -> Arrays:
    """What stands in for the parameters that some configs lack, or all."""
    blocks = {
        "read_start_logits": fixed_weighting(config, config.read_heads),
        "write_start_logits": fixed_weighting(config, 1),
        "memory_start": fixed_memory(config),
        **dict.fromkeys(("hidden_start", "cell_start"), np.zeros(0)),
        "deeper": np.zeros((0, 0, 0)),
        **{f"{name}_start": value for name, value in zeros(config).items()},
    }
    return {name: np.array(block, dtype) for name, block in blocks.items()}
