"""What the two metrics of your own data are when nothing is known."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from memviz.tasks.own.config import OwnConfig
from memviz.tasks.own.data import load
from memviz.tasks.scores import unknown_bits


@functools.lru_cache(maxsize=4)
def chance(config: OwnConfig) -> Mapping[str, float]:
    """The metrics of a network that knows nothing: one bit a bit, half of them wrong."""
    data = load(config.data)
    return unknown_bits(float(data.mask.sum(axis=1).mean()) * data.targets.shape[2])
