"""LSTM: the baseline without an external memory; all it remembers lies in its own state."""

from __future__ import annotations

from memviz.contracts.model import Model
from memviz.models.lstm.config import PRESETS, LSTMConfig, init, shapes, signals, start
from memviz.models.lstm.model import backward, forward, scratch
from memviz.ops.doors import gradient

MODEL = Model(
    name="lstm",
    title="LSTM",
    doc="The baseline: a controller with no external memory, so all it remembers must fit into its own state.",
    config=LSTMConfig,
    presets=PRESETS,
    signals=signals,
    shapes=shapes,
    init=init,
    start=start,
    forward=forward,
    backward=backward,
    scratch=scratch,
    gradient=gradient,
    twin="memviz.models.lstm.twin",
)
