"""Associative recall episodes by the key: one kernel writes them, for training, for watching and for the exam."""

from __future__ import annotations

import numpy as np

from memviz.contracts.task import Chunk, Episode
from memviz.ops.kernel import kernel
from memviz.ops.random import between, bit, mix
from memviz.tasks import drawing
from memviz.tasks.associative_recall.config import AssociativeRecallConfig

STRETCH = 2
LONGEST = 1000  # items of a sequence asked for by length


def widths(config: AssociativeRecallConfig) -> tuple[int, int]:
    """Input width (the word and two delimiters' channels), output width."""
    return config.width + 2, config.width


def steps(config: AssociativeRecallConfig) -> int:
    """Steps of the longest episode."""
    return _steps(config.words, config.high)


@kernel
def write_item(item, words, width, array):
    """Write the words of an item (words, width), the lowest bits first."""
    for t in range(words):
        for i in range(width):
            array[t, i] = bit(item, t * width + i)


@kernel
def write_episodes(key, words, items, inputs, targets, mask):
    """Fill time-first arrays with C episodes; `items` (n,) is work space, overwritten by each."""
    width, n = targets.shape[2], items.shape[0]
    block, query = words + 1, (words + 1) * n
    ask = query + words + 2
    T = ask + words
    inputs[:T] = 0
    targets[:T] = 0
    mask[:ask] = 0
    mask[ask:T] = 1
    for i in range(n):
        inputs[i * block, :, width] = 1
    inputs[query, :, width + 1] = 1
    inputs[ask - 1, :, width + 1] = 1
    for c in range(inputs.shape[1]):
        own = mix(key, c)
        drawing.distinct(mix(own, 0), words * width, items)
        for i in range(n):
            write_item(items[i], words, width, inputs[i * block + 1 :, c])
        asked = between(mix(own, 1), 0, n - 2)
        write_item(items[asked], words, width, inputs[query + 1 :, c])
        write_item(items[asked + 1], words, width, targets[ask:, c])


def sample_batch(
    config: AssociativeRecallConfig, key: int, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray
) -> int:
    """Fill a chunk (T, C, ...) with episodes of one number of items drawn by the key; returns their T."""
    number = between(drawing.split(key, 0), config.low, config.high)
    items = np.empty(number, np.uint64)
    write_episodes(drawing.split(key, 1), config.words, items, inputs, targets, mask)
    return _steps(config.words, number)


def sample(config: AssociativeRecallConfig, rng: np.random.Generator, length: int | None = None) -> Episode:
    """One episode, of a drawn number of items or of `length` (which may exceed the config's `high`)."""
    if length is None:
        length = between(drawing.key_of(rng), config.low, config.high)
    drawing.in_range("associative_recall.sample", length, 2, min(LONGEST, config.different), "items")
    words = config.words
    presented = (("delimiter",) + ("item",) * words) * length
    query = ("delimiter",) + ("query",) * words + ("delimiter",)
    return drawing.episode(_chunk(config, rng, length, 1), presented + query + ("recall",) * words)


def exam(config: AssociativeRecallConfig, rng: np.random.Generator) -> list[Chunk]:
    """100 fresh sequences, spread evenly over the numbers of items: 20 of each for 2..6."""
    return drawing.spread(range(config.low, config.high + 1), lambda number, C: _chunk(config, rng, number, C))


def stretch(config: AssociativeRecallConfig) -> AssociativeRecallConfig:
    """Twice as many items as ever trained on: 12 after 2..6."""
    number = min(STRETCH * config.high, 100, config.different)
    return AssociativeRecallConfig(config.width, config.words, number, number)


def _chunk(config: AssociativeRecallConfig, rng: np.random.Generator, number: int, C: int) -> Chunk:
    chunk, items = drawing.empty(_steps(config.words, number), C, widths(config)), np.empty(number, np.uint64)
    write_episodes(drawing.key_of(rng), config.words, items, chunk.inputs, chunk.targets, chunk.mask)
    return chunk


def _steps(words: int, number: int) -> int:
    return (words + 1) * number + 2 * words + 2
