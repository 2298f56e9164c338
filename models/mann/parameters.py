"""The network's parameter blocks: their shapes, their first values, and the state they give before step 0.

Those of the controller, the heads (P columns, in the order of `columns`) and the output stand in memviz/ops/blocks.py.
The rest is what holds before step 0: hidden_start and cell_start (hidden,), lstm only; read_vector_start (H, W);
read_start_logits (H, N), start = "learned"; memory_start (N, W), memory = "learned". H heads: each reads and writes.
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from memviz.contracts.model import Arrays
from memviz.models.mann.config import MANNConfig
from memviz.ops.blocks import Frame, first_weights, fixed_memory, start_shapes, weight_shapes


def columns(config: MANNConfig) -> dict[str, slice]:
    """Which columns of `heads` give what; each group holds all heads, one after the other."""
    heads = config.heads
    widths = {
        "key": heads * config.W,
        "add": heads * config.W if config.written == "own" else 0,
        "gate": heads,
        "strength": 0 if config.strength == "none" else heads,
    }
    ends = list(accumulate(widths.values()))
    return {name: slice(end - width, end) for (name, width), end in zip(widths.items(), ends, strict=True)}


def frame(config: MANNConfig) -> Frame:
    """The sizes of what surrounds the memory."""
    lstm, words = config.controller == "lstm", config.heads * config.W
    return Frame(lstm, config.hidden, words, columns(config)["strength"].stop)


def shapes(config: MANNConfig, X: int, Y: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every parameter, in the order of `init`."""
    H, N, W = config.heads, config.N, config.W
    return {
        **weight_shapes(frame(config), X, Y),
        **start_shapes(frame(config)),
        "read_vector_start": (H, W),
        **({"read_start_logits": (H, N)} if config.start == "learned" else {}),
        **({"memory_start": (N, W)} if config.memory == "learned" else {}),
    }


def init(config: MANNConfig, X: int, Y: int, rng: np.random.Generator) -> Arrays:
    """First parameters (float64): small random matrices, zero biases, forget gate open."""
    size, sizes = shapes(config, X, Y), frame(config)
    params = first_weights(sizes, size, sizes.bias, rng)
    if "read_start_logits" in size:
        params["read_start_logits"] = np.zeros(size["read_start_logits"])
    if "memory_start" in size:
        params["memory_start"] = rng.normal(0, config.memory_scale, size["memory_start"])
    return params


def _start_weighting(config: MANNConfig, logits: np.ndarray | None) -> np.ndarray:
    if logits is None:
        return np.zeros((config.heads, config.N))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def start(config: MANNConfig, params: Arrays) -> Arrays:
    """The state before step 0: memory (N, W), usage (N,), read weightings (H, N) and vectors (H, W), lstm: two more."""
    dtype = params["heads"].dtype
    state = {
        "memory": params.get("memory_start", fixed_memory(config)),
        "usage": np.zeros(config.N),
        "read_weighting": _start_weighting(config, params.get("read_start_logits")),
        "read_vector": params["read_vector_start"],
    }
    if config.controller == "lstm":
        state |= {"hidden": params["hidden_start"], "cell": params["cell_start"]}
    return {name: np.array(value, dtype) for name, value in state.items()}
