"""The stream task's settings and its presets."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import Preset, check, choice, knob
from memviz.tasks.stream.drift import DRIFTS
from memviz.tasks.training import STEADY


@dataclass(frozen=True)
class StreamConfig:
    """How many items there are, how they come back, and what is asked of each."""

    items: int = knob(24, 2, 1024, "different items of an episode")
    length: int = knob(64, 2, 2048, "how often an item comes, all together")
    drift: str = choice(
        "zipf", DRIFTS, "which items come: by rank, by how lately they came, by turns, by a moving rank"
    )
    skew: float = knob(1.0, 0.0, 4.0, "zipf, shifting: the item of rank r comes with chance ~ 1 / r^skew")
    again: float = knob(0.6, 0.0, 0.95, "recency: the chance of an item that came lately; periodic: of the one in turn")
    shift_every: int = knob(16, 1, 2048, "shifting: after so many items the ranks change hands")
    key: int = knob(8, 1, 32, "bits of an item's key; keys of an episode differ")
    value: int = knob(4, 1, 32, "bits of an item's value")

    def __post_init__(self) -> None:
        """Raise ConfigError when a knob is out of range, no item need come twice, or there are more items than keys."""
        check(self)
        if self.length <= self.items:
            raise ConfigError(
                f"StreamConfig.length: want more than items ({self.items}), got {self.length} (lengthen it)"
            )
        if self.items > 2**self.key:
            raise ConfigError(
                f"StreamConfig.items: want at most 2^key ({2**self.key}), got {self.items} (widen the key)"
            )


PRESETS = {
    "lesson": Preset({"items": 12, "length": 24, "key": 6, "value": 3}, {"exam_every": 800}),
    "paper": Preset({}, STEADY),
}
