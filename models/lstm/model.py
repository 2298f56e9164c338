"""The LSTM's doors: dicts of named arrays outside, kernels inside."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from memviz.contracts.model import Array, Arrays
from memviz.contracts.task import Episode
from memviz.models.lstm import kernels
from memviz.models.lstm.config import LSTMConfig, frame, signals
from memviz.models.lstm.kernels import Gradients, Options, Tape
from memviz.ops.blocks import tape_shapes, turned_shapes
from memviz.ops.buffer import Room
from memviz.ops.doors import play, reverse
from memviz.ops.edit import checked
from memviz.ops.scratch import Scratch


def scratch(config: LSTMConfig, X: int, Y: int, T: int, C: int, dtype: Any, record: bool = False) -> Scratch:
    """Work arrays for chunks of up to T steps and C episodes; all of every step is kept, `record` or not."""
    sizes, options = frame(config), Options(config.outputs == "classes", config.clip)

    def shapes(T: int, C: int) -> tuple[dict[str, Any], ...]:
        logits = {"logits": (T, C, Y)}
        back = tape_shapes(sizes, 0, T, C)  # no gradient flows into x
        del back["squashed"]
        return {**tape_shapes(sizes, X, T, C), **logits}, {**back, **logits}, turned_shapes(sizes, Y)

    return Scratch(kernels, options, {}, Room("lstm", shapes, T, C, dtype))


class Edits(NamedTuple):
    """What-if: (T, hidden) each, NaN where nothing is edited."""

    hidden: Array
    cell: Array


def forward(
    config: LSTMConfig, params: Arrays, state: Arrays, inputs: np.ndarray, edits: Arrays | None
) -> tuple[np.ndarray, Arrays, Arrays]:
    """See contracts/model.py."""
    changes = None
    if edits is not None:
        sizes = {"t": len(inputs), "hidden": config.hidden}
        changes = Edits(**checked("lstm", signals(config), sizes, edits, params["output"].dtype))
    outputs, tape = play(scratch, config, params, state, inputs, changes)
    recorded = _signals(config, tape)
    return outputs, {name: value[-1].copy() for name, value in recorded.items()}, recorded


def backward(config: LSTMConfig, params: Arrays, state: Arrays, episode: Episode) -> Arrays:
    """See contracts/model.py."""
    _, d = reverse(scratch, config, params, state, episode)
    return {f"d_{name}": value for name, value in _signals(config, d).items()}


def _signals(config: LSTMConfig, of: Tape | Gradients) -> Arrays:
    """The signals of a trace out of a tape or its gradients, time first."""
    return {"hidden": of.rows[1:, 0, : config.hidden].copy(), "cell": of.cell[1:, 0].copy()}
