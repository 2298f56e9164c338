"""The LSTM's doors: dicts of named arrays outside, kernels inside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.contracts.model import Array, Arrays
from memviz.contracts.task import Chunk, Episode
from memviz.models.lstm import kernels
from memviz.models.lstm.config import LSTMConfig, frame
from memviz.models.lstm.kernels import Gradients, Parameters, Tape
from memviz.ops.blocks import tape_shapes, turned_shapes
from memviz.ops.buffer import Room
from memviz.ops.output import output


@dataclass
class Scratch:
    """One flat buffer for chunks of up to T steps and C episodes; `at` gives the arrays of a smaller chunk too."""

    config: LSTMConfig
    X: int
    Y: int
    T: int
    C: int
    dtype: Any
    room: Room = field(init=False)

    def __post_init__(self) -> None:
        """Take the memory."""
        self.room = Room("lstm", self._shapes, self.T, self.C, self.dtype)

    def _shapes(self, T: int, C: int) -> list[tuple[int, ...]]:
        sizes, logits = frame(self.config), (T, C, self.Y)
        rows, gates, cell, _ = tape_shapes(sizes, 0, T, C).values()  # no gradient flows into x
        tape, turned = tape_shapes(sizes, self.X, T, C), turned_shapes(sizes, self.Y)
        return [*tape.values(), logits, rows, gates, cell, logits, *turned.values()]

    def at(self, T: int, C: int) -> tuple[Array, ...]:
        """The arrays of Tape and Gradients, in this order, for a chunk of T steps and C episodes."""
        return self.room.at(T, C)


def scratch(config: LSTMConfig, X: int, Y: int, T: int, C: int, dtype: Any) -> Scratch:
    """Work arrays for chunks of up to T steps and C episodes."""
    return Scratch(config, X, Y, T, C, dtype)


def gradient(
    config: LSTMConfig,
    params: Arrays,
    chunk: Chunk,
    scale: float,
    grads: Arrays | None,
    scratch: Scratch,
    memory: np.ndarray | None,
) -> tuple[float, int]:
    """See contracts/model.py; there is no memory to carry over."""
    given = [params[name] for name in Parameters._fields]
    added = given if grads is None else [grads[name] for name in Parameters._fields]
    settings = (config.clip, config.outputs == "classes", scale, grads is not None)
    episodes = (chunk.inputs, chunk.targets, chunk.mask)
    return kernels.chunk(*episodes, *settings, *given, *added, *scratch.at(*chunk.mask.shape))


class Edits(NamedTuple):
    """What-if: (T, hidden) each, NaN where nothing is edited."""

    hidden: Array
    cell: Array


def _edits(config: LSTMConfig, given: Arrays, T: int, dtype: Any) -> Edits:
    for name, values in given.items():
        if name not in Edits._fields or values.shape != (T, config.hidden):
            wanted = f"hidden or cell of shape {(T, config.hidden)}"
            raise ConfigError(f"lstm.forward edits: want {wanted}, got {name!r} of {values.shape} (t first)")
    nothing = np.full((T, config.hidden), np.nan)
    return Edits(*(np.array(given.get(name, nothing), dtype) for name in Edits._fields))


def forward(
    config: LSTMConfig, params: Arrays, state: Arrays, inputs: np.ndarray, edits: Arrays | None
) -> tuple[np.ndarray, Arrays, Arrays]:
    """See contracts/model.py."""
    nothing = np.zeros((len(inputs), params["output"].shape[1]))
    tape, _ = _run(config, params, state, Episode(inputs, nothing, nothing[:, 0], ()), False, edits)
    outputs = np.empty_like(tape.logits[:, 0])
    for t in range(len(inputs)):
        output(tape.logits[t, 0], config.outputs == "classes", outputs[t])
    signals = _signals(config, tape)
    return outputs, {name: value[-1].copy() for name, value in signals.items()}, signals


def backward(config: LSTMConfig, params: Arrays, state: Arrays, episode: Episode) -> Arrays:
    """See contracts/model.py."""
    _, d = _run(config, params, state, episode, True, None)
    return {f"d_{name}": value for name, value in _signals(config, d).items()}


def _run(
    config: LSTMConfig, params: Arrays, state: Arrays, episode: Episode, learn: bool, edits: Arrays | None
) -> tuple[Tape, Gradients]:
    """One episode from a state through the kernel that trains, so that what is seen is what happens."""
    (T, X), Y, dtype = episode.inputs.shape, params["output"].shape[1], params["output"].dtype
    begin = params | {f"{name}_start": value for name, value in state.items()}
    blocks = [np.array(begin[name], dtype) for name in Parameters._fields]
    inputs, targets, mask = (np.array(a[:, None], dtype) for a in (episode.inputs, episode.targets, episode.mask))
    arrays, classes = Scratch(config, X, Y, T, 1, dtype).at(T, 1), config.outputs == "classes"
    tape, d = Tape(*arrays[: len(Tape._fields)]), Gradients(*arrays[len(Tape._fields) :])
    if edits is None:
        scale = 1 / max(float(mask.sum()) * (1 if classes else Y), 1.0)
        unused = [np.zeros_like(block) for block in blocks]
        kernels.chunk(inputs, targets, mask, config.clip, classes, scale, learn, *blocks, *unused, *arrays)
    else:
        kernels.what_if(config.clip, Parameters(*blocks), inputs, tape, _edits(config, edits, T, dtype))
    return tape, d


def _signals(config: LSTMConfig, of: Tape | Gradients) -> Arrays:
    """The signals of a trace out of a tape or its gradients, time first."""
    return {"hidden": of.rows[1:, 0, : config.hidden].copy(), "cell": of.cell[1:, 0].copy()}
