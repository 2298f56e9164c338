"""Where randomness comes from: 64-bit keys mixed from seed, update and chunk, so that all can be replayed."""

from __future__ import annotations

import numpy as np

from memviz.ops.kernel import kernel

INIT, EXAM, PROBE = 0x1217, 0xE8A3, 0x9B0B  # keeps the streams of different uses apart


def mix(a: int, b: int) -> int:
    """A number 0..2^64-1 that looks random, from two."""
    return _mix(np.uint64(a), np.uint64(b))


@kernel
def _mix(a, b):
    """Splitmix64's finaliser over both (Steele et al. 2014)."""
    z = a * np.uint64(0x9E3779B97F4A7C15) + b + np.uint64(0xD1B54A32D192ED03)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def generator(use: int, *numbers: int) -> np.random.Generator:
    """The numpy generator of one use (INIT, EXAM, PROBE) of these numbers."""
    return np.random.default_rng([use, *numbers])
