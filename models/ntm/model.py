"""The NTM's doors: dicts of named arrays outside, kernels inside."""

from __future__ import annotations

from typing import Any

import numpy as np

from memviz.contracts.model import Arrays
from memviz.contracts.task import Chunk, Episode
from memviz.models.ntm import kernels
from memviz.models.ntm.config import NTMConfig
from memviz.models.ntm.edits import edit_state, edits_of
from memviz.models.ntm.layout import Gradients, Parameters, Scratch, Tape, Work
from memviz.ops.output import output

BOTH = ("key", "strength", "gate", "shift", "sharpness", "content", "interpolated", "shifted", "weighting")


def scratch(config: NTMConfig, X: int, Y: int, T: int, C: int, dtype: Any) -> Scratch:
    """Work arrays for chunks of up to T steps and C episodes."""
    return Scratch(config, X, Y, T, C, dtype)


def gradient(
    config: NTMConfig,
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
    config: NTMConfig, params: Arrays, state: Arrays, inputs: np.ndarray, edits: Arrays | None
) -> tuple[np.ndarray, Arrays, Arrays]:
    """See contracts/model.py."""
    room = Scratch(config, inputs.shape[1], params["output"].shape[1], len(inputs), 1, params["heads"].dtype)
    nothing = np.zeros((len(inputs), room.Y))
    tape, _ = _run(room, params, state, Episode(inputs, nothing, nothing[:, 0], ()), False, edits)
    outputs = np.empty_like(tape.logits[:, 0])
    for t in range(len(inputs)):
        output(tape.logits[t, 0], room.options.classes, outputs[t])
    return outputs, _state_after(config, tape), _signals(config, tape)


def backward(config: NTMConfig, params: Arrays, state: Arrays, episode: Episode) -> Arrays:
    """See contracts/model.py."""
    (T, X), Y = episode.inputs.shape, params["output"].shape[1]
    room = Scratch(config, X, Y, T, 1, params["heads"].dtype, record=True)
    _, d = _run(room, params, state, episode, True, None)
    return {f"d_{name}": value for name, value in _signals(config, d).items()}


def _run(
    room: Scratch, params: Arrays, state: Arrays, episode: Episode, learn: bool, edits: Arrays | None
) -> tuple[Tape, Gradients]:
    """One episode from a state through the kernel that trains, so that what is seen is what happens."""
    begin = state if edits is None else edit_state(state, edits)
    started = {**params, **_start_blocks(begin)}
    named = {name: np.array(block, room.dtype, order="C") for name, block in started.items()}
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
    names = {"read_vector": "read_vector_start", "memory": "memory_start"}
    names |= {"read_weighting": "read_start_logits", "write_weighting": "write_start_logits"}
    names |= {"hidden": "hidden_start", "cell": "cell_start"}
    return {names[name]: value for name, value in state.items()}


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
    for name in BOTH:
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
