"""The arrays that every network has around its memory: shapes and first values of weights, shapes of its tape.

Every matrix product reads a contiguous piece of one row [h | 1 | r | x]: the controller's state, a one (so that
the bias is a row of the matrix), the words read, the input. The rows of each block follow that order:

    controller  (H + 1 + R W + X, 4 H)  lstm: columns input gate, forget gate, candidate, output gate
                (1 + R W + X, H)        feedforward: no row for h
    heads       (H + 1, P)              what the memory is told; absent without a memory
    output      (H + 1 + R W, Y)

hidden_start and cell_start (H,), lstm only, hold before step 0. With L layers h is [h^1 .. h^L], L H numbers, and

    deeper      (L - 1, H + controller's rows, 4 H or H)  rows [h of the layer below | h of its own, lstm | 1 | r | x]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from memviz.contracts.model import Arrays

Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Frame:
    """The sizes of what surrounds a memory."""

    lstm: bool  # else the feed-forward controller
    hidden: int  # H, of every layer
    words: int = 0  # R W: numbers read in a step
    told: int = 0  # P: numbers that the memory is told in a step
    layers: int = 1  # L

    @property
    def bias(self) -> int:
        """The controller's row of the one: those before it are for h."""
        return self.hidden if self.lstm else 0

    @property
    def said(self) -> int:
        """Numbers that the controller says in a step: h of all layers."""
        return self.layers * self.hidden

    @property
    def sums(self) -> int:
        """Columns of a layer's weights."""
        return 4 * self.hidden if self.lstm else self.hidden


def weight_shapes(frame: Frame, X: int, Y: int) -> Shapes:
    """Name -> shape of the matrices, in the order of `first_weights`."""
    seen = frame.bias + 1 + frame.words + X
    return {
        "controller": (seen, frame.sums),
        **({"deeper": (frame.layers - 1, frame.hidden + seen, frame.sums)} if frame.layers > 1 else {}),
        **({"heads": (frame.said + 1, frame.told)} if frame.told else {}),
        "output": (frame.said + 1 + frame.words, Y),
    }


def start_shapes(frame: Frame) -> Shapes:
    """Name -> shape of what the controller holds before step 0."""
    return dict.fromkeys(("hidden_start", "cell_start"), (frame.hidden,)) if frame.lstm else {}


def first_weights(frame: Frame, size: Mapping[str, tuple[int, ...]], bias: int, rng: np.random.Generator) -> Arrays:
    """Small random matrices, zero biases (the controller's in row `bias`), forget gate open; the starts in size."""
    hidden, bound = frame.hidden, 1 / np.sqrt(frame.hidden)
    params = {name: rng.uniform(-bound, bound, size[name]) for name in ("controller", "deeper") if name in size}
    for name, block in params.items():
        one = bias if name == "controller" else hidden + bias
        block[..., one, :] = 0.0
        if frame.lstm:
            block[..., one, hidden : 2 * hidden] = 1.0
    for name in ("heads", "output"):
        if name in size:
            params[name] = rng.normal(0, 1 / np.sqrt(size[name][0] - 1), size[name])
            params[name][frame.said] = 0.0
    for name in ("hidden_start", "cell_start", "read_vector_start"):
        if name in size:
            params[name] = rng.normal(0, 0.1, size[name])
    return params


def tape_shapes(frame: Frame, X: int, T: int, C: int) -> Shapes:
    """Name -> shape of the controller's arrays of a tape, and of what it tells the memory."""
    cells = frame.said if frame.lstm else 0
    return {
        "rows": (T + 1, C, frame.said + 1 + frame.words + X),
        "gates": (T, C, frame.layers * frame.sums),
        "cell": (T + 1, C, cells),
        "squashed": (T, C, cells),
        **({"sums": (T, C, frame.told)} if frame.told else {}),
    }


def turned_shapes(frame: Frame, Y: int) -> Shapes:
    """Name -> shape of the transposed weights: what flows back goes through them the other way, but not into x."""
    return {name: (*shape[:-2], shape[-1], shape[-2]) for name, shape in weight_shapes(frame, 0, Y).items()}


@lru_cache(maxsize=16)
def fixed_memory(config: Any) -> np.ndarray:
    """The memory (N, W) before step 0 where it is not trained, as a config's memory_... say: read-only, float64."""
    if config.memory == "random":
        memory = np.random.default_rng(config.memory_seed).normal(0, config.memory_scale, (config.N, config.W))
    else:
        memory = np.full((config.N, config.W), config.memory_value)
    memory.flags.writeable = False
    return memory
