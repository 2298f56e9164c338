"""What the NTM's kernels work on: named arrays, all views of one flat buffer that is reused from call to call.

Time first, then the episode c of the chunk. Inside kernels the memory lies word-major, (W, N), slots innermost, for
the vector unit. H write heads, R read heads, S shifts, P = columns of params["heads"]; "head" counts reads first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from memviz.contracts.model import Array, Arrays
from memviz.models.ntm.config import NTMConfig
from memviz.models.ntm.parameters import fixed_weighting, frame
from memviz.ops import blocks
from memviz.ops.blocks import fixed_memory


class Options(NamedTuple):
    """The config's choices, as kernels want them."""

    lstm: bool  # else the feed-forward controller
    learned_start: bool  # the start weightings are softmaxes of parameters, else given as they are
    learned_memory: bool
    previous: bool  # a read sees the memory before the write
    tanh: bool  # keys and adds are squashed
    oneplus: bool  # key strengths have 1 added
    classes: bool  # the outputs exclude each other
    cosine_epsilon: float
    sharpen_tiny: float
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
    write_start_logits: Array
    memory_start: Array


class Tape(NamedTuple):
    """Everything that forward writes and backward reads: the trace."""

    rows: Array  # (T + 1, C, hidden + 1 + R W + X) [h | 1 | r | x]: h and r of the step before, x of this one
    gates: Array  # (T, C, 4 hidden) lstm; (T, C, hidden) feedforward: sums
    cell: Array  # (T + 1, C, hidden), the first before step 0
    squashed: Array  # (T, C, hidden) tanh(cell)
    sums: Array  # (T, C, P) what the controller says to the heads
    key: Array  # (T, C, head, W)
    add: Array  # (T, C, H, W)
    erase: Array  # (T, C, H, W)
    strength: Array  # (T, C, head)
    gate: Array  # (T, C, head)
    sharpness: Array  # (T, C, head)
    shift: Array  # (T, C, head, S)
    inverse: Array  # (T, C, N) one over the norm of every slot's word
    similarity: Array  # (T, C, head, N)
    content: Array  # (T, C, head, N) stage 1
    interpolated: Array  # (T, C, head, N) stage 2
    shifted: Array  # (T, C, head, N) stage 3
    logs: Array  # (T, C, head, N) log(shifted + tiny)
    weighting: Array  # (T + 1, C, head, N) stage 4, the first before step 0
    memory: Array  # (T + 1, C, W, N), the first before step 0
    between: Array  # (T, C, H - 1, W, N) after all write heads but the last
    logits: Array  # (T, C, Y)


class Gradients(NamedTuple):
    """dL/d of what Tape has under the same name.

    Where a step's numbers are not needed after it, training keeps one or two steps only and indexes with t modulo
    the length; recording a trace keeps them all.
    """

    rows: Array  # (T + 1, C, hidden + 1 + R W): no gradient flows into x
    gates: Array
    cell: Array  # (2 or T + 1, C, hidden)
    sums: Array
    key: Array  # from here to shifted: (1 or T, C, ...)
    add: Array
    erase: Array
    strength: Array
    gate: Array
    sharpness: Array
    shift: Array
    content: Array
    interpolated: Array
    shifted: Array
    weighting: Array  # (2 or T + 1, C, head, N)
    memory: Array  # (1 or T + 1, C, W, N)
    logits: Array


class Work(NamedTuple):
    """Transposed weights (what flows back goes through the same weights the other way), and room for ops."""

    controller: Array  # (4 hidden, hidden + 1 + R W) lstm; (hidden, 1 + R W) feedforward
    heads: Array  # (P, hidden + 1)
    output: Array  # (Y, hidden + 1 + R W)
    room: Array  # (head + 1, N)


def tape_shapes(config: NTMConfig, X: int, Y: int, T: int, C: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every array of a Tape."""
    H, N, W, S = config.write_heads, config.N, config.W, 2 * config.shift_range + 1
    heads = config.read_heads + H
    every = (T, C, heads)
    return {
        **blocks.tape_shapes(frame(config), X, T, C),
        "key": (*every, W),
        **dict.fromkeys(("add", "erase"), (T, C, H, W)),
        **dict.fromkeys(("strength", "gate", "sharpness"), every),
        "shift": (*every, S),
        "inverse": (T, C, N),
        **dict.fromkeys(("similarity", "content", "interpolated", "shifted", "logs"), (*every, N)),
        "weighting": (T + 1, C, heads, N),
        "memory": (T + 1, C, W, N),
        "between": (T, C, H - 1, W, N),
        "logits": (T, C, Y),
    }


def gradient_shapes(tape: Mapping[str, tuple[int, ...]], X: int, record: bool) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every array of Gradients, for a tape's shapes."""
    whole = {name: tape[name] for name in Gradients._fields}
    T1, C, K = tape["rows"]
    whole["rows"] = (T1, C, K - X)
    if not record:
        told = ("key", "add", "erase", "strength", "gate", "sharpness", "shift")
        stages = ("content", "interpolated", "shifted")
        short = {"memory": 1, "cell": 2, "weighting": 2} | dict.fromkeys(told + stages, 1)
        whole |= {name: (steps, *whole[name][1:]) for name, steps in short.items()}
    return whole


def work_shapes(config: NTMConfig, Y: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every array of Work."""
    return {**blocks.turned_shapes(frame(config), Y), "room": (config.read_heads + config.write_heads + 1, config.N)}


def options(config: NTMConfig) -> Options:
    """The choices of a config."""
    return Options(
        lstm=config.controller == "lstm",
        learned_start=config.start == "learned",
        learned_memory=config.memory == "learned",
        previous=config.read_order == "previous",
        tanh=config.vectors == "tanh",
        oneplus=config.strength == "oneplus",
        classes=config.outputs == "classes",
        cosine_epsilon=config.cosine_epsilon,
        sharpen_tiny=config.sharpen_tiny,
        clip=config.clip,
    )


def fixed_blocks(config: NTMConfig) -> Arrays:
    """What stands in for the parameters that some configs lack."""
    return {
        "hidden_start": np.zeros(0),
        "cell_start": np.zeros(0),
        "read_start_logits": fixed_weighting(config, config.read_heads),
        "write_start_logits": fixed_weighting(config, config.write_heads),
        "memory_start": fixed_memory(config),
    }
