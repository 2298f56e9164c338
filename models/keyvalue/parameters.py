"""The network's parameter blocks: their shapes, their first values, and the state they give before step 0.

    controller  (S, 4 hidden) lstm, (S, hidden) feedforward; rows [x, and past inputs | 1 | h, lstm | r, feedback]
    heads       (hidden + 1, P)      rows [h | 1], columns in the order of `columns` below
    output      (hidden + 1 + W, Y)  rows [h | 1 | r]

The rest is what holds before step 0: hidden_start, cell_start (hidden,), lstm only; read_vector_start (W,), feedback
only. The memory starts empty; as one array (N, 2 W + 5) a slot's row is [value | key | item born touched count usage],
which is all that an episode leaves to the next. Times count back from now: -3 is three steps ago.
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from memviz.contracts.model import Arrays
from memviz.models.keyvalue.config import KeyValueConfig
from memviz.ops.blocks import Frame, first_weights, start_shapes
from memviz.ops.policies import FREE

LEDGER = ("item", "born", "touched", "count", "usage")


def columns(config: KeyValueConfig) -> dict[str, slice]:
    """Which columns of `heads` give what."""
    widths = dict.fromkeys(("query", "key", "value"), config.W)
    widths |= {"strength": int(not config.hard), "gate": int(config.write == "gate")}
    ends = list(accumulate(widths.values()))
    return {name: slice(end - width, end) for (name, width), end in zip(widths.items(), ends, strict=True)}


def tail(config: KeyValueConfig) -> int:
    """How many numbers of the step before, of h and r, the encoder sees."""
    return config.hidden * (config.controller == "lstm") + config.W * config.feedback


def shapes(config: KeyValueConfig, X: int, Y: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every parameter, in the order of `init`."""
    W, hidden, lstm = config.W, config.hidden, config.controller == "lstm"
    return {
        "controller": ((1 + config.past) * X + 1 + tail(config), 4 * hidden if lstm else hidden),
        "heads": (hidden + 1, columns(config)["gate"].stop),
        "output": (hidden + 1 + W, Y),
        **start_shapes(Frame(lstm, hidden)),
        **({"read_vector_start": (W,)} if config.feedback else {}),
    }


def init(config: KeyValueConfig, X: int, Y: int, rng: np.random.Generator) -> Arrays:
    """First parameters (float64): small random matrices, zero biases, forget gate open."""
    size, bias = shapes(config, X, Y), (1 + config.past) * X
    params = first_weights(Frame(config.controller == "lstm", config.hidden), size, bias, rng)
    params["heads"][config.hidden, columns(config)["gate"]] = 1.0  # a gate that never opens would never learn
    return params


def empty_memory(config: KeyValueConfig) -> np.ndarray:
    """The rows (N, 2 W + 5) of a memory without an entry."""
    memory = np.zeros((config.N, 2 * config.W + len(LEDGER)))
    memory[:, 2 * config.W] = FREE
    return memory


def start(config: KeyValueConfig, params: Arrays) -> Arrays:
    """The state before step 0: the memory's rows, the past inputs (past, X), and h, cell and r where they are seen."""
    dtype, rows = params["heads"].dtype, len(params["controller"]) - 1 - tail(config)
    state = {"memory": empty_memory(config), "past": np.zeros((config.past, rows // (1 + config.past)))}
    for name in ("hidden", "cell", "read_vector"):
        if f"{name}_start" in params:
            state[name] = params[f"{name}_start"]
    return {name: np.array(value, dtype) for name, value in state.items()}
