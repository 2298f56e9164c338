"""The NTM's parameter blocks: their shapes, their first values, and the state they give before step 0.

Those of the controller, the heads (P columns, in the order of `columns`) and the output stand in memviz/ops/blocks.py.
The rest is what holds before step 0: hidden_start and cell_start (hidden,), lstm only; read_vector_start (R, W);
read_start_logits (R, N) and write_start_logits (H, N), start = "learned"; memory_start (N, W), memory = "learned".
R read heads, H write heads; where both are counted together, reads come first.
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from memviz.contracts.model import Arrays
from memviz.models.ntm.config import NTMConfig
from memviz.ops.blocks import Frame, first_weights, fixed_memory, start_shapes, weight_shapes
from memviz.ops.softmax import softmax


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


def frame(config: NTMConfig) -> Frame:
    """The sizes of what surrounds the memory."""
    lstm, words = config.controller == "lstm", config.read_heads * config.W
    return Frame(lstm, config.hidden, words, columns(config)["shift"].stop)


def shapes(config: NTMConfig, X: int, Y: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every parameter, in the order of `init`."""
    R, H, N, W = config.read_heads, config.write_heads, config.N, config.W
    return {
        **weight_shapes(frame(config), X, Y),
        **start_shapes(frame(config)),
        "read_vector_start": (R, W),
        **({"read_start_logits": (R, N), "write_start_logits": (H, N)} if config.start == "learned" else {}),
        **({"memory_start": (N, W)} if config.memory == "learned" else {}),
    }


def init(config: NTMConfig, X: int, Y: int, rng: np.random.Generator) -> Arrays:
    """First parameters (float64): small random matrices, zero biases, forget gate open, heads on slot 0."""
    size, sizes = shapes(config, X, Y), frame(config)
    params = first_weights(sizes, size, sizes.bias, rng)
    for name in ("read_start_logits", "write_start_logits"):
        if name in size:
            params[name] = np.zeros(size[name])
            params[name][:, 0] = config.start_logit
            if config.start_noise:
                params[name] += rng.normal(0, config.start_noise, size[name])
    if "memory_start" in size:
        params["memory_start"] = rng.normal(0, config.memory_scale, size["memory_start"])
    return params


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
