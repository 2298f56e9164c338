"""The associative recall task's settings and its two presets."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import Preset, check, knob
from memviz.tasks.drawing import ordered


@dataclass(frozen=True)
class AssociativeRecallConfig:
    """How large an item is, and how many there may be."""

    width: int = knob(6, 1, 16, "bits in a word")
    words: int = knob(3, 1, 4, "words in an item")
    low: int = knob(2, 2, 100, "fewest items")
    high: int = knob(6, 2, 100, "most items")

    def __post_init__(self) -> None:
        """Raise ConfigError when a knob is out of range, no number is left, or there are too few different items."""
        check(self)
        ordered("AssociativeRecallConfig", ("low", "high"), self.low, self.high)
        if self.high > self.different:
            raise ConfigError(
                f"AssociativeRecallConfig.high: want at most {self.different} items that differ "
                f"({self.words} words of {self.width} bits), got {self.high} (widen the words)"
            )

    @property
    def different(self) -> int:
        """How many items there are that differ."""
        return int(2 ** (self.width * self.words))


# rate: seven NTMs of seven had solved the lesson by 55,200 sequences, in the median by 39,200; with 3e-3 eight of nine
# took 59,200 to 250,400, and one was not done by 220,000
PRESETS = {
    "lesson": Preset({"width": 4, "words": 2, "low": 2, "high": 4}, {"rate": 5e-3, "exam_every": 800}),
    "paper": Preset({"width": 6, "words": 3, "low": 2, "high": 6}),
}
