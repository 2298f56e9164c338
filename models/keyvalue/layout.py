"""What the network's kernels work on: named arrays, all views of one flat buffer that is reused from call to call.

Time first, then the episode c of the chunk. Keys and values lie slot by slot, (N, W): a write touches one row. The
store after every step is kept for a trace only (R = T + 1); training keeps one (R = 1), which the backward rolls back
step by step with the rows that each write replaced. S = the encoder's inputs, P = columns of params["heads"].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from memviz.contracts.model import Array, Arrays
from memviz.models.keyvalue.config import KeyValueConfig
from memviz.models.keyvalue.parameters import LEDGER, empty_memory, shapes, tail
from memviz.ops.policies import RULES

APPEND, AVERAGE, REPLACE = range(3)


class Options(NamedTuple):
    """The config's choices, as kernels want them."""

    lstm: bool  # else the feed-forward encoder
    feedback: bool  # the encoder sees the last read
    hard: bool  # a read takes the nearest alone, and passes no gradient to query and keys
    oneplus: bool  # key strengths have 1 added
    gated: bool  # a gate decides whether a step writes
    tanh: bool  # queries, keys and values are squashed
    classes: bool  # the outputs exclude each other
    update: int  # APPEND, AVERAGE or REPLACE
    policy: int  # of RULES
    nearest: int  # 0 = all
    chance: Array  # (1,) uint64, the key of what is random
    hit: float
    rate: float
    decay: float
    free: float
    protect: int  # the step from which on what was written before it is protected, 0 = never
    guarded: int  # how many slots can be protected, the lowest
    cosine_epsilon: float
    clip: float  # 0 = off


class Parameters(NamedTuple):
    """The parameter blocks, or their gradients; a block that a config lacks holds fixed values."""

    controller: Array
    heads: Array
    output: Array
    hidden_start: Array
    cell_start: Array
    read_vector_start: Array
    memory_start: Array  # (N, 2 W + 5), never a parameter: empty, or what a state holds
    past_start: Array  # (past, X), never a parameter


class Tape(NamedTuple):
    """Everything that forward writes and backward reads: the trace."""

    seen: Array  # (T + 1, C, S) [x, past inputs | 1 | h | r]: h and r of the step before
    said: Array  # (T, C, hidden + 1 + W) [h | 1 | r]
    gates: Array  # (T, C, 4 hidden) lstm; (T, C, hidden) feedforward: sums
    cell: Array  # (T + 1, C, hidden), the first before step 0
    squashed: Array  # (T, C, hidden) tanh(cell)
    sums: Array  # (T, C, P) what the encoder says
    query: Array  # (T, C, W)
    key: Array
    value: Array
    strength: Array  # (T, C)
    gate: Array
    similarity: Array  # (T, C, N) of the query
    reading: Array  # (T, C, N) weightings
    protected: Array  # (T, C, N) PROTECTED where the step may not write, WANTED where it would have, else 0
    slot: Array  # (T, C) the slot written, -1 none
    into: Array  # (T, C) the slot that took in what was there, -1 none
    kept_key: Array  # (T, C) share of the slot's old key in its new one
    kept_value: Array
    old_keys: Array  # (T, C, 2, W) what was in `slot` and in `into`
    old_values: Array
    keys: Array  # (R, C, N, W)
    values: Array
    inverse: Array  # (R, C, N) one over the norm of every key
    ledger: Array  # (R, C, 5, N)
    room: Array  # (3, N) the cosines of a write; when an item is asked for next; a memory with nothing protected
    logits: Array  # (T, C, Y)


class Gradients(NamedTuple):
    """dL/d of what Tape has under the same name; choices of slots are constants."""

    tail: Array  # (T + 1, C, h | r): of the encoder's inputs from the step before
    said: Array
    gates: Array
    cell: Array  # (T + 1, C, hidden)
    sums: Array
    query: Array
    key: Array
    value: Array
    strength: Array
    gate: Array
    reading: Array
    keys: Array  # (R, C, N, W)
    values: Array
    logits: Array


class Work(NamedTuple):
    """Transposed weights: what flows back goes through the same weights the other way."""

    controller: Array  # (4 hidden or hidden, h | r)
    heads: Array  # (P, hidden + 1)
    output: Array  # (Y, hidden + 1 + W)


def tape_shapes(config: KeyValueConfig, X: int, Y: int, T: int, C: int, R: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every array of a Tape."""
    N, W, hidden = config.N, config.W, config.hidden
    lstm, blocks = config.controller == "lstm", shapes(config, X, Y)
    return {
        "seen": (T + 1, C, blocks["controller"][0]),
        "said": (T, C, hidden + 1 + W),
        "gates": (T, C, 4 * hidden if lstm else hidden),
        "cell": (T + 1, C, hidden if lstm else 0),
        "squashed": (T, C, hidden if lstm else 0),
        "sums": (T, C, blocks["heads"][1]),
        **dict.fromkeys(("query", "key", "value"), (T, C, W)),
        **dict.fromkeys(("strength", "gate"), (T, C)),
        **dict.fromkeys(("similarity", "reading", "protected"), (T, C, N)),
        **dict.fromkeys(("slot", "into", "kept_key", "kept_value"), (T, C)),
        **dict.fromkeys(("old_keys", "old_values"), (T, C, 2, W)),
        **dict.fromkeys(("keys", "values"), (R, C, N, W)),
        "inverse": (R, C, N),
        "ledger": (R, C, len(LEDGER), N),
        "room": (3, N),
        "logits": (T, C, Y),
    }


def gradient_shapes(config: KeyValueConfig, tape: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every array of Gradients, for a tape's shapes."""
    return {name: tape[name] if name in tape else (*tape["seen"][:2], tail(config)) for name in Gradients._fields}


def work_shapes(config: KeyValueConfig, X: int, Y: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every array of Work."""
    blocks = shapes(config, X, Y)
    return {
        "controller": (blocks["controller"][1], tail(config)),
        "heads": blocks["heads"][::-1],
        "output": blocks["output"][::-1],
    }


def options(config: KeyValueConfig) -> Options:
    """The choices of a config."""
    return Options(
        lstm=config.controller == "lstm",
        feedback=config.feedback,
        hard=config.hard,
        oneplus=config.strength == "oneplus",
        gated=config.write == "gate",
        tanh=config.vectors == "tanh",
        classes=config.outputs == "classes",
        update=("append", "average", "replace").index(config.update),
        policy=RULES.index(config.policy),
        nearest=config.nearest,
        chance=np.array([config.policy_seed], np.uint64),
        hit=config.hit,
        rate=config.rate,
        decay=config.decay,
        free=config.free,
        protect=config.protect,
        guarded=config.guarded,
        cosine_epsilon=config.cosine_epsilon,
        clip=config.clip,
    )


def fixed_blocks(config: KeyValueConfig, X: int) -> Arrays:
    """What stands in for the parameters that some configs lack."""
    return {
        "hidden_start": np.zeros(0),
        "cell_start": np.zeros(0),
        "read_vector_start": np.zeros(0),
        "memory_start": empty_memory(config),
        "past_start": np.zeros((config.past, X)),
    }
