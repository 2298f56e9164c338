"""Copy episodes by the key: one kernel writes them, for training, for watching and for the exam."""

from __future__ import annotations

from collections import Counter

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.contracts.task import Chunk, Episode
from memviz.ops.kernel import kernel
from memviz.ops.random import between, bit, mix
from memviz.tasks.copy.config import CopyConfig

EXAM_SEQUENCES = 100
EXAM_CHUNK = 5  # sequences of one length that are examined together
STRETCH = 5
LONGEST = 10_000  # words of a sequence asked for by length


def widths(config: CopyConfig) -> tuple[int, int]:
    """Input width (the word and the delimiter's channel), output width."""
    return config.width + 1, config.width


def steps(config: CopyConfig) -> int:
    """Steps of the longest episode."""
    return 2 * config.high + 1


@kernel
def write_episodes(key, length, inputs, targets, mask):
    """Fill the first 2 length + 1 steps of time-first arrays with C episodes by the key."""
    T, width = 2 * length + 1, targets.shape[2]
    inputs[:T] = 0
    targets[:T] = 0
    mask[: length + 1] = 0
    mask[length + 1 : T] = 1
    inputs[length, :, width] = 1
    for c in range(inputs.shape[1]):
        for t in range(length):
            word = mix(key, c * length + t)
            for i in range(width):
                inputs[t, c, i] = targets[length + 1 + t, c, i] = bit(word, i)


@kernel
def fill(key, low, high, inputs, targets, mask):
    """Draw a length, write episodes of it, return their steps."""
    length = between(mix(key, 0), low, high)
    write_episodes(mix(key, 1), length, inputs, targets, mask)
    return 2 * length + 1


def sample_batch(config: CopyConfig, key: int, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> int:
    """Fill a chunk (T, C, ...) with episodes of one length drawn by the key; returns their T."""
    return fill(np.uint64(key), config.low, config.high, inputs, targets, mask)


def sample(config: CopyConfig, rng: np.random.Generator, length: int | None = None) -> Episode:
    """One episode, of a drawn length or of `length` words (which may exceed the config's `high`)."""
    if length is None:
        length = between(_key(rng), config.low, config.high)
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


def stretch(config: CopyConfig) -> CopyConfig:
    """Five times the longest sequence trained on: 100 words after 1..20."""
    length = min(STRETCH * config.high, 200)
    return CopyConfig(config.width, length, length)


def _chunk(config: CopyConfig, rng: np.random.Generator, length: int, C: int) -> Chunk:
    T = 2 * length + 1
    shapes = (T, C, config.width + 1), (T, C, config.width), (T, C)
    inputs, targets, mask = (np.empty(shape, np.float32) for shape in shapes)
    write_episodes(_key(rng), length, inputs, targets, mask)
    return Chunk(inputs, targets, mask)


def _key(rng: np.random.Generator) -> np.uint64:
    return np.uint64(rng.integers(2**64, dtype=np.uint64))
