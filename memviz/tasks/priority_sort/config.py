"""The priority sort task's settings and its two presets."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import Preset, check, knob


@dataclass(frozen=True)
class PrioritySortConfig:
    """How wide the words are, how many come and how many are asked for."""

    width: int = knob(8, 1, 16, "bits in a word")
    words: int = knob(20, 1, 200, "words that come")
    answers: int = knob(16, 1, 200, "words asked for: those of the highest priorities")

    def __post_init__(self) -> None:
        """Raise ConfigError when a knob is out of range or more is asked for than comes."""
        check(self)
        if self.answers > self.words:
            raise ConfigError(
                f"PrioritySortConfig.answers: want at most words ({self.words}), got {self.answers} (ask for fewer)"
            )


PRESETS = {
    "lesson": Preset({"width": 4, "words": 5, "answers": 4}, {"exam_every": 800}),
    "paper": Preset({"width": 8, "words": 20, "answers": 16}),
}
