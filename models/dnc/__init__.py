"""Differentiable Neural Computer: it allocates memory, frees it, and remembers in which order it was written."""

from __future__ import annotations

from memviz.contracts.model import Model
from memviz.models.dnc.config import PRESETS, DNCConfig, signals
from memviz.models.dnc.events import events
from memviz.models.dnc.model import backward, forward, scratch
from memviz.models.dnc.parameters import init, shapes, start
from memviz.ops.doors import gradient

MODEL = Model(
    name="dnc",
    title="Differentiable Neural Computer",
    doc="A controller whose memory is allocated where there is room, freed after reading, and followed in the order "
    "of writing.",
    config=DNCConfig,
    presets=PRESETS,
    signals=signals,
    shapes=shapes,
    init=init,
    start=start,
    forward=forward,
    backward=backward,
    scratch=scratch,
    gradient=gradient,
    twin="memviz.models.dnc.twin",
    events=events,
)
