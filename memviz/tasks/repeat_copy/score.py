"""Repeat copy's two published metrics: bits of cross-entropy a sequence, and wrong bits; end marker included."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from memviz.contracts.task import Episode
from memviz.tasks.repeat_copy.config import RepeatCopyConfig
from memviz.tasks.scores import score_bits, unknown_bits


def score(outputs: np.ndarray, episode: Episode) -> Mapping[str, float]:
    """Metrics of probabilities (T, width + 1)."""
    return score_bits(outputs, episode)


def chance(config: RepeatCopyConfig) -> Mapping[str, float]:
    """The same of a network that knows nothing: one bit a bit, half of them wrong."""
    words = (config.low + config.high) / 2 * (config.least + config.most) / 2
    return unknown_bits((words + 1) * (config.width + 1))
