"""The n-grams' published metric, bits of cross-entropy a sequence, and the wrong predictions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from memviz.contracts.task import Episode
from memviz.tasks.ngrams.config import NGramsConfig
from memviz.tasks.scores import score_bits, unknown_bits


def score(outputs: np.ndarray, episode: Episode) -> Mapping[str, float]:
    """Metrics of probabilities (T, 1). Right answers cost bits too: compare with the bound, not with 0."""
    return score_bits(outputs, episode)


def chance(config: NGramsConfig) -> Mapping[str, float]:
    """The same of a network that knows nothing: one bit a bit, half of them wrong."""
    return unknown_bits(config.length - 1)
