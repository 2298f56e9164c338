"""Random numbers by key and counter: no state, so any thread may draw any number at any time, always the same.

    mix(key, i)   = f(key + (i + 1) golden),   f scrambles all 64 bits; a new key, or 64 random bits
    uniform(bits) = the upper 53 bits / 2^53
    between(bits, low, high) = low + bits mod (high - low + 1)
    bit(bits, i)  = the i-th bit

Source: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators" (splitmix64).
Symbols: key, bits unsigned 64-bit numbers | i >= 0 a counter | uniform in [0, 1) | between in low..high.
Edges: `between` favours no number by more than (high - low) / 2^64. From Python give keys as np.uint64 (numba takes
a Python int to be signed); they come back as Python ints.
"""

from __future__ import annotations

import numpy as np

from memviz.ops.kernel import kernel

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
SCRAMBLE_1, SCRAMBLE_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
S27, S30, S31, S11 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(11)


@kernel
def mix(key, i):
    """64 random bits for number i of this key; itself a fresh key."""
    z = np.uint64(key) + (np.uint64(i) + np.uint64(1)) * GOLDEN
    z = (z ^ (z >> S30)) * SCRAMBLE_1
    z = (z ^ (z >> S27)) * SCRAMBLE_2
    return z ^ (z >> S31)


@kernel
def uniform(bits):
    """A float64 in [0, 1)."""
    return np.float64(np.uint64(bits) >> S11) * 2.0**-53


@kernel
def between(bits, low, high):
    """A whole number in low..high."""
    return np.int64(low) + np.int64(np.uint64(bits) % np.uint64(high - low + 1))


@kernel
def bit(bits, i):
    """Bit i of 0..63."""
    return np.int64((np.uint64(bits) >> np.uint64(i)) & np.uint64(1))
