"""What the DNC's kernels work on: named arrays and their shapes.

Time first, then the episode c of the chunk. Inside kernels the memory lies word-major, (W, N), slots innermost, for
the vector unit. R read heads, one write head, P = columns of params["heads"]; hidden counts the units of all layers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from memviz.contracts.model import Array
from memviz.models.dnc.config import MOST_SLOTS_SHOWN, DNCConfig
from memviz.models.dnc.parameters import frame
from memviz.ops import blocks


class Options(NamedTuple):
    """The config's choices, as kernels want them."""

    lstm: bool  # else the feed-forward controller
    learned_start: bool  # the start weightings are softmaxes of parameters, else given as they are
    learned_memory: bool
    links: bool
    masked: bool
    outside: bool  # the cosine's epsilon is in the denominator
    deallocate: bool
    sharpen: bool  # forward and backward weightings
    tanh: bool  # keys and adds are squashed
    oneplus: bool  # key strengths have 1 added
    full: bool  # write weightings get a gradient from later usage
    classes: bool  # the outputs exclude each other
    mask_least: float
    link_epsilon: float
    usage_epsilon: float
    cosine_epsilon: float
    clip: float  # 0 = off


class Parameters(NamedTuple):
    """The parameter blocks, or their gradients; a block that a config lacks holds fixed values."""

    controller: Array
    deeper: Array  # (layers - 1, ...)
    heads: Array
    output: Array
    read_start_logits: Array
    write_start_logits: Array
    memory_start: Array
    hidden_start: Array  # from here on never learned
    cell_start: Array
    read_vector_start: Array
    usage_start: Array
    precedence_start: Array
    link_start: Array


class Tape(NamedTuple):
    """Everything that forward writes and backward reads: the trace."""

    rows: Array  # (T + 1, C, hidden + 1 + R W + X) [h | 1 | r | x]: h and r of the step before, x of this one
    gates: Array  # (T, C, 4 hidden) lstm; (T, C, hidden) feedforward: sums
    cell: Array  # (T + 1, C, hidden), the first before step 0
    squashed: Array  # (T, C, hidden) tanh(cell)
    sums: Array  # (T, C, P) what the controller says to the memory
    vector: Array  # (T, C, R + 2, W) read keys, write key, add
    erase: Array  # (T, C, W)
    strength: Array  # (T, C, R + 1) reads first
    gate: Array  # (T, C, R + 2) free gates, allocation gate, write gate
    mode: Array  # (T, C, R, 3) backward, content, forward
    sharpness: Array  # (T, C, 2, R) backward, forward
    mask: Array  # (T, C, R + 1, W) reads first; all ones without masks
    retention: Array  # (T, C, N)
    usage: Array  # (T + 1, C, N), the first before step 0
    order: Array  # (T, C, N) the slots by usage
    before: Array  # (T, C, N) product of the usages of all slots that come before
    allocation: Array  # (T, C, N)
    inverse: Array  # (T + 1, C, N) one over the norm of every slot's word
    norm: Array  # (T, C, R + 1, N) of the masked words, or with epsilon in the denominator
    similarity: Array  # (T, C, R + 1, N) reads first
    content: Array  # (T, C, R + 1, N) reads first
    write_weighting: Array  # (T + 1, C, N), the first before step 0
    memory: Array  # (T + 1, C, W, N), the first before step 0
    precedence: Array  # (T + 1, C, N)
    found: Array  # (T, C, 2, R, N) backward and forward as the links give them, when they are sharpened
    logs: Array  # (T, C, 2, R, N) their logarithms
    along: Array  # (T, C, 2, R, N) backward and forward
    read_weighting: Array  # (T + 1, C, R, N), the first before step 0
    logits: Array  # (T, C, Y)
    link: Array  # (S + 1, C, N, N) of one segment: the first before its first step
    kept: Array  # (segments, C, N, N) before the first step of each; none if there is only one


class Gradients(NamedTuple):
    """dL/d of what Tape has under the same name.

    Where a step's numbers are not needed after it, training keeps one or two steps only and indexes with t modulo
    the length; recording a trace keeps them all.
    """

    rows: Array  # (T + 1, C, hidden + 1 + R W): no gradient flows into x
    gates: Array
    sums: Array
    logits: Array
    cell: Array  # from here to read_weighting: (2 or T + 1, C, ...)
    usage: Array
    write_weighting: Array
    precedence: Array
    read_weighting: Array
    vector: Array  # from here to along: (1 or T, C, ...)
    erase: Array
    strength: Array
    gate: Array
    mode: Array
    sharpness: Array
    mask: Array
    retention: Array
    allocation: Array
    content: Array
    found: Array
    along: Array
    memory: Array  # (1 or T + 1, C, W, N)
    link: Array  # (1 or T + 1, C, N, N)


TWO, ONE = Gradients._fields[4:9], Gradients._fields[9:]


class Work(NamedTuple):
    """Transposed weights (what flows back goes through the same weights the other way), and room for ops."""

    controller: Array  # (4 hidden, hidden + 1 + R W) lstm; (hidden, 1 + R W) feedforward
    deeper: Array  # (layers - 1, 4 hidden, 2 hidden + 1 + R W) lstm; (layers - 1, hidden, hidden + 1 + R W)
    heads: Array  # (P, hidden + 1)
    output: Array  # (Y, hidden + 1 + R W)
    room: Array  # (R + 2, N)
    turned: Array  # (N, N) the links, transposed


def tape_shapes(config: DNCConfig, X: int, Y: int, T: int, C: int, S: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every array of a Tape whose segments have S steps."""
    R, N, W = config.read_heads, config.N, config.W
    linked, sharpen = N if config.links else 0, config.links and config.sharpen_links
    plain = not config.masked and config.cosine == "inside"
    segments = math.ceil(T / S)
    found = {
        **blocks.tape_shapes(frame(config), X, T, C),
        "vector": (T, C, R + 2, W),
        "erase": (T, C, W),
        "strength": (T, C, R + 1),
        "gate": (T, C, R + 2),
        "mode": (T, C, R if config.links else 0, 3),
        "sharpness": (T, C, 2, R if sharpen else 0),
        "mask": (T, C, R + 1, 0 if plain else W),
        **dict.fromkeys(("retention", "order", "before", "allocation"), (T, C, N)),
        **dict.fromkeys(("usage", "inverse", "write_weighting"), (T + 1, C, N)),
        "norm": (T, C, R + 1, 0 if plain else N),
        **dict.fromkeys(("similarity", "content"), (T, C, R + 1, N)),
        "memory": (T + 1, C, W, N),
        "precedence": (T + 1, C, linked),
        **dict.fromkeys(("found", "logs"), (T, C, 2, R, N if sharpen else 0)),
        "along": (T, C, 2, R, linked),
        "read_weighting": (T + 1, C, R, N),
        "logits": (T, C, Y),
        "link": (S + 1, C, linked, linked),
        "kept": (segments if segments > 1 else 0, C, linked, linked),
    }
    return {name: found[name] for name in Tape._fields}


def gradient_shapes(config: DNCConfig, tape: Mapping[str, tuple[int, ...]], X: int, record: bool) -> dict[str, Any]:
    """Name -> shape of every array of Gradients, for a tape's shapes."""
    whole = {name: tape[name] for name in Gradients._fields}
    T1, C, K = tape["rows"]
    whole["rows"] = (T1, C, K - X)
    if not record:
        short = dict.fromkeys(TWO, 2) | dict.fromkeys(ONE, 1)
        return whole | {name: (steps, *whole[name][1:]) for name, steps in short.items()}
    return whole | {"link": (T1 if config.N <= MOST_SLOTS_SHOWN else 1, *whole["link"][1:])}


def work_shapes(config: DNCConfig, Y: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every array of Work."""
    linked = config.N if config.links else 0
    found = {"deeper": (0, 0, 0), **blocks.turned_shapes(frame(config), Y)}
    found |= {"room": (config.read_heads + 2, config.N), "turned": (linked, linked)}
    return {name: found[name] for name in Work._fields}
