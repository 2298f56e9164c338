"""The two metrics of your own data: bits of cross-entropy a sequence, and wrong bits."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np

from memviz.contracts.task import Episode
from memviz.tasks.own.config import OwnConfig
from memviz.tasks.own.data import load
from memviz.tasks.scores import score_bits, unknown_bits


def score(outputs: np.ndarray, episode: Episode) -> Mapping[str, float]:
    """Metrics of probabilities (T, Y)."""
    return score_bits(outputs, episode)


@functools.lru_cache(maxsize=4)
def chance(config: OwnConfig) -> Mapping[str, float]:
    """The same of a network that knows nothing: one bit a bit, half of them wrong."""
    data = load(config.data)
    return unknown_bits(float(data.mask.sum(axis=1).mean()) * data.targets.shape[2])
