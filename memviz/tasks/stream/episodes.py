"""Stream episodes by the key: one kernel writes them, for training, for watching and for the exam."""

from __future__ import annotations

import numpy as np

from memviz.contracts.task import Chunk, Episode
from memviz.ops.kernel import kernel
from memviz.ops.random import bit, mix
from memviz.tasks import drawing
from memviz.tasks.stream.config import StreamConfig
from memviz.tasks.stream.drift import DRIFTS, draw_stream

LONGEST = 10_000  # items of a stream asked for by length


def widths(config: StreamConfig) -> tuple[int, int]:
    """Input width (key, value, the channel that tells), output width (the value)."""
    return config.key + config.value + 1, config.value


def steps(config: StreamConfig) -> int:
    """Steps of every episode: an item takes two."""
    return 2 * config.length


@kernel
def write_episodes(key, stream, keys, inputs, targets, mask):
    """Fill time-first arrays with C episodes of one stream of items (n,); each has keys and values of its own.

    keys (items,) is work space, overwritten by each.
    """
    wide, value = inputs.shape[2] - targets.shape[2] - 1, targets.shape[2]
    T = 2 * stream.shape[0]
    inputs[:T] = 0
    targets[:T] = 0
    mask[:T] = 0
    for c in range(inputs.shape[1]):
        drawing.distinct(mix(key, 2 * c), wide, keys)
        for i in range(stream.shape[0]):
            item, ask, tell = stream[i], 2 * i, 2 * i + 1
            known = False
            for earlier in range(i):
                known = known or stream[earlier] == item
            word = mix(mix(key, 2 * c + 1), item)
            mask[ask, c] = known
            inputs[tell, c, wide + value] = 1
            for j in range(wide):
                inputs[ask, c, j] = inputs[tell, c, j] = bit(keys[item], j)
            for j in range(value):
                inputs[tell, c, wide + j] = bit(word, j)
                targets[ask, c, j] = bit(word, j) * known


@kernel
def fill(key, drift, skew, again, shift_every, stream, keys, inputs, targets, mask):
    """Draw a stream, write episodes of it, return their steps; `stream` and `keys` are work space."""
    order = keys.view(np.int64)
    draw_stream(mix(key, 0), drift, keys.shape[0], skew, again, shift_every, order, stream)
    write_episodes(mix(key, 1), stream, keys, inputs, targets, mask)
    return 2 * stream.shape[0]


def sample_batch(config: StreamConfig, key: int, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> int:
    """Fill a chunk (T, C, ...) with episodes of one stream drawn by the key; returns their T."""
    stream, keys = np.empty(config.length, np.int64), np.empty(config.items, np.uint64)
    return fill(np.uint64(key), *_drift(config), stream, keys, inputs, targets, mask)


def sample(config: StreamConfig, rng: np.random.Generator, length: int | None = None) -> Episode:
    """One episode, of `length` items if it is given."""
    items = drawing.in_range("stream.sample", config.length if length is None else length, 1, LONGEST, "items")
    return drawing.episode(_chunk(config, rng, items, 1), ("ask", "tell") * items)


def exam(config: StreamConfig, rng: np.random.Generator) -> list[Chunk]:
    """100 fresh episodes, each chunk a stream of its own."""
    return drawing.spread([config.length], lambda length, C: _chunk(config, rng, length, C))


def items_of(config: StreamConfig, rng: np.random.Generator, length: int | None = None) -> np.ndarray:
    """A stream of item numbers (length,) alone, as an episode drawn by the same generator has it."""
    stream, keys = np.empty(config.length if length is None else length, np.int64), np.empty(config.items, np.uint64)
    drift, skew, again, shift_every = _drift(config)
    key = mix(drawing.key_of(rng), 0)
    draw_stream(np.uint64(key), drift, config.items, skew, again, shift_every, keys.view(np.int64), stream)
    return stream


def _chunk(config: StreamConfig, rng: np.random.Generator, length: int, C: int) -> Chunk:
    chunk = drawing.empty(2 * length, C, widths(config))
    stream, keys = np.empty(length, np.int64), np.empty(config.items, np.uint64)
    fill(drawing.key_of(rng), *_drift(config), stream, keys, chunk.inputs, chunk.targets, chunk.mask)
    return chunk


def _drift(config: StreamConfig) -> tuple[int, float, float, int]:
    return DRIFTS.index(config.drift), config.skew, config.again, config.shift_every
