"""The stream's metrics: bits, wrong bits, and accuracy, the part of the items that came back whose value is right."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from memviz.contracts.task import Episode
from memviz.ops.policies.simulate import hit_rate, simulate
from memviz.tasks.scores import score_bits, unknown_bits
from memviz.tasks.stream.config import StreamConfig
from memviz.tasks.stream.episodes import items_of

STREAMS = 50  # drawn to tell what is asked for, and what the optimum keeps


def score(outputs: np.ndarray, episode: Episode) -> Mapping[str, float]:
    """Metrics of probabilities (T, value)."""
    asked = episode.mask > 0
    right = ((outputs > 0.5) == (episode.targets > 0.5)).all(axis=1)[asked]
    return {**score_bits(outputs, episode), "accuracy": float(right.mean()) if right.size else 1.0}


def chance(config: StreamConfig) -> Mapping[str, float]:
    """The same of a network that knows nothing."""
    asked, _ = expected(config)
    return {**unknown_bits(asked * config.value), "accuracy": 0.5**config.value}


def bound(config: StreamConfig) -> Mapping[str, float]:
    """The same of Belady's optimum with `capacity` slots: it knows what it still holds, and nothing of the rest."""
    asked, hits = expected(config)
    lost = asked - hits
    return {**unknown_bits(lost * config.value), "accuracy": (hits + lost * 0.5**config.value) / max(asked, 1e-9)}


@lru_cache(maxsize=64)
def expected(config: StreamConfig) -> tuple[float, float]:
    """Items of an episode that come back, and how many of them the optimum holds; means over fixed streams."""
    rng = np.random.default_rng(0)
    asked, hits = [], []
    for _ in range(STREAMS):
        items = items_of(config, rng)
        asked.append(len(items) - len(np.unique(items)))
        hits.append(hit_rate(simulate("belady", items, config.capacity)[1]) * len(items))
    return float(np.mean(asked)), float(np.mean(hits))
