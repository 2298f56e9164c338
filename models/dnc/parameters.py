"""The DNC's parameter blocks: their shapes, their first values, and the state they give before step 0.

Those of the controller, the heads (P columns, in the order of `columns`) and the output stand in memviz/ops/blocks.py.
The rest is what holds before step 0: read_start_logits (R, N) and write_start_logits (1, N), start = "learned";
memory_start (N, W), memory = "learned". The controller, the words read, usage, precedence and links start at zero.
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from memviz.contracts.model import Arrays
from memviz.models.dnc.config import DNCConfig
from memviz.ops.blocks import Frame, first_weights, fixed_memory, weight_shapes


def columns(config: DNCConfig) -> dict[str, slice]:
    """Which columns of `heads` give what; each group holds all its heads, one after the other, reads first."""
    R, W = config.read_heads, config.W
    widths = {
        "vector": (R + 2) * W,  # the read keys, the write key, the add vector
        "erase": W,
        "strength": R + 1,
        "gate": R + 2,  # a free gate a read head, the allocation gate, the write gate
        "mode": 3 * R if config.links else 0,  # backward, content, forward
        "sharpness": 2 * R if config.links and config.sharpen_links else 0,  # of all backwards, then all forwards
        "mask": (R + 1) * W if config.masked else 0,
    }
    ends = list(accumulate(widths.values()))
    return {name: slice(end - width, end) for (name, width), end in zip(widths.items(), ends, strict=True)}


def frame(config: DNCConfig) -> Frame:
    """The sizes of what surrounds the memory."""
    lstm, words = config.controller == "lstm", config.read_heads * config.W
    return Frame(lstm, config.hidden, words, columns(config)["mask"].stop, config.layers)


def shapes(config: DNCConfig, X: int, Y: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every parameter, in the order of `init`."""
    R, N, W = config.read_heads, config.N, config.W
    return {
        **weight_shapes(frame(config), X, Y),
        **({"read_start_logits": (R, N), "write_start_logits": (1, N)} if config.start == "learned" else {}),
        **({"memory_start": (N, W)} if config.memory == "learned" else {}),
    }


def init(config: DNCConfig, X: int, Y: int, rng: np.random.Generator) -> Arrays:
    """First parameters (float64): small random matrices, zero biases, forget gate open."""
    size, sizes = shapes(config, X, Y), frame(config)
    params = first_weights(sizes, size, sizes.bias, rng)
    for name in ("read_start_logits", "write_start_logits"):
        if name in size:
            params[name] = np.zeros(size[name])
    if "memory_start" in size:
        params["memory_start"] = rng.normal(0, config.memory_scale, size["memory_start"])
    return params


def fixed_weighting(config: DNCConfig, heads: int) -> np.ndarray:
    """The weightings (heads, N) before step 0 where they are not trained, float64."""
    return np.full((heads, config.N), 1 / config.N if config.start == "uniform" else 0.0)


def zeros(config: DNCConfig) -> Arrays:
    """What always starts at zero, by its name in a state."""
    linked = config.N if config.links else 0
    found = {
        "read_vector": np.zeros((config.read_heads, config.W)),
        "usage": np.zeros(config.N),
        "precedence": np.zeros(linked),
        "link": np.zeros((linked, linked)),
    }
    if config.controller == "lstm":
        found |= {name: np.zeros(config.layers * config.hidden) for name in ("hidden", "cell")}
    return found


def _start_weighting(config: DNCConfig, logits: np.ndarray | None, heads: int) -> np.ndarray:
    if logits is None:
        return fixed_weighting(config, heads)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def start(config: DNCConfig, params: Arrays) -> Arrays:
    """The state before step 0: memory (N, W), weightings (head, N), and all of `zeros`."""
    dtype = params["heads"].dtype
    state = {
        "memory": params.get("memory_start", fixed_memory(config)),
        "read_weighting": _start_weighting(config, params.get("read_start_logits"), config.read_heads),
        "write_weighting": _start_weighting(config, params.get("write_start_logits"), 1),
        **zeros(config),
    }
    return {name: np.array(value, dtype) for name, value in state.items()}
