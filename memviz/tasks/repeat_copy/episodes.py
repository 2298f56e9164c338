"""Repeat copy episodes by the key: one kernel writes them, for training, for watching and for the exam."""

from __future__ import annotations

import math

import numpy as np

from memviz.contracts.task import Chunk, Episode
from memviz.ops.kernel import kernel
from memviz.ops.random import between, bit, mix
from memviz.tasks import drawing
from memviz.tasks.repeat_copy.config import RepeatCopyConfig

STRETCH = 2
LONGEST = 1000  # words, or repeats, of a sequence asked for by length


def widths(config: RepeatCopyConfig) -> tuple[int, int]:
    """Input width (the word, the delimiter, the repeats), output width (the word, the end marker)."""
    return config.width + 2, config.width + 1


def steps(config: RepeatCopyConfig) -> int:
    """Steps of the longest episode."""
    return _steps(config.high, config.most)


def normal(config: RepeatCopyConfig) -> tuple[float, float]:
    """Mean and standard deviation of the repeats trained on; 1 where only one number is."""
    count = config.most - config.least + 1
    return (config.least + config.most) / 2, math.sqrt((count**2 - 1) / 12) or 1.0


@kernel
def write_episodes(key, length, repeats, said, inputs, targets, mask):
    """Fill the first length (repeats + 1) + 2 steps of time-first arrays; `said` is the normalised number."""
    T, width = length * (repeats + 1) + 2, targets.shape[2] - 1
    inputs[:T] = 0
    targets[:T] = 0
    mask[: length + 1] = 0
    mask[length + 1 : T] = 1
    inputs[length, :, width] = 1
    inputs[length, :, width + 1] = said
    targets[T - 1, :, width] = 1
    for c in range(inputs.shape[1]):
        own = mix(key, c)
        for t in range(length):
            word = mix(own, t)
            for i in range(width):
                inputs[t, c, i] = bit(word, i)
                for r in range(1, repeats + 1):
                    targets[r * length + 1 + t, c, i] = bit(word, i)


@kernel
def fill(key, lengths, counts, mean, deviation, inputs, targets, mask):
    """Draw a length and a number of repeats, each in (low, high), write episodes of them, return their steps."""
    length = between(mix(key, 0), lengths[0], lengths[1])
    repeats = between(mix(key, 1), counts[0], counts[1])
    write_episodes(mix(key, 2), length, repeats, (repeats - mean) / deviation, inputs, targets, mask)
    return length * (repeats + 1) + 2


def sample_batch(config: RepeatCopyConfig, key: int, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> int:
    """Fill a chunk (T, C, ...) with episodes of one size drawn by the key; returns their T."""
    lengths, counts = (config.low, config.high), (config.least, config.most)
    return fill(np.uint64(key), lengths, counts, *normal(config), inputs, targets, mask)


def sample(
    config: RepeatCopyConfig, rng: np.random.Generator, length: int | None = None, repeats: int | None = None
) -> Episode:
    """One episode of a drawn size, or of `length` words and `repeats`, both of which may exceed the config's."""
    if length is None:
        length = between(drawing.key_of(rng), config.low, config.high)
    if repeats is None:
        repeats = between(drawing.key_of(rng), config.least, config.most)
    drawing.in_range("repeat_copy.sample", length, 1, LONGEST, "words")
    drawing.in_range("repeat_copy.sample", repeats, 1, LONGEST, "repeats")
    phases = ("present",) * length + ("repeats",) + ("recall",) * (length * repeats) + ("end",)
    return drawing.episode(_chunk(config, rng, (length, repeats), 1), phases)


def exam(config: RepeatCopyConfig, rng: np.random.Generator) -> list[Chunk]:
    """100 fresh sequences spread evenly over all lengths and repeats: one of each for 1..10 and 1..10."""
    lengths, counts = range(config.low, config.high + 1), range(config.least, config.most + 1)
    sizes = [(length, repeats) for length in lengths for repeats in counts]
    return drawing.spread(sizes, lambda size, C: _chunk(config, rng, size, C))


def stretch(config: RepeatCopyConfig) -> RepeatCopyConfig:
    """Twice the longest sequence trained on; the repeats stay, and so does what is made of their number."""
    length = min(STRETCH * config.high, 100)
    return RepeatCopyConfig(config.width, length, length, config.least, config.most)


def _chunk(config: RepeatCopyConfig, rng: np.random.Generator, size: tuple[int, int], C: int) -> Chunk:
    (length, repeats), (mean, deviation) = size, normal(config)
    chunk = drawing.empty(_steps(length, repeats), C, widths(config))
    said = (repeats - mean) / deviation
    write_episodes(drawing.key_of(rng), length, repeats, said, chunk.inputs, chunk.targets, chunk.mask)
    return chunk


def _steps(length: int, repeats: int) -> int:
    return length * (repeats + 1) + 2
