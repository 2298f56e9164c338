"""Copy episodes by the key: one kernel writes them, for training, for watching and for the exam."""

from __future__ import annotations

from collections import Counter

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.contracts.task import Chunk, Episode
from memviz.ops.kernel import kernel
from memviz.tasks.copy.config import CopyConfig

EXAM_SEQUENCES = 100
EXAM_CHUNK = 5  # sequences of one length that are examined together
LONGEST = 10_000  # words of a sequence asked for by length


def widths(config: CopyConfig) -> tuple[int, int]:
    """Input width (the word and the delimiter's channel), output width."""
    return config.width + 1, config.width


def steps(config: CopyConfig) -> int:
    """Steps of the longest episode."""
    return 2 * config.high + 1


@kernel
def splitmix(state):
    """The splitmix64 generator's output for a state, also its next state (Steele et al. 2014)."""
    z = state + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@kernel
def draw_length(key, low, high):
    """A length in low..high by the key."""
    return low + np.int64(splitmix(key) % np.uint64(high - low + 1))


@kernel
def write_episodes(key, length, inputs, targets, mask):
    """Fill the first 2 length + 1 steps of time-first arrays with C episodes by the key."""
    T, width = 2 * length + 1, targets.shape[2]
    inputs[:T] = 0
    targets[:T] = 0
    mask[: length + 1] = 0
    mask[length + 1 : T] = 1
    inputs[length, :, width] = 1
    state = key
    for c in range(inputs.shape[1]):
        for t in range(length):
            state = splitmix(state)
            for i in range(width):
                bit = (state >> np.uint64(i)) & np.uint64(1)
                inputs[t, c, i] = bit
                targets[length + 1 + t, c, i] = bit


@kernel
def fill(key, low, high, inputs, targets, mask):
    """Draw a length, write episodes of it, return their steps."""
    length = draw_length(key, low, high)
    write_episodes(splitmix(key), length, inputs, targets, mask)
    return 2 * length + 1


def sample_batch(config: CopyConfig, key: int, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> int:
    """Fill a chunk (T, C, ...) with episodes of one length drawn by the key; returns their T."""
    return fill(np.uint64(key), config.low, config.high, inputs, targets, mask)


def sample(config: CopyConfig, rng: np.random.Generator, length: int | None = None) -> Episode:
    """One episode, of a drawn length or of `length` words (which may exceed the config's `high`)."""
    if length is None:
        length = draw_length(_key(rng), config.low, config.high)
    if not 1 <= length <= LONGEST:
        raise ConfigError(f"copy.sample: want a length of 1..{LONGEST} words, got {length} (choose one in range)")
    chunk = _chunk(config, rng, length, 1)
    phases = ("present",) * length + ("delimiter",) + ("recall",) * length
    return Episode(chunk.inputs[:, 0], chunk.targets[:, 0], chunk.mask[:, 0], phases)


def exam(config: CopyConfig, rng: np.random.Generator) -> list[Chunk]:
    """100 fresh sequences, spread evenly over the lengths: 5 of each for 1..20."""
    lengths = config.high - config.low + 1
    counts = Counter(config.low + i * lengths // EXAM_SEQUENCES for i in range(EXAM_SEQUENCES))
    return [
        _chunk(config, rng, length, min(EXAM_CHUNK, count - done))
        for length, count in sorted(counts.items())
        for done in range(0, count, EXAM_CHUNK)
    ]


def _chunk(config: CopyConfig, rng: np.random.Generator, length: int, C: int) -> Chunk:
    T = 2 * length + 1
    shapes = (T, C, config.width + 1), (T, C, config.width), (T, C)
    inputs, targets, mask = (np.empty(shape, np.float32) for shape in shapes)
    write_episodes(_key(rng), length, inputs, targets, mask)
    return Chunk(inputs, targets, mask)


def _key(rng: np.random.Generator) -> np.uint64:
    return np.uint64(rng.integers(2**64, dtype=np.uint64))
