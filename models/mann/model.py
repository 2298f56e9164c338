"""The network's doors: dicts of named arrays outside, kernels inside."""

from __future__ import annotations

from typing import Any

import numpy as np

from memviz.contracts.model import Arrays
from memviz.contracts.task import Chunk, Episode
from memviz.models.mann import kernels
from memviz.models.mann.config import MANNConfig
from memviz.models.mann.edits import edit_state, edits_of
from memviz.models.mann.layout import Gradients, Parameters, Scratch, Tape, Work
from memviz.ops.output import output


def scratch(config: MANNConfig, X: int, Y: int, T: int, C: int, dtype: Any) -> Scratch:
    """Work arrays for chunks of up to T steps and C episodes."""
    return Scratch(config, X, Y, T, C, dtype)


def gradient(
    config: MANNConfig,
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
    config: MANNConfig, params: Arrays, state: Arrays, inputs: np.ndarray, edits: Arrays | None
) -> tuple[np.ndarray, Arrays, Arrays]:
    """See contracts/model.py."""
    room = Scratch(config, inputs.shape[1], params["output"].shape[1], len(inputs), 1, params["heads"].dtype)
    nothing = np.zeros((len(inputs), room.Y))
    tape, _ = _run(room, params, state, Episode(inputs, nothing, nothing[:, 0], ()), False, edits)
    outputs = np.empty_like(tape.logits[:, 0])
    for t in range(len(inputs)):
        output(tape.logits[t, 0], room.options.classes, outputs[t])
    signals = {**_signals(config, tape), "usage": np.array(tape.usage[1:, 0])}
    return outputs, _state_after(config, tape), signals


def backward(config: MANNConfig, params: Arrays, state: Arrays, episode: Episode) -> Arrays:
    """See contracts/model.py."""
    (T, X), Y = episode.inputs.shape, params["output"].shape[1]
    room = Scratch(config, X, Y, T, 1, params["heads"].dtype, record=True)
    _, d = _run(room, params, state, episode, True, None)
    signals = _signals(config, d)
    signals["usage"] = np.zeros((T, config.N), room.dtype)  # it only decides which slots are least used
    return {f"d_{name}": value for name, value in signals.items()}


def _run(
    room: Scratch, params: Arrays, state: Arrays, episode: Episode, learn: bool, edits: Arrays | None
) -> tuple[Tape, Gradients]:
    """One episode from a state through the kernel that trains, so that what is seen is what happens."""
    begin = state if edits is None else edit_state(state, edits)
    named = {name: np.array(block, room.dtype, order="C") for name, block in {**params, **_start_blocks(begin)}.items()}
    blocks = room.blocks(named)
    unused = tuple(np.zeros_like(block) for block in blocks) if learn else blocks
    inputs, targets, mask = (np.array(a[:, None], room.dtype) for a in (episode.inputs, episode.targets, episode.mask))
    answered = mask.sum() * (1 if room.options.classes else room.Y)
    given = room.options._replace(learned_start=False, learned_memory=False)
    arrays = room.at(len(inputs), 1)
    tape, d = Tape(*arrays[: len(Tape._fields)]), Gradients(*arrays[len(Tape._fields) : -len(Work._fields)])
    if edits is None:
        scale = 1 / max(float(answered), 1.0)
        kernels.chunk(inputs, targets, mask, room.no_memory, scale, learn, *given, *blocks, *unused, *arrays)
    else:
        changes = edits_of(room.config, edits, len(inputs), room.dtype)
        kernels.what_if(given, Parameters(*blocks), inputs, room.no_memory, tape, changes)
    return tape, d


def _start_blocks(state: Arrays) -> Arrays:
    """A state as the blocks that the kernels start from."""
    names = {"read_vector": "read_vector_start", "memory": "memory_start", "usage": "usage_start"}
    names |= {"read_weighting": "read_start_logits", "hidden": "hidden_start", "cell": "cell_start"}
    return {names[name]: value for name, value in state.items()}


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
