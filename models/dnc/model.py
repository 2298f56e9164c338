"""The DNC's doors: dicts of named arrays outside, kernels inside."""

from __future__ import annotations

from typing import Any

import numpy as np

from memviz.contracts.model import Arrays
from memviz.contracts.task import Episode
from memviz.models.dnc import kernels
from memviz.models.dnc.config import DNCConfig
from memviz.models.dnc.config import signals as declared
from memviz.models.dnc.edits import STARTS, edits_of
from memviz.models.dnc.layout import Gradients, Tape, gradient_shapes, tape_shapes, work_shapes
from memviz.models.dnc.workspace import fixed_blocks, options, segment
from memviz.ops.buffer import Room
from memviz.ops.doors import play, reverse
from memviz.ops.edit import edited
from memviz.ops.scratch import Scratch


def scratch(config: DNCConfig, X: int, Y: int, T: int, C: int, dtype: Any, record: bool = False) -> Scratch:
    """Work arrays for chunks of up to T steps and C episodes; `record` keeps all of every step, for a trace."""
    S = segment(config, T, C, record)

    def shapes(T: int, C: int) -> tuple[dict[str, Any], ...]:
        tape = tape_shapes(config, X, Y, T, C, min(S, T))
        return tape, gradient_shapes(config, tape, X, record), work_shapes(config, Y)

    return Scratch(kernels, options(config), fixed_blocks(config), Room("dnc", shapes, T, C, dtype))


def forward(
    config: DNCConfig, params: Arrays, state: Arrays, inputs: np.ndarray, edits: Arrays | None
) -> tuple[np.ndarray, Arrays, Arrays]:
    """See contracts/model.py."""
    changes = None if edits is None else edits_of(config, edits, len(inputs), params["output"].dtype)
    begin = edited(state, edits, STARTS)
    outputs, tape = play(scratch, config, params, begin, inputs, changes)
    return outputs, _state_after(config, tape), _signals(config, tape)


def backward(config: DNCConfig, params: Arrays, state: Arrays, episode: Episode) -> Arrays:
    """See contracts/model.py."""
    _, d = reverse(scratch, config, params, state, episode)
    return {f"d_{name}": value for name, value in _signals(config, d).items()}


def _signals(config: DNCConfig, of: Tape | Gradients) -> Arrays:
    """The signals of a trace out of a tape or its gradients: time first, heads by kind, memory as (slot, word)."""
    R, W, hidden, rows = config.read_heads, config.W, config.layers * config.hidden, of.rows[1:, 0]
    memory, vector, strength, gate = of.memory[:, 0].swapaxes(1, 2), of.vector[:, 0], of.strength[:, 0], of.gate[:, 0]
    found = {
        "memory": memory[1:],
        "memory_start": memory[0],
        "write_start": of.write_weighting[0],
        "read_start": of.read_weighting[0, 0],
        "free_gate": gate[:, :R],
        "retention": of.retention[:, 0],
        "usage": of.usage[1:, 0],
        "write_key": vector[:, R : R + 1],
        "write_strength": strength[:, R:],
        "allocation_gate": gate[:, R : R + 1],
        "write_gate": gate[:, R + 1 :],
        "allocation": of.allocation,
        "write_content": of.content[:, 0, R:],
        "write_weighting": of.write_weighting[1:],
        "erase": of.erase,
        "add": vector[:, R + 1 :],
        "read_key": vector[:, :R],
        "read_strength": strength[:, :R],
        "read_content": of.content[:, 0, :R],
        "read_weighting": of.read_weighting[1:, 0],
        "read_vector": rows[:, hidden + 1 : hidden + 1 + R * W].reshape(-1, R, W),
        "hidden": rows[:, :hidden],
        "cell": of.cell[1:, 0],
        "write_mask": of.mask[:, 0, R:],
        "read_mask": of.mask[:, 0, :R],
        "precedence": of.precedence[1:],
        "link": of.link[1:, 0],
        "read_mode": of.mode[:, 0],
        "backward_sharpness": of.sharpness[:, 0, 0],
        "forward_sharpness": of.sharpness[:, 0, 1],
        "backward": of.along[:, 0, 0],
        "forward": of.along[:, 0, 1],
    }
    return {name: np.array(found[name], order="C") for name in declared(config)}


def _state_after(config: DNCConfig, tape: Tape) -> Arrays:
    """The state after the last step."""
    R, W, hidden = config.read_heads, config.W, config.layers * config.hidden
    row, last = tape.rows[-1, 0], (len(tape.logits) - 1) % (len(tape.link) - 1) + 1
    state = {
        "memory": tape.memory[-1, 0].T,
        "read_weighting": tape.read_weighting[-1, 0],
        "write_weighting": tape.write_weighting[-1],
        "read_vector": row[hidden + 1 : hidden + 1 + R * W].reshape(R, W),
        "usage": tape.usage[-1, 0],
        "precedence": tape.precedence[-1, 0],
        "link": tape.link[last, 0],
    }
    if config.controller == "lstm":
        state |= {"hidden": row[:hidden], "cell": tape.cell[-1, 0]}
    return {name: np.array(value, order="C") for name, value in state.items()}
