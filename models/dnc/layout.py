"""What the DNC's kernels work on: named arrays, all views of one flat buffer that is reused from call to call.

Time first, then the episode c of the chunk. Inside kernels the memory lies word-major, (W, N), slots innermost, for
the vector unit. R read heads, one write head, P = columns of params["heads"].

The links (N, N) of every step would outweigh all else, so they are never all kept where that takes much room: the
steps are cut into segments of S, S about the root of T; `kept` holds the links at the beginning of each segment, and
`link` those of one segment, computed once more when the backward comes to it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from memviz.models.dnc.config import MOST_SLOTS_SHOWN, DNCConfig
from memviz.models.dnc.parameters import Arrays, fixed_memory, fixed_weighting, shapes, zeros
from memviz.ops.buffer import cut, take

Array = np.ndarray
MOST_LINKS = 1 << 18  # numbers (a megabyte of float32): more links than this are not all kept


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
    heads: Array  # (P, hidden + 1)
    output: Array  # (Y, hidden + 1 + R W)
    room: Array  # (R + 2, N)
    turned: Array  # (N, N) the links, transposed


def tape_shapes(config: DNCConfig, X: int, Y: int, T: int, C: int, S: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every array of a Tape whose segments have S steps."""
    R, N, W, hidden = config.read_heads, config.N, config.W, config.hidden
    lstm, P = config.controller == "lstm", shapes(config, X, Y)["heads"][1]
    linked, sharpen = N if config.links else 0, config.links and config.sharpen_links
    plain = not config.masked and config.cosine == "inside"
    segments = math.ceil(T / S)
    found = {
        "rows": (T + 1, C, hidden + 1 + R * W + X),
        "gates": (T, C, 4 * hidden if lstm else hidden),
        "cell": (T + 1, C, hidden if lstm else 0),
        "squashed": (T, C, hidden if lstm else 0),
        "sums": (T, C, P),
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


def work_shapes(config: DNCConfig, X: int, Y: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every array of Work."""
    blocks, linked = shapes(config, X, Y), config.N if config.links else 0
    weights = {name: blocks[name][::-1] for name in ("controller", "heads", "output")}
    weights["controller"] = (weights["controller"][0], weights["controller"][1] - X)
    return {**weights, "room": (config.read_heads + 2, config.N), "turned": (linked, linked)}


@dataclass
class Scratch:
    """One flat buffer for chunks of up to T steps and C episodes; `at` gives the arrays of a smaller chunk too."""

    config: DNCConfig
    X: int
    Y: int
    T: int
    C: int
    dtype: Any
    record: bool = False  # keep the gradient of every signal at every step, and the links that a trace shows
    options: Options = field(init=False)
    fixed: Arrays = field(init=False)  # what stands in for parameters that the config lacks
    no_memory: Array = field(init=False)  # what stands for "no memory is carried over"
    buffer: Array = field(init=False)
    segment: int = field(init=False)  # S
    _views: dict[tuple[int, int], tuple[Array, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Take the memory."""
        self.options, self.fixed = options(self.config), fixed_blocks(self.config, self.dtype)
        self.no_memory = np.zeros((0, self.config.N, self.config.W), self.dtype)
        shown = self.record and self.config.N <= MOST_SLOTS_SHOWN
        self.segment = self.T if shown else segment(self.config, self.T, self.C)
        self.buffer = take(self._shapes(self.T, self.C), self.dtype)

    def _shapes(self, T: int, C: int) -> list[tuple[int, ...]]:
        tape = tape_shapes(self.config, self.X, self.Y, T, C, min(self.segment, T))
        back = gradient_shapes(self.config, tape, self.X, self.record)
        blocks = (tape, back, work_shapes(self.config, self.X, self.Y))
        return [shape for block in blocks for shape in block.values()]

    def blocks(self, params: Arrays) -> tuple[Array, ...]:
        """The arrays of Parameters."""
        fixed = self.fixed
        return tuple([params[name] if name in params else fixed[name] for name in Parameters._fields])

    def at(self, T: int, C: int) -> tuple[Array, ...]:
        """The arrays of Tape, Gradients and Work, in this order, for a chunk of T steps and C episodes."""
        views = self._views.get((T, C))
        if views is None:
            if T > self.T or C > self.C:
                most = f"at most {self.T} steps of {self.C} episodes"
                raise ValueError(f"dnc.scratch: want {most}, got {T} of {C} (ask for larger scratch)")
            views = self._views[T, C] = tuple(cut(self.buffer, self._shapes(T, C)))
        return views


def segment(config: DNCConfig, T: int, C: int) -> int:
    """Steps between two links that are kept: all T where that takes little room, else about the root of T."""
    return T if T * C * config.N**2 <= MOST_LINKS or not config.links else math.ceil(math.sqrt(T))


def options(config: DNCConfig) -> Options:
    """The choices of a config."""
    return Options(
        lstm=config.controller == "lstm",
        learned_start=config.start == "learned",
        learned_memory=config.memory == "learned",
        links=config.links,
        masked=config.masked,
        outside=config.cosine == "denominator",
        deallocate=config.deallocate,
        sharpen=config.links and config.sharpen_links,
        tanh=config.vectors == "tanh",
        oneplus=config.strength == "oneplus",
        full=config.usage_gradient == "full",
        classes=config.outputs == "classes",
        mask_least=config.mask_least,
        link_epsilon=config.link_epsilon,
        usage_epsilon=config.usage_epsilon,
        cosine_epsilon=config.cosine_epsilon,
        clip=config.clip,
    )


def fixed_blocks(config: DNCConfig, dtype: Any) -> Arrays:
    """What stands in for the parameters that some configs lack, or all."""
    blocks = {
        "read_start_logits": fixed_weighting(config, config.read_heads),
        "write_start_logits": fixed_weighting(config, 1),
        "memory_start": fixed_memory(config),
        **dict.fromkeys(("hidden_start", "cell_start"), np.zeros(0)),
        **{f"{name}_start": value for name, value in zeros(config).items()},
    }
    return {name: np.array(block, dtype) for name, block in blocks.items()}
