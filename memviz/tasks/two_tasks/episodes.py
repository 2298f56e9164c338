"""Episodes of two tasks in turn by the key: one kernel writes them, for training, for watching and for the exam."""

from __future__ import annotations

import numpy as np

from memviz.contracts.task import Chunk, Episode
from memviz.ops.kernel import kernel
from memviz.ops.random import bit, mix
from memviz.tasks import drawing
from memviz.tasks.two_tasks.config import TwoTasksConfig


def widths(config: TwoTasksConfig) -> tuple[int, int]:
    """Input width (key, value, the channel that tells), output width (the value)."""
    return config.key + config.value + 1, config.value


def steps(config: TwoTasksConfig) -> int:
    """Steps of every episode: A told, asked and asked again, B told and asked, and the replay."""
    return 3 * config.first + 2 * config.second + config.replayed


def phases(config: TwoTasksConfig) -> tuple[str, ...]:
    """The phase of every step; B's pairs come before the replay."""
    first, second = config.first, config.second
    told = ("tell A",) * first + ("ask A",) * first
    return (
        told + ("tell B",) * second + ("replay A",) * config.replayed + ("ask B",) * second + ("ask A again",) * first
    )


@kernel
def write_step(told, key, word, wide, value, inputs, targets):
    """One step (X,), (Y,): a pair told, or a key whose value is asked for."""
    for j in range(wide):
        inputs[j] = bit(key, j)
    if told:
        inputs[wide + value] = 1
        for j in range(value):
            inputs[wide + j] = bit(word, j)
    else:
        for j in range(value):
            targets[j] = bit(word, j)


@kernel
def write_block(told, key, values, low, count, t, c, keys, order, inputs, targets, mask):
    """Write `count` of the pairs from `low` on in an order drawn by the key, from step t on; returns the next step."""
    drawing.permute(key, order)
    value = targets.shape[2]
    wide = inputs.shape[2] - value - 1
    for i in range(count):
        pair = low + order[i]
        mask[t + i, c] = not told
        write_step(told, keys[pair], mix(values, pair), wide, value, inputs[t + i, c], targets[t + i, c])
    return t + count


@kernel
def write_episodes(key, replayed, keys, first, second, inputs, targets, mask):
    """Fill time-first arrays with C episodes; keys (A + B,), first (A,) and second (B,) are work space."""
    A, B = first.shape[0], second.shape[0]
    T = 3 * A + 2 * B + replayed
    inputs[:T] = 0
    targets[:T] = 0
    for c in range(inputs.shape[1]):
        own = mix(key, c)
        values = mix(own, 1)
        drawing.distinct(mix(own, 0), inputs.shape[2] - targets.shape[2] - 1, keys)
        t = write_block(True, mix(own, 2), values, 0, A, 0, c, keys, first, inputs, targets, mask)
        t = write_block(False, mix(own, 3), values, 0, A, t, c, keys, first, inputs, targets, mask)
        t = write_block(True, mix(own, 4), values, A, B, t, c, keys, second, inputs, targets, mask)
        t = write_block(True, mix(own, 5), values, 0, replayed, t, c, keys, first, inputs, targets, mask)
        t = write_block(False, mix(own, 6), values, A, B, t, c, keys, second, inputs, targets, mask)
        write_block(False, mix(own, 7), values, 0, A, t, c, keys, first, inputs, targets, mask)


def sample_batch(config: TwoTasksConfig, key: int, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> int:
    """Fill a chunk (T, C, ...) with episodes drawn by the key; returns their T."""
    first, second = np.empty(config.first, np.int64), np.empty(config.second, np.int64)
    keys = np.empty(config.first + config.second, np.uint64)
    write_episodes(np.uint64(key), config.replayed, keys, first, second, inputs, targets, mask)
    return steps(config)


def sample(config: TwoTasksConfig, rng: np.random.Generator, length: int | None = None) -> Episode:
    """One episode, with `length` pairs in each task if it is given (which may exceed the config's)."""
    if length is not None:
        drawing.in_range("two_tasks.sample", length, 1, min(256, 2 ** (config.key - 1)), "pairs")
        config = TwoTasksConfig(length, length, config.replay, config.key, config.value)
    return drawing.episode(_chunk(config, rng, 1), phases(config))


def exam(config: TwoTasksConfig, rng: np.random.Generator) -> list[Chunk]:
    """100 fresh episodes."""
    return drawing.spread([config], lambda one, C: _chunk(one, rng, C))


def _chunk(config: TwoTasksConfig, rng: np.random.Generator, C: int) -> Chunk:
    chunk = drawing.empty(steps(config), C, widths(config))
    sample_batch(config, int(drawing.key_of(rng)), chunk.inputs, chunk.targets, chunk.mask)
    return chunk
