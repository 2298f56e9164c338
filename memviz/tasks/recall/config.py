"""The key-value recall task's settings and its presets."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import Preset, check, knob
from memviz.tasks.drawing import ordered


@dataclass(frozen=True)
class RecallConfig:
    """How many symbols there are, how many pairs an episode has, and how its queries are spaced."""

    keys: int = knob(32, 2, 256, "symbols that are keys")
    values: int = knob(32, 2, 256, "symbols that are values")
    low: int = knob(2, 1, 256, "fewest pairs")
    high: int = knob(8, 1, 256, "most pairs")
    room: int = knob(4, 1, 32, "steps for queries, per pair")
    power: float = knob(0.01, 0.001, 1.0, "of the law of gaps: near 0 most queries come soon, 1 = at any time alike")

    def __post_init__(self) -> None:
        """Raise ConfigError when a knob is out of range, no number is left, or there are fewer keys than pairs."""
        check(self)
        ordered("RecallConfig", ("low", "high"), self.low, self.high)
        if self.high > self.keys:
            raise ConfigError(f"RecallConfig.high: want at most keys ({self.keys}), got {self.high} (add keys)")


PRESETS = {
    "lesson": Preset({"keys": 8, "values": 4, "low": 1, "high": 3, "room": 2}, {"exam_every": 800}),
    "paper": Preset({"keys": 64, "values": 64, "low": 4, "high": 16, "room": 7}),
}
