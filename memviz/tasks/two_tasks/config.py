"""The settings of two tasks in turn, and their presets."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import Preset, check, knob
from memviz.tasks.training import STEADY


@dataclass(frozen=True)
class TwoTasksConfig:
    """How many pairs each task has, how much of the first is told again, and how wide keys and values are."""

    first: int = knob(8, 1, 256, "pairs of A")
    second: int = knob(8, 1, 256, "pairs of B")
    replay: float = knob(0.0, 0.0, 1.0, "part of A's pairs that is told again among B's")
    key: int = knob(8, 1, 32, "bits of a key; keys of an episode differ")
    value: int = knob(4, 1, 32, "bits of a value")

    def __post_init__(self) -> None:
        """Raise ConfigError when a knob is out of range or there are more pairs than keys."""
        check(self)
        if self.first + self.second > 2**self.key:
            pairs = self.first + self.second
            raise ConfigError(
                f"TwoTasksConfig.key: want 2^key of at least {pairs} (the pairs), got {self.key} (widen it)"
            )

    @property
    def replayed(self) -> int:
        """How many of A's pairs are told again."""
        return round(self.replay * self.first)


PRESETS = {
    "lesson": Preset({"first": 3, "second": 3, "key": 5, "value": 3}, {"exam_every": 800}),
    "paper": Preset({}, STEADY),
}
