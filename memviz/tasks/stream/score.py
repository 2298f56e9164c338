"""The stream's metrics: bits, wrong bits, and accuracy, the part of the items that came back whose value is right."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from memviz.contracts.task import Episode
from memviz.tasks.scores import score_bits, unknown_bits
from memviz.tasks.stream.config import StreamConfig
from memviz.tasks.stream.episodes import items_of

STREAMS = 50  # drawn to tell how much is asked for


def score(outputs: np.ndarray, episode: Episode) -> Mapping[str, float]:
    """Metrics of probabilities (T, value)."""
    asked = episode.mask > 0
    right = ((outputs > 0.5) == (episode.targets > 0.5)).all(axis=1)[asked]
    return {**score_bits(outputs, episode), "accuracy": float(right.mean()) if right.size else 1.0}


def chance(config: StreamConfig) -> Mapping[str, float]:
    """The same of a network that knows nothing."""
    return {**unknown_bits(asked(config) * config.value), "accuracy": 0.5**config.value}


@lru_cache(maxsize=64)
def asked(config: StreamConfig) -> float:
    """How many items of an episode come back, the mean over fixed streams."""
    rng = np.random.default_rng(0)
    streams = [items_of(config, rng) for _ in range(STREAMS)]
    return float(np.mean([len(items) - len(np.unique(items)) for items in streams]))
