"""Which data: the one setting of your own task."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.knob import Preset, check, text
from memviz.tasks.own import door
from memviz.tasks.own.data import NAME, load


@dataclass(frozen=True)
class OwnConfig:
    """The data by the hash of their contents; "example" comes with memviz."""

    data: str = text("example", NAME, "an npz of inputs, targets and mask", door.keep)

    def __post_init__(self) -> None:
        """Raise ConfigError or FileError when there are no such data."""
        check(self)
        load(self.data)


PRESETS = {"lesson": Preset({}, {"exam_every": 800}), "paper": Preset({}, {"exam_every": 800})}
