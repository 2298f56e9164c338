"""The copy task's settings and its two presets."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.knob import Preset, check, knob
from memviz.tasks.drawing import ordered
from memviz.tasks.training import STEADY


@dataclass(frozen=True)
class CopyConfig:
    """How wide the words are, and how many there may be."""

    width: int = knob(8, 1, 16, "bits in a word")
    low: int = knob(1, 1, 200, "fewest words in a sequence")
    high: int = knob(20, 1, 200, "most words in a sequence")

    def __post_init__(self) -> None:
        """Raise ConfigError when a knob is out of range or no length is left."""
        check(self)
        ordered("CopyConfig", ("low", "high"), self.low, self.high)


PRESETS = {
    "lesson": Preset({"width": 6, "low": 1, "high": 8}, {"exam_every": 800}),
    "paper": Preset({"width": 8, "low": 1, "high": 20}, STEADY),
}
