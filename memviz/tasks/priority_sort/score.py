"""What priority sort's two metrics are when nothing is known."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.tasks.priority_sort.config import PrioritySortConfig
from memviz.tasks.scores import unknown_bits


def chance(config: PrioritySortConfig) -> Mapping[str, float]:
    """The metrics of a network that knows nothing: one bit a bit, half of them wrong."""
    return unknown_bits(config.answers * config.width)
