"""The network's doors: dicts of named arrays outside, kernels inside."""

from __future__ import annotations

from typing import Any

import numpy as np

from memviz.contracts.model import Arrays
from memviz.contracts.task import Episode
from memviz.models.mann import kernels
from memviz.models.mann.config import MANNConfig
from memviz.models.mann.edits import STARTS, edits_of
from memviz.models.mann.layout import Gradients, Tape, fixed_blocks, gradient_shapes, options, tape_shapes, work_shapes
from memviz.ops.buffer import Room
from memviz.ops.doors import play, reverse
from memviz.ops.edit import edited
from memviz.ops.scratch import Scratch


def scratch(config: MANNConfig, X: int, Y: int, T: int, C: int, dtype: Any, record: bool = False) -> Scratch:
    """Work arrays for chunks of up to T steps and C episodes; `record` keeps all of every step, for a trace."""

    def shapes(T: int, C: int) -> tuple[dict[str, Any], ...]:
        tape = tape_shapes(config, X, Y, T, C)
        return tape, gradient_shapes(tape, X, record), work_shapes(config, Y)

    return Scratch(kernels, options(config), fixed_blocks(config), Room("mann", shapes, T, C, dtype))


def forward(
    config: MANNConfig, params: Arrays, state: Arrays, inputs: np.ndarray, edits: Arrays | None
) -> tuple[np.ndarray, Arrays, Arrays]:
    """See contracts/model.py."""
    changes = None if edits is None else edits_of(config, edits, len(inputs), params["output"].dtype)
    begin = edited(state, edits, STARTS)
    outputs, tape = play(scratch, config, params, begin, inputs, changes)
    signals = {**_signals(config, tape), "usage": np.array(tape.usage[1:, 0])}
    return outputs, _state_after(config, tape), signals


def backward(config: MANNConfig, params: Arrays, state: Arrays, episode: Episode) -> Arrays:
    """See contracts/model.py."""
    tape, d = reverse(scratch, config, params, state, episode)
    signals = _signals(config, d)
    signals["usage"] = np.zeros_like(tape.usage[1:, 0])  # it only decides which slots are least used
    return {f"d_{name}": value for name, value in signals.items()}


def _signals(config: MANNConfig, of: Tape | Gradients) -> Arrays:
    """The signals of a trace, all but usage, out of a tape or its gradients: time first, memory as (slot, word)."""
    H, W, hidden = config.heads, config.W, config.hidden
    memory, reading, rows = of.memory[:, 0].swapaxes(1, 2), of.reading[:, 0], of.rows[1:, 0]
    signals = {
        "memory": memory[1:],
        "memory_start": memory[0],
        "least_used": of.least[:, 0],
        "retention": of.retention[:, 0],
        "write_gate": of.gate[:, 0],
        "write_weighting": of.writing[:, 0],
        "read_key": of.key[:, 0],
        "read_weighting": reading[1:],
        "read_start": reading[0],
        "read_vector": rows[:, hidden + 1 : hidden + 1 + H * W].reshape(-1, H, W),
        "hidden": rows[:, :hidden],
    }
    if config.written == "own":
        signals["add"] = of.add[:, 0]
    if config.strength != "none":
        signals["read_strength"] = of.strength[:, 0]
    if config.controller == "lstm":
        signals["cell"] = of.cell[1:, 0]
    return {name: np.array(value) for name, value in signals.items()}


def _state_after(config: MANNConfig, tape: Tape) -> Arrays:
    """The state after the last step."""
    H, W, hidden = config.heads, config.W, config.hidden
    row = tape.rows[-1, 0]
    state = {
        "memory": tape.memory[-1, 0].T,
        "usage": tape.usage[-1, 0],
        "read_weighting": tape.reading[-1, 0],
        "read_vector": row[hidden + 1 : hidden + 1 + H * W].reshape(H, W),
    }
    if config.controller == "lstm":
        state |= {"hidden": row[:hidden], "cell": tape.cell[-1, 0]}
    return {name: np.array(value, order="C") for name, value in state.items()}
