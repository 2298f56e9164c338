"""One-shot classification's settings and its two presets."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import Preset, check, knob


@dataclass(frozen=True)
class OneShotConfig:
    """How many classes an episode has, how large the drawings are and how much they differ."""

    classes: int = knob(5, 2, 20, "glyphs of an episode, and labels")
    instances: int = knob(10, 1, 20, "drawings of each glyph in an episode")
    size: int = knob(12, 6, 28, "pixels of a drawing's side")
    glyphs: int = knob(1200, 20, 10**6, "glyphs to train on")
    unseen: int = knob(423, 20, 10**6, "glyphs kept for exams and for watching")
    jitter: float = knob(0.08, 0.0, 0.5, "how far each corner strays from one drawing to the next; the paper is 2 wide")
    noise: float = knob(0.05, 0.0, 0.5, "largest change of a pixel's ink")

    def __post_init__(self) -> None:
        """Raise ConfigError when a knob is out of range or an episode needs more glyphs than there are."""
        check(self)
        if self.classes > min(self.glyphs, self.unseen):
            raise ConfigError(
                f"OneShotConfig.classes: want at most {min(self.glyphs, self.unseen)} (glyphs and unseen), "
                f"got {self.classes} (add glyphs)"
            )


# exam_below: no loss comes near 0 here, and only the exam shows how it does on glyphs it was not trained on
_TRAINING = {"exam_every": 8000, "exam_below": 10.0}
PRESETS = {
    "lesson": Preset({"size": 8}, _TRAINING),
    "paper": Preset({"size": 20}, _TRAINING),
}
