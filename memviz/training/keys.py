"""Where randomness comes from: 64-bit keys mixed from seed, update and chunk, so that all can be replayed."""

from __future__ import annotations

import numpy as np

from memviz.ops import random

INIT, EXAM, PROBE = 0x1217, 0xE8A3, 0x9B0B  # keeps the streams of different uses apart


def mix(key: int, i: int) -> int:
    """64 random bits for number i of a key; themselves a fresh key."""
    return random.mix(np.uint64(key), i)


def generator(use: int, *numbers: int) -> np.random.Generator:
    """The numpy generator of one use (INIT, EXAM, PROBE) of these numbers."""
    return np.random.default_rng([use, *numbers])
