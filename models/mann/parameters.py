"""The network's parameter blocks: their shapes, their first values, and the state they give before step 0.

Every matrix product reads a contiguous piece of one row [h | 1 | r | x]: the controller's state, a one (so that
the bias is a row of the matrix), the read vectors, the input. The rows of each block follow that order:

    controller  (hidden + 1 + H W + X, 4 hidden)  lstm: columns input gate, forget gate, candidate, output gate
                (1 + H W + X, hidden)             feedforward: no row for h
    heads       (hidden + 1, P)                   columns in the order of `columns` below
    output      (hidden + 1 + H W, Y)

The rest is what holds before step 0: hidden_start and cell_start (hidden,), lstm only; read_vector_start (H, W);
read_start_logits (H, N), start = "learned"; memory_start (N, W), memory = "learned". H heads: each reads and writes.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate

import numpy as np

from memviz.models.mann.config import MANNConfig

Arrays = dict[str, np.ndarray]


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


def shapes(config: MANNConfig, X: int, Y: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every parameter, in the order of `init`."""
    H, N, W, hidden = config.heads, config.N, config.W, config.hidden
    lstm = config.controller == "lstm"
    return {
        "controller": (hidden + 1 + H * W + X, 4 * hidden) if lstm else (1 + H * W + X, hidden),
        "heads": (hidden + 1, columns(config)["strength"].stop),
        "output": (hidden + 1 + H * W, Y),
        **({"hidden_start": (hidden,), "cell_start": (hidden,)} if lstm else {}),
        "read_vector_start": (H, W),
        **({"read_start_logits": (H, N)} if config.start == "learned" else {}),
        **({"memory_start": (N, W)} if config.memory == "learned" else {}),
    }


def init(config: MANNConfig, X: int, Y: int, rng: np.random.Generator) -> Arrays:
    """First parameters (float64): small random matrices, zero biases, forget gate open."""
    hidden, size = config.hidden, shapes(config, X, Y)
    bias = 0 if config.controller == "feedforward" else hidden  # the controller's bias row
    bound = 1 / np.sqrt(hidden)
    params = {"controller": rng.uniform(-bound, bound, size["controller"])}
    params["controller"][bias] = 0.0
    if config.controller == "lstm":
        params["controller"][bias, hidden : 2 * hidden] = 1.0
    params["heads"] = rng.normal(0, bound, size["heads"])
    params["output"] = rng.normal(0, 1 / np.sqrt(size["output"][0] - 1), size["output"])
    params["heads"][hidden] = params["output"][hidden] = 0.0
    for name in ("hidden_start", "cell_start", "read_vector_start"):
        if name in size:
            params[name] = rng.normal(0, 0.1, size[name])
    if "read_start_logits" in size:
        params["read_start_logits"] = np.zeros(size["read_start_logits"])
    if "memory_start" in size:
        params["memory_start"] = rng.normal(0, config.memory_scale, size["memory_start"])
    return params


@lru_cache(maxsize=16)
def fixed_memory(config: MANNConfig) -> np.ndarray:
    """The memory (N, W) before step 0 where it is not trained: read-only, float64."""
    if config.memory == "random":
        memory = np.random.default_rng(config.memory_seed).normal(0, config.memory_scale, (config.N, config.W))
    else:
        memory = np.full((config.N, config.W), config.memory_value)
    memory.flags.writeable = False
    return memory


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
