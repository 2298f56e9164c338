"""How many floating-point operations one training sequence needs, counted from shapes; a model is never named.

A matrix of m x n costs 2 m n a step forward and twice that backward (one product for the gradient of each side).
Every number of the memory costs, forward: 2 for its slot's norm, 2 a head for the similarity, 4 a write (erase and
add), 2 a read; backward is counted as twice the forward. Element-wise work (gates, softmax, loss) is left out, so the
share of the peak that comes out is a lower bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from memviz.contracts.model import Model

BACKWARD = 2  # a backward step's work in forward steps


def per_step(model: Model, config: Any, params: Mapping[str, np.ndarray], X: int) -> int:
    """Operations of one step of one sequence of input width X, forward and backward."""
    matrices = [array for name, array in params.items() if array.ndim > 1 and "start" not in name]
    forward = sum(2 * array.size for array in matrices) + _memory(sizes(model, config, params, X))
    return (1 + BACKWARD) * forward


def sizes(model: Model, config: Any, params: Mapping[str, np.ndarray], X: int) -> dict[str, int]:
    """Every dim of the model's signals with its length, read off a recorded episode of one step."""
    _, _, tape = model.forward(config, dict(params), model.start(config, dict(params)), np.zeros((1, X)), None)
    signals = model.signals(config)
    return {
        dim: size for name, array in tape.items() for dim, size in zip(signals[name].dims, array.shape, strict=True)
    }


def _memory(dims: Mapping[str, int]) -> int:
    numbers = dims.get("slot", 0) * dims.get("word", 0)
    reads, writes = dims.get("read", 0), dims.get("write", 0)
    return numbers * (2 + 2 * (reads + writes) + 4 * writes + 2 * reads)
