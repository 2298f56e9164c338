"""What key-value recall's metrics are when nothing is known."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.tasks.recall.config import RecallConfig
from memviz.tasks.scores import unknown_classes


def chance(config: RecallConfig) -> Mapping[str, float]:
    """The metrics of a network that knows nothing: every value alike."""
    return unknown_classes((config.low + config.high) / 2, config.values)
