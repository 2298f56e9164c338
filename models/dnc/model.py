"""The DNC's doors: dicts of named arrays outside, kernels inside."""

from __future__ import annotations

from typing import Any

import numpy as np

from memviz.contracts.model import Arrays
from memviz.contracts.task import Chunk, Episode
from memviz.models.dnc import kernels
from memviz.models.dnc.config import DNCConfig
from memviz.models.dnc.config import signals as declared
from memviz.models.dnc.edits import edit_state, edits_of
from memviz.models.dnc.layout import Gradients, Parameters, Tape, Work
from memviz.models.dnc.workspace import Scratch
from memviz.ops.output import output


def scratch(config: DNCConfig, X: int, Y: int, T: int, C: int, dtype: Any) -> Scratch:
    """Work arrays for chunks of up to T steps and C episodes."""
    return Scratch(config, X, Y, T, C, dtype)


def gradient(
    config: DNCConfig,
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
    config: DNCConfig, params: Arrays, state: Arrays, inputs: np.ndarray, edits: Arrays | None
) -> tuple[np.ndarray, Arrays, Arrays]:
    """See contracts/model.py."""
    Y, dtype = params["output"].shape[1], params["heads"].dtype
    room = Scratch(config, inputs.shape[1], Y, len(inputs), 1, dtype, record=True)
    nothing = np.zeros((len(inputs), room.Y))
    tape, _ = _run(room, params, state, Episode(inputs, nothing, nothing[:, 0], ()), False, edits)
    outputs = np.empty_like(tape.logits[:, 0])
    for t in range(len(inputs)):
        output(tape.logits[t, 0], room.options.classes, outputs[t])
    return outputs, _state_after(config, tape), _signals(config, tape)


def backward(config: DNCConfig, params: Arrays, state: Arrays, episode: Episode) -> Arrays:
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
    named = {name: np.array(block, room.dtype, order="C") for name, block in {**params, **_start_blocks(begin)}.items()}
    blocks = room.blocks(named)
    unused = tuple(np.zeros_like(block) for block in blocks) if learn else blocks
    inputs, targets, mask = (np.array(a[:, None], room.dtype) for a in (episode.inputs, episode.targets, episode.mask))
    answered = mask.sum() * (1 if room.options.classes else room.Y)
    given = room.options._replace(learned_start=False, learned_memory=False)
    arrays = room.at(len(inputs), 1)
    tape, work = Tape(*arrays[: len(Tape._fields)]), Work(*arrays[-len(Work._fields) :])
    d = Gradients(*arrays[len(Tape._fields) : -len(Work._fields)])
    if edits is None:
        scale = 1 / max(float(answered), 1.0)
        kernels.chunk(inputs, targets, mask, room.no_memory, scale, learn, *given, *blocks, *unused, *arrays)
    else:
        changes = edits_of(room.config, edits, len(inputs), room.dtype)
        kernels.what_if(given, Parameters(*blocks), inputs, room.no_memory, tape, work, changes)
    return tape, d


def _start_blocks(state: Arrays) -> Arrays:
    """A state as the blocks that the kernels start from."""
    logits = {"read_weighting": "read_start_logits", "write_weighting": "write_start_logits"}
    return {logits.get(name, f"{name}_start"): value for name, value in state.items()}


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
