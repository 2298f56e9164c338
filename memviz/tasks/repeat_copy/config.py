"""The repeat copy task's settings and its two presets."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.knob import Preset, check, knob
from memviz.tasks.drawing import ordered


@dataclass(frozen=True)
class RepeatCopyConfig:
    """How wide the words are, how many there may be, and how often they may be asked for."""

    width: int = knob(8, 1, 16, "bits in a word")
    low: int = knob(1, 1, 100, "fewest words in a sequence")
    high: int = knob(10, 1, 100, "most words in a sequence")
    least: int = knob(1, 1, 100, "fewest repeats")
    most: int = knob(10, 1, 100, "most repeats")

    def __post_init__(self) -> None:
        """Raise ConfigError when a knob is out of range, or no length or number of repeats is left."""
        check(self)
        ordered("RepeatCopyConfig", ("low", "high"), self.low, self.high)
        ordered("RepeatCopyConfig", ("least", "most"), self.least, self.most)


# rate: ten NTMs of ten had solved the lesson by 124,000 sequences, nine of them by 28,000; with 3e-3 two took 90,000
# and one was not done by 190,000, with 1e-3 two of three were not done by 260,000
PRESETS = {
    "lesson": Preset({"width": 6, "low": 1, "high": 6, "least": 1, "most": 6}, {"rate": 2e-3, "exam_every": 800}),
    "paper": Preset({"width": 8, "low": 1, "high": 10, "least": 1, "most": 10}),
}
