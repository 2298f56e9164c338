"""What repeat copy's two metrics, end marker included, are when nothing is known."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.tasks.repeat_copy.config import RepeatCopyConfig
from memviz.tasks.scores import unknown_bits


def chance(config: RepeatCopyConfig) -> Mapping[str, float]:
    """The metrics of a network that knows nothing: one bit a bit, half of them wrong."""
    words = (config.low + config.high) / 2 * (config.least + config.most) / 2
    return unknown_bits((words + 1) * (config.width + 1))
