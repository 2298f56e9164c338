"""Key-value memory: explicit slots, found by the nearest keys, and a real policy for what a full memory gives up."""

from __future__ import annotations

from memviz.contracts.model import Model
from memviz.models.keyvalue.config import PRESETS, KeyValueConfig, signals
from memviz.models.keyvalue.events import events
from memviz.models.keyvalue.model import backward, forward, scratch
from memviz.models.keyvalue.parameters import init, shapes, start
from memviz.ops.doors import gradient

MODEL = Model(
    name="keyvalue",
    title="Key-value memory",
    doc="An encoder that stores a value under a key in a slot of its own, and finds values by the nearest keys.",
    config=KeyValueConfig,
    presets=PRESETS,
    signals=signals,
    shapes=shapes,
    init=init,
    start=start,
    forward=forward,
    backward=backward,
    scratch=scratch,
    gradient=gradient,
    twin="memviz.models.keyvalue.twin",
    events=events,
)
