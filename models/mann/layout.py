"""What the network's kernels work on: named arrays, all views of one flat buffer that is reused from call to call.

Time first, then the episode c of the chunk. Inside kernels the memory lies word-major, (W, N), slots innermost, for
the vector unit. H heads, each of which reads and writes; A of them have a word of their own to write (H or 0);
P = columns of params["heads"].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from memviz.contracts.model import Array, Arrays
from memviz.models.mann.config import MANNConfig
from memviz.models.mann.parameters import frame
from memviz.ops import blocks
from memviz.ops.blocks import fixed_memory


class Options(NamedTuple):
    """The config's choices, as kernels want them."""

    lstm: bool  # else the feed-forward controller
    learned_start: bool  # the read weightings before step 0 are softmaxes of parameters, else given as they are
    learned_memory: bool
    previous: bool  # a read sees the memory before the write
    own: bool  # a head writes a word of its own, else its key
    strength: bool  # the controller tells key strengths, else they are 1
    oneplus: bool  # key strengths have 1 added
    shared: bool  # every head writes to all least used slots, else to one each
    clear_all: bool  # all least used slots are set to zero, else the first
    tanh: bool  # keys and words are squashed
    classes: bool  # the outputs exclude each other
    decay: float
    tie: float
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
    read_start_logits: Array
    memory_start: Array
    usage_start: Array  # (N,) never a parameter: no gradient flows through usage


class Tape(NamedTuple):
    """Everything that forward writes and backward reads: the trace."""

    rows: Array  # (T + 1, C, hidden + 1 + H W + X) [h | 1 | r | x]: h and r of the step before, x of this one
    gates: Array  # (T, C, 4 hidden) lstm; (T, C, hidden) feedforward: sums
    cell: Array  # (T + 1, C, hidden), the first before step 0
    squashed: Array  # (T, C, hidden) tanh(cell)
    sums: Array  # (T, C, P) what the controller says to the heads
    key: Array  # (T, C, H, W)
    add: Array  # (T, C, A, W)
    gate: Array  # (T, C, H)
    strength: Array  # (T, C, H)
    least: Array  # (T, C, H, N) the slots used least before the step
    retention: Array  # (T, C, N) 0 where the memory is cleared before the write
    writing: Array  # (T, C, H, N) write weightings
    inverse: Array  # (T, C, N) one over the norm of every slot's word
    similarity: Array  # (T, C, H, N)
    reading: Array  # (T + 1, C, H, N) read weightings, the first before step 0
    usage: Array  # (T + 1, C, N), the first before step 0
    memory: Array  # (T + 1, C, W, N), the first before step 0
    logits: Array  # (T, C, Y)


class Gradients(NamedTuple):
    """dL/d of what Tape has under the same name; none flows through usage.

    Where a step's numbers are not needed after it, training keeps one or two steps only and indexes with t modulo
    the length; recording a trace keeps them all.
    """

    rows: Array  # (T + 1, C, hidden + 1 + H W): no gradient flows into x
    gates: Array
    cell: Array  # (2 or T + 1, C, hidden)
    sums: Array
    key: Array  # from here to writing: (1 or T, C, ...)
    add: Array
    gate: Array
    strength: Array
    least: Array
    retention: Array
    writing: Array
    reading: Array  # (2 or T + 1, C, H, N)
    memory: Array  # (1 or T + 1, C, W, N)
    logits: Array


class Work(NamedTuple):
    """Transposed weights (what flows back goes through the same weights the other way), and room for ops."""

    controller: Array  # (4 hidden, hidden + 1 + H W) lstm; (hidden, 1 + H W) feedforward
    heads: Array  # (P, hidden + 1)
    output: Array  # (Y, hidden + 1 + H W)
    room: Array  # (H + 1, N)


def tape_shapes(config: MANNConfig, X: int, Y: int, T: int, C: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every array of a Tape."""
    H, N, W = config.heads, config.N, config.W
    return {
        **blocks.tape_shapes(frame(config), X, T, C),
        "key": (T, C, H, W),
        "add": (T, C, H if config.written == "own" else 0, W),
        **dict.fromkeys(("gate", "strength"), (T, C, H)),
        "least": (T, C, H, N),
        "retention": (T, C, N),
        "writing": (T, C, H, N),
        "inverse": (T, C, N),
        "similarity": (T, C, H, N),
        "reading": (T + 1, C, H, N),
        "usage": (T + 1, C, N),
        "memory": (T + 1, C, W, N),
        "logits": (T, C, Y),
    }


def gradient_shapes(tape: Mapping[str, tuple[int, ...]], X: int, record: bool) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every array of Gradients, for a tape's shapes."""
    whole = {name: tape[name] for name in Gradients._fields}
    T1, C, K = tape["rows"]
    whole["rows"] = (T1, C, K - X)
    if not record:
        short = {"memory": 1, "cell": 2, "reading": 2} | dict.fromkeys(Gradients._fields[4:11], 1)
        whole |= {name: (steps, *whole[name][1:]) for name, steps in short.items()}
    return whole


def work_shapes(config: MANNConfig, Y: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every array of Work."""
    return {**blocks.turned_shapes(frame(config), Y), "room": (config.heads + 1, config.N)}


def options(config: MANNConfig) -> Options:
    """The choices of a config."""
    return Options(
        lstm=config.controller == "lstm",
        learned_start=config.start == "learned",
        learned_memory=config.memory == "learned",
        previous=config.read_order == "previous",
        own=config.written == "own",
        strength=config.strength != "none",
        oneplus=config.strength == "oneplus",
        shared=config.least_used == "all",
        clear_all=config.cleared == "all",
        tanh=config.vectors == "tanh",
        classes=config.outputs == "classes",
        decay=config.decay,
        tie=config.tie,
        cosine_epsilon=config.cosine_epsilon,
        clip=config.clip,
    )


def fixed_blocks(config: MANNConfig) -> Arrays:
    """What stands in for the parameters that some configs lack."""
    return {
        "hidden_start": np.zeros(0),
        "cell_start": np.zeros(0),
        "read_start_logits": np.zeros((config.heads, config.N)),
        "memory_start": fixed_memory(config),
        "usage_start": np.zeros(config.N),
    }
