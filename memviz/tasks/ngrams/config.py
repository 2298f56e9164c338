"""The dynamic n-grams' settings and two presets."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import Preset, check, knob


@dataclass(frozen=True)
class NGramsConfig:
    """How many bits the next one depends on, and how long a sequence is."""

    n: int = knob(6, 2, 12, "bits in an n-gram: n - 1 that the next one depends on, and that one")
    length: int = knob(200, 3, 2000, "bits in a sequence")

    def __post_init__(self) -> None:
        """Raise ConfigError when a knob is out of range or no bit depends on any."""
        check(self)
        if self.length < self.n:
            raise ConfigError(
                f"NGramsConfig.length: want at least n ({self.n}) bits, got {self.length} (raise it or lower n)"
            )

    @property
    def context(self) -> int:
        """How many bits the next one depends on."""
        return self.n - 1


PRESETS = {
    "lesson": Preset({"n": 3, "length": 60}),
    "paper": Preset({"n": 6, "length": 200}),
}
