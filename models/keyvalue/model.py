"""The network's doors: dicts of named arrays outside, kernels inside."""

from __future__ import annotations

from typing import Any

import numpy as np

from memviz.contracts.model import Arrays
from memviz.contracts.task import Chunk, Episode
from memviz.models.keyvalue import kernels
from memviz.models.keyvalue.config import KeyValueConfig, signals
from memviz.models.keyvalue.edits import edit_state, edits_of
from memviz.models.keyvalue.layout import Gradients, Parameters, Scratch, Tape, Work
from memviz.ops.output import output


def scratch(config: KeyValueConfig, X: int, Y: int, T: int, C: int, dtype: Any) -> Scratch:
    """Work arrays for chunks of up to T steps and C episodes."""
    return Scratch(config, X, Y, T, C, dtype)


def gradient(
    config: KeyValueConfig,
    params: Arrays,
    chunk: Chunk,
    scale: float,
    grads: Arrays | None,
    scratch: Scratch,
    memory: np.ndarray | None,
) -> tuple[float, int]:
    """See contracts/model.py."""
    T, C = chunk.mask.shape
    given = scratch.blocks(params)
    added = given if grads is None else scratch.blocks(grads)
    carried = scratch.no_memory if memory is None else memory
    episodes = (chunk.inputs, chunk.targets, chunk.mask, carried, scale, grads is not None)
    return kernels.chunk(*episodes, *scratch.options, *given, *added, *scratch.at(T, C))


def forward(
    config: KeyValueConfig, params: Arrays, state: Arrays, inputs: np.ndarray, edits: Arrays | None
) -> tuple[np.ndarray, Arrays, Arrays]:
    """See contracts/model.py."""
    (T, X), Y = inputs.shape, params["output"].shape[1]
    room = Scratch(config, X, Y, T, 1, params["heads"].dtype, record=True)
    nothing = np.zeros((T, Y))
    tape, _ = _run(room, params, state, Episode(inputs, nothing, nothing[:, 0], ()), False, edits)
    outputs = np.empty_like(tape.logits[:, 0])
    for t in range(T):
        output(tape.logits[t, 0], room.options.classes, outputs[t])
    recorded = _signals(config, tape) | _bookkeeping(config, tape)
    if edits is not None and "write_weighting" in edits:
        wanted = edits["write_weighting"]
        recorded["write_weighting"] = np.where(np.isnan(wanted), recorded["write_weighting"], wanted)
    return outputs, _state_after(config, tape, X), recorded


def backward(config: KeyValueConfig, params: Arrays, state: Arrays, episode: Episode) -> Arrays:
    """See contracts/model.py."""
    (T, X), Y = episode.inputs.shape, params["output"].shape[1]
    room = Scratch(config, X, Y, T, 1, params["heads"].dtype, record=True)
    tape, d = _run(room, params, state, episode, True, None)
    constants = {name: np.zeros_like(value) for name, value in _bookkeeping(config, tape).items()}
    return {f"d_{name}": value for name, value in (_signals(config, d) | constants).items()}


def _run(
    room: Scratch, params: Arrays, state: Arrays, episode: Episode, learn: bool, edits: Arrays | None
) -> tuple[Tape, Gradients]:
    """One episode from a state through the kernel that trains, so that what is seen is what happens."""
    begin = state if edits is None else edit_state(room.config, state, edits)
    starts = {f"{name}_start": value for name, value in begin.items()}
    named = {name: np.array(block, room.dtype, order="C") for name, block in {**params, **starts}.items()}
    blocks = room.blocks(named)
    unused = tuple(np.zeros_like(block) for block in blocks) if learn else blocks
    inputs, targets, mask = (np.array(a[:, None], room.dtype) for a in (episode.inputs, episode.targets, episode.mask))
    answered = mask.sum() * (1 if room.options.classes else room.Y)
    arrays = room.at(len(inputs), 1)
    tape, d = Tape(*arrays[: len(Tape._fields)]), Gradients(*arrays[len(Tape._fields) : -len(Work._fields)])
    if edits is None:
        scale = 1 / max(float(answered), 1.0)
        kernels.chunk(inputs, targets, mask, room.no_memory, scale, learn, *room.options, *blocks, *unused, *arrays)
    else:
        changes = edits_of(room.config, edits, len(inputs), room.dtype)
        kernels.what_if(room.options, Parameters(*blocks), inputs, room.no_memory, tape, changes)
    return tape, d


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
