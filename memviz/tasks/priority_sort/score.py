"""Priority sort's two metrics: bits of cross-entropy a sequence, as published, and wrong bits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from memviz.contracts.task import Episode
from memviz.tasks.priority_sort.config import PrioritySortConfig
from memviz.tasks.scores import score_bits, unknown_bits


def score(outputs: np.ndarray, episode: Episode) -> Mapping[str, float]:
    """Metrics of probabilities (T, width)."""
    return score_bits(outputs, episode)


def chance(config: PrioritySortConfig) -> Mapping[str, float]:
    """The same of a network that knows nothing: one bit a bit, half of them wrong."""
    return unknown_bits(config.answers * config.width)
