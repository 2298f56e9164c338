"""The NTM's parameter blocks: their shapes, their first values, and the state they give before step 0.

Every matrix product reads a contiguous piece of one row [h | 1 | r | x]: the controller's state, a one (so that
the bias is a row of the matrix), the read vectors, the input. The rows of each block follow that order:

    controller  (hidden + 1 + R W + X, 4 hidden)  lstm: columns input gate, forget gate, candidate, output gate
                (1 + R W + X, hidden)             feedforward: no row for h
    heads       (hidden + 1, P)                   columns in the order of `columns` below
    output      (hidden + 1 + R W, Y)

The rest is what holds before step 0: hidden_start and cell_start (hidden,), lstm only; read_vector_start (R, W);
read_start_logits (R, N) and write_start_logits (H, N), start = "learned"; memory_start (N, W), memory = "learned".
R read heads, H write heads; where both are counted together, reads come first.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate

import numpy as np

from memviz.models.ntm.config import NTMConfig
from memviz.ops.softmax import softmax

Arrays = dict[str, np.ndarray]


def columns(config: NTMConfig) -> dict[str, slice]:
    """Which columns of `heads` give what; each group holds all its heads, one after the other."""
    heads, writes, shifts = config.read_heads + config.write_heads, config.write_heads, 2 * config.shift_range + 1
    widths = {
        "key": heads * config.W,
        "add": writes * config.W,
        "erase": writes * config.W,
        "strength": heads,
        "gate": heads,
        "sharpness": heads,
        "shift": heads * shifts,
    }
    ends = list(accumulate(widths.values()))
    return {name: slice(end - width, end) for (name, width), end in zip(widths.items(), ends, strict=True)}


def shapes(config: NTMConfig, X: int, Y: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every parameter, in the order of `init`."""
    R, H, N, W, hidden = config.read_heads, config.write_heads, config.N, config.W, config.hidden
    lstm = config.controller == "lstm"
    return {
        "controller": (hidden + 1 + R * W + X, 4 * hidden) if lstm else (1 + R * W + X, hidden),
        "heads": (hidden + 1, columns(config)["shift"].stop),
        "output": (hidden + 1 + R * W, Y),
        **({"hidden_start": (hidden,), "cell_start": (hidden,)} if lstm else {}),
        "read_vector_start": (R, W),
        **({"read_start_logits": (R, N), "write_start_logits": (H, N)} if config.start == "learned" else {}),
        **({"memory_start": (N, W)} if config.memory == "learned" else {}),
    }


def init(config: NTMConfig, X: int, Y: int, rng: np.random.Generator) -> Arrays:
    """First parameters (float64): small random matrices, zero biases, forget gate open, heads on slot 0."""
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
    for name in ("read_start_logits", "write_start_logits"):
        if name in size:
            params[name] = np.zeros(size[name])
            params[name][:, 0] = config.start_logit
            if config.start_noise:
                params[name] += rng.normal(0, config.start_noise, size[name])
    if "memory_start" in size:
        params["memory_start"] = rng.normal(0, config.memory_scale, size["memory_start"])
    return params


@lru_cache(maxsize=16)
def fixed_memory(config: NTMConfig) -> np.ndarray:
    """The memory (N, W) before step 0 where it is not trained: read-only, float64."""
    if config.memory == "random":
        memory = np.random.default_rng(config.memory_seed).normal(0, config.memory_scale, (config.N, config.W))
    else:
        memory = np.full((config.N, config.W), config.memory_value)
    memory.flags.writeable = False
    return memory


def fixed_weighting(config: NTMConfig, heads: int) -> np.ndarray:
    """The weightings (heads, N) before step 0 where they are not trained, float64."""
    if config.start == "uniform":
        return np.full((heads, config.N), 1 / config.N)
    return np.eye(1, config.N).repeat(heads, axis=0)


def _start_weighting(config: NTMConfig, logits: np.ndarray | None, heads: int) -> np.ndarray:
    if logits is None:
        return fixed_weighting(config, heads)
    weighting = np.empty_like(logits)
    for h in range(heads):  # training's op; compiled into the whole kernel, float32 sums may be ordered otherwise
        softmax(logits[h], logits.dtype.type(1), weighting[h])
    return weighting


def start(config: NTMConfig, params: Arrays) -> Arrays:
    """The state before step 0: memory (N, W), weightings (head, N), read vectors (R, W), lstm: hidden and cell."""
    dtype = params["heads"].dtype
    state = {
        "memory": params.get("memory_start", fixed_memory(config)),
        "read_weighting": _start_weighting(config, params.get("read_start_logits"), config.read_heads),
        "write_weighting": _start_weighting(config, params.get("write_start_logits"), config.write_heads),
        "read_vector": params["read_vector_start"],
    }
    if config.controller == "lstm":
        state |= {"hidden": params["hidden_start"], "cell": params["cell_start"]}
    return {name: np.array(value, dtype) for name, value in state.items()}
