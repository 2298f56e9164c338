"""The network's doors: dicts of named arrays outside, kernels inside."""

from __future__ import annotations

from typing import Any

import numpy as np

from memviz.contracts.model import Arrays
from memviz.contracts.task import Episode
from memviz.models.keyvalue import kernels
from memviz.models.keyvalue.config import KeyValueConfig, signals
from memviz.models.keyvalue.edits import edit_state, edits_of
from memviz.models.keyvalue.layout import (
    Gradients,
    Tape,
    fixed_blocks,
    gradient_shapes,
    options,
    tape_shapes,
    work_shapes,
)
from memviz.ops.buffer import Room
from memviz.ops.doors import play, reverse
from memviz.ops.scratch import Scratch


def scratch(config: KeyValueConfig, X: int, Y: int, T: int, C: int, dtype: Any, record: bool = False) -> Scratch:
    """Work arrays for chunks of up to T steps and C episodes; `record` keeps all of every step, for a trace."""

    def shapes(T: int, C: int) -> tuple[dict[str, Any], ...]:
        tape = tape_shapes(config, X, Y, T, C, T + 1 if record else 1)
        return tape, gradient_shapes(config, tape), work_shapes(config, X, Y)

    return Scratch(kernels, options(config), fixed_blocks(config, X), Room("keyvalue", shapes, T, C, dtype))


def forward(
    config: KeyValueConfig, params: Arrays, state: Arrays, inputs: np.ndarray, edits: Arrays | None
) -> tuple[np.ndarray, Arrays, Arrays]:
    """See contracts/model.py."""
    changes = None if edits is None else edits_of(config, edits, len(inputs), params["output"].dtype)
    begin = edit_state(config, state, edits or {})
    outputs, tape = play(scratch, config, params, begin, inputs, changes)
    recorded = _signals(config, tape) | _bookkeeping(config, tape)
    if edits is not None and "write_weighting" in edits:
        wanted = edits["write_weighting"]
        recorded["write_weighting"] = np.where(np.isnan(wanted), recorded["write_weighting"], wanted)
    return outputs, _state_after(config, tape, inputs.shape[1]), recorded


def backward(config: KeyValueConfig, params: Arrays, state: Arrays, episode: Episode) -> Arrays:
    """See contracts/model.py."""
    tape, d = reverse(scratch, config, params, state, episode)
    constants = {name: np.zeros_like(value) for name, value in _bookkeeping(config, tape).items()}
    return {f"d_{name}": value for name, value in (_signals(config, d) | constants).items()}


def _signals(config: KeyValueConfig, of: Tape | Gradients) -> Arrays:
    """The signals that gradients flow through, out of a tape or its gradients: time first."""
    said, hidden = of.said[:, 0], config.hidden
    every = {
        "memory": of.values[1:, 0],
        "memory_start": of.values[0, 0],
        "memory_keys": of.keys[1:, 0],
        "memory_keys_start": of.keys[0, 0],
        "read_key": of.query,
        "read_strength": of.strength,
        "read_weighting": of.reading,
        "read_vector": said[:, None, hidden + 1 :],
        "write_key": of.key,
        "add": of.value,
        "write_gate": of.gate,
        "hidden": said[:, :hidden],
        "cell": of.cell[1:, 0],
    }
    known = signals(config)
    return {name: np.array(value, order="C") for name, value in every.items() if name in known}


def _bookkeeping(config: KeyValueConfig, tape: Tape) -> Arrays:
    """The signals that are choices and counts: no gradient flows through them."""
    ledger, slots = tape.ledger[:, 0], np.arange(config.N)
    every = {
        "item": ledger[1:, 0].copy(),
        "item_start": ledger[0, 0].copy(),
        "age": np.where(ledger[1:, 0] < 0, 0, np.abs(ledger[1:, 2])),
        "count": ledger[1:, 3].copy(),
        "usage": np.where(ledger[1:, 0] < 0, 0, ledger[1:, 4]),
        "protected": tape.protected[:, 0].copy(),
        "write_weighting": (tape.slot[:, :, None] == slots).astype(ledger.dtype),
    }
    known = signals(config)
    return {name: value for name, value in every.items() if name in known}


def _state_after(config: KeyValueConfig, tape: Tape, X: int) -> Arrays:
    """The state after the last step."""
    T, hidden, lstm = len(tape.said), config.hidden, config.controller == "lstm"
    ledger = tape.ledger[T, 0].T
    state = {"memory": np.concatenate([tape.values[T, 0], tape.keys[T, 0], ledger], axis=1)}
    inputs = tape.seen[:T, 0, : (1 + config.past) * X].reshape(T, 1 + config.past, X)
    state["past"] = inputs[-1, : config.past]
    if lstm:
        state |= {"hidden": tape.said[-1, 0, :hidden], "cell": tape.cell[-1, 0]}
    if config.feedback:
        state["read_vector"] = tape.said[-1, 0, hidden + 1 :]
    return {name: np.array(value, order="C") for name, value in state.items()}
