"""Key-value recall's metrics: accuracy, as published, and bits and wrong answers of an episode."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from memviz.contracts.task import Episode
from memviz.tasks.recall.config import RecallConfig
from memviz.tasks.scores import score_classes, unknown_classes


def score(outputs: np.ndarray, episode: Episode) -> Mapping[str, float]:
    """Metrics of distributions (T, values)."""
    return score_classes(outputs, episode)


def chance(config: RecallConfig) -> Mapping[str, float]:
    """The same of a network that knows nothing: every value alike."""
    return unknown_classes((config.low + config.high) / 2, config.values)
