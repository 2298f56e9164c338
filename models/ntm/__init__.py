"""Neural Turing Machine: a controller that reads and writes a memory by content and by location."""

from __future__ import annotations

from memviz.contracts.model import Model
from memviz.models.ntm.config import PRESETS, NTMConfig, signals
from memviz.models.ntm.model import backward, forward, scratch
from memviz.models.ntm.parameters import init, shapes, start
from memviz.ops.doors import gradient

MODEL = Model(
    name="ntm",
    title="Neural Turing Machine",
    doc="A controller that reads and writes a memory, finding its place by content or by moving along the slots.",
    config=NTMConfig,
    presets=PRESETS,
    signals=signals,
    shapes=shapes,
    init=init,
    start=start,
    forward=forward,
    backward=backward,
    scratch=scratch,
    gradient=gradient,
    twin="memviz.models.ntm.twin",
)
