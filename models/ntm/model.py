"""The NTM's doors: dicts of named arrays outside, kernels inside."""

from __future__ import annotations

from typing import Any

import numpy as np

from memviz.contracts.model import Arrays
from memviz.contracts.task import Episode
from memviz.models.ntm import kernels
from memviz.models.ntm.config import NTMConfig
from memviz.models.ntm.edits import HEADS, STARTS, edits_of
from memviz.models.ntm.layout import Gradients, Tape, fixed_blocks, gradient_shapes, options, tape_shapes, work_shapes
from memviz.ops.buffer import Room
from memviz.ops.doors import play, reverse
from memviz.ops.edit import edited
from memviz.ops.scratch import Scratch


def scratch(config: NTMConfig, X: int, Y: int, T: int, C: int, dtype: Any, record: bool = False) -> Scratch:
    """Work arrays for chunks of up to T steps and C episodes; `record` keeps all of every step, for a trace."""

    def shapes(T: int, C: int) -> tuple[dict[str, Any], ...]:
        tape = tape_shapes(config, X, Y, T, C)
        return tape, gradient_shapes(tape, X, record), work_shapes(config, Y)

    return Scratch(kernels, options(config), fixed_blocks(config), Room("ntm", shapes, T, C, dtype))


def forward(
    config: NTMConfig, params: Arrays, state: Arrays, inputs: np.ndarray, edits: Arrays | None
) -> tuple[np.ndarray, Arrays, Arrays]:
    """See contracts/model.py."""
    changes = None if edits is None else edits_of(config, edits, len(inputs), params["output"].dtype)
    begin = edited(state, edits, STARTS)
    outputs, tape = play(scratch, config, params, begin, inputs, changes)
    return outputs, _state_after(config, tape), _signals(config, tape)


def backward(config: NTMConfig, params: Arrays, state: Arrays, episode: Episode) -> Arrays:
    """See contracts/model.py."""
    _, d = reverse(scratch, config, params, state, episode)
    return {f"d_{name}": value for name, value in _signals(config, d).items()}


def _signals(config: NTMConfig, of: Tape | Gradients) -> Arrays:
    """The signals of a trace out of a tape or its gradients: time first, heads by kind, memory as (slot, word)."""
    R, W, hidden = config.read_heads, config.W, config.hidden
    memory, weighting, rows = of.memory[:, 0].swapaxes(1, 2), of.weighting[:, 0], of.rows[1:, 0]
    signals = {
        "memory": memory[1:],
        "memory_start": memory[0],
        "read_start": weighting[0, :R],
        "write_start": weighting[0, R:],
        "erase": of.erase[:, 0],
        "add": of.add[:, 0],
        "read_vector": rows[:, hidden + 1 : hidden + 1 + R * W].reshape(-1, R, W),
        "hidden": rows[:, :hidden],
    }
    for name in HEADS:
        heads = weighting[1:] if name == "weighting" else getattr(of, name)[:, 0]
        signals[f"read_{name}"], signals[f"write_{name}"] = heads[:, :R], heads[:, R:]
    if config.controller == "lstm":
        signals["cell"] = of.cell[1:, 0]
    return {name: np.array(value) for name, value in signals.items()}


def _state_after(config: NTMConfig, tape: Tape) -> Arrays:
    """The state after the last step."""
    R, W, hidden = config.read_heads, config.W, config.hidden
    row, weighting = tape.rows[-1, 0], tape.weighting[-1, 0]
    state = {
        "memory": tape.memory[-1, 0].T,
        "read_weighting": weighting[:R],
        "write_weighting": weighting[R:],
        "read_vector": row[hidden + 1 : hidden + 1 + R * W].reshape(R, W),
    }
    if config.controller == "lstm":
        state |= {"hidden": row[:hidden], "cell": tape.cell[-1, 0]}
    return {name: np.array(value, order="C") for name, value in state.items()}
