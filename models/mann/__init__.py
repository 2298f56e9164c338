"""Memory-augmented network: reads by content, and writes to the slot it last read or to the one used least."""

from __future__ import annotations

from memviz.contracts.model import Model
from memviz.models.mann.config import PRESETS, MANNConfig, signals
from memviz.models.mann.model import backward, forward, scratch
from memviz.models.mann.parameters import init, shapes, start
from memviz.ops.doors import gradient

MODEL = Model(
    name="mann",
    title="Memory-augmented network",
    doc="A controller that finds words by content, and writes to the slot it read last or to the one used least.",
    config=MANNConfig,
    presets=PRESETS,
    signals=signals,
    shapes=shapes,
    init=init,
    start=start,
    forward=forward,
    backward=backward,
    scratch=scratch,
    gradient=gradient,
    twin="memviz.models.mann.twin",
)
