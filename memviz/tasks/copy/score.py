"""Copy's two published metrics, always both: bits of cross-entropy a sequence, and wrong bits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from memviz.contracts.task import Episode
from memviz.tasks.copy.config import CopyConfig

TINY = 1e-12  # a probability below it counts as it: at most 40 bits for one wrong bit


def score(outputs: np.ndarray, episode: Episode) -> Mapping[str, float]:
    """Metrics of probabilities (T, width).

    `bits_per_sequence` is Graves 2014's, `wrong_bits` after a threshold of 0.5 Collier & Beel 2018's.
    """
    asked = episode.mask > 0
    said, wanted = outputs[asked].astype(np.float64), episode.targets[asked] > 0.5
    right = np.where(wanted, said, 1 - said)
    return {
        "bits_per_sequence": float(-np.log2(np.maximum(right, TINY)).sum()),
        "wrong_bits": int(np.count_nonzero((said > 0.5) != wanted)),
    }


def chance(config: CopyConfig) -> Mapping[str, float]:
    """The same of a network that knows nothing: one bit a bit, half of them wrong."""
    bits = (config.low + config.high) / 2 * config.width
    return {"bits_per_sequence": bits, "wrong_bits": bits / 2}
