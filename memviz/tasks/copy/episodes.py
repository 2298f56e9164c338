"""Copy episodes by the key: one kernel writes them, for training, for watching and for the exam."""

from __future__ import annotations

import numpy as np

from memviz.contracts.task import Chunk, Episode
from memviz.ops.kernel import kernel
from memviz.ops.random import between, bit, mix
from memviz.tasks import drawing
from memviz.tasks.copy.config import CopyConfig

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
        length = between(drawing.key_of(rng), config.low, config.high)
    drawing.in_range("copy.sample", length, 1, LONGEST, "words")
    phases = ("present",) * length + ("delimiter",) + ("recall",) * length
    return drawing.episode(_chunk(config, rng, length, 1), phases)


def exam(config: CopyConfig, rng: np.random.Generator) -> list[Chunk]:
    """100 fresh sequences, spread evenly over the lengths: 5 of each for 1..20."""
    return drawing.spread(range(config.low, config.high + 1), lambda length, C: _chunk(config, rng, length, C))


def stretch(config: CopyConfig) -> CopyConfig:
    """Five times the longest sequence trained on: 100 words after 1..20."""
    length = min(STRETCH * config.high, 200)
    return CopyConfig(config.width, length, length)


def _chunk(config: CopyConfig, rng: np.random.Generator, length: int, C: int) -> Chunk:
    chunk = drawing.empty(2 * length + 1, C, widths(config))
    write_episodes(drawing.key_of(rng), length, chunk.inputs, chunk.targets, chunk.mask)
    return chunk
