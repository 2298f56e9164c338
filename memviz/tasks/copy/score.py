"""What copy's two metrics are when nothing is known."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.tasks.copy.config import CopyConfig
from memviz.tasks.scores import unknown_bits


def chance(config: CopyConfig) -> Mapping[str, float]:
    """The metrics of a network that knows nothing: one bit a bit, half of them wrong."""
    return unknown_bits((config.low + config.high) / 2 * config.width)
