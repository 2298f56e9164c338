"""Associative recall's two published metrics: bits of cross-entropy a sequence, and wrong bits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from memviz.contracts.task import Episode
from memviz.tasks.associative_recall.config import AssociativeRecallConfig
from memviz.tasks.scores import score_bits, unknown_bits


def score(outputs: np.ndarray, episode: Episode) -> Mapping[str, float]:
    """Metrics of probabilities (T, width)."""
    return score_bits(outputs, episode)


def chance(config: AssociativeRecallConfig) -> Mapping[str, float]:
    """The same of a network that knows nothing: one bit a bit, half of them wrong."""
    return unknown_bits(config.words * config.width)
