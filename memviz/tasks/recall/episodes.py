"""Key-value recall episodes by the key: one kernel writes them, for training, for watching and for the exam."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from memviz.contracts.task import Chunk, Episode
from memviz.ops.kernel import kernel
from memviz.ops.random import between, mix, uniform
from memviz.tasks import drawing
from memviz.tasks.recall.config import RecallConfig

STRETCH = 2


def widths(config: RecallConfig) -> tuple[int, int]:
    """Input width (every symbol's channel, the keys first), output width (the values)."""
    return config.keys + config.values, config.values


def steps(config: RecallConfig) -> int:
    """Steps of the longest episode."""
    return _steps(config, config.high)


@functools.lru_cache(maxsize=256)
def law(room: int, power: float) -> np.ndarray:
    """The weight of every gap 1..room."""
    weights: np.ndarray = np.arange(1, room + 1, dtype=np.float64) ** (power - 1)
    weights.setflags(write=False)
    return weights


@kernel
def draw_key(key, earlier, number):
    """A symbol of 0..number-1 that none of the pairs' steps before, earlier (2 p, X), shows."""
    tries = 0
    while True:
        symbol = between(mix(key, tries), 0, number - 1)
        fresh = True
        for t in range(earlier.shape[0]):
            fresh = fresh and earlier[t, symbol] == 0
        if fresh:
            return symbol
        tries += 1


@kernel
def draw_step(u, weights, taken):
    """One of the steps not taken (G,), with chances in proportion to their weights, by u in [0, 1)."""
    left = 0.0
    for g in range(weights.shape[0]):
        left += weights[g] * (taken[g] == 0)
    left, last = left * u, -1
    for g in range(weights.shape[0]):
        if taken[g] == 0:
            last = g
            left -= weights[g]
            if left < 0:
                return g
    return last


@kernel
def write_episode(key, keys, weights, pairs, inputs, targets, mask):
    """Fill (T, X), (T, Y), (T,) with one episode of so many pairs."""
    inputs[:] = 0
    targets[:] = 0
    mask[:] = 0
    for p in range(pairs):
        own = mix(key, p)
        symbol = draw_key(mix(own, 0), inputs[: 2 * p], keys)
        value = between(mix(own, 1), 0, targets.shape[1] - 1)
        t = 2 * pairs + draw_step(uniform(mix(own, 2)), weights, mask[2 * pairs :])
        inputs[2 * p, symbol] = 1
        inputs[2 * p + 1, keys + value] = 1
        inputs[t, symbol] = 1
        targets[t, value] = 1
        mask[t] = 1


@kernel
def write_episodes(key, keys, weights, pairs, inputs, targets, mask):
    """Fill time-first arrays, all of them, with C episodes."""
    for c in range(inputs.shape[1]):
        write_episode(mix(key, c), keys, weights, pairs, inputs[:, c], targets[:, c], mask[:, c])


def sample_batch(config: RecallConfig, key: int, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> int:
    """Fill a chunk (T, C, ...) with episodes of one number of pairs drawn by the key; returns their T."""
    pairs = between(drawing.split(key, 0), config.low, config.high)
    T, weights = _steps(config, pairs), law(config.room * pairs, config.power)
    write_episodes(drawing.split(key, 1), config.keys, weights, pairs, inputs[:T], targets[:T], mask[:T])
    return T


def sample(config: RecallConfig, rng: np.random.Generator, length: int | None = None) -> Episode:
    """One episode, of a drawn number of pairs or of `length` (which may exceed the config's `high`)."""
    if length is None:
        length = between(drawing.key_of(rng), config.low, config.high)
    drawing.in_range("recall.sample", length, 1, config.keys, "pairs")
    chunk = _chunk(config, rng, length, 1)
    return drawing.episode(chunk, tuple(_phases(length, chunk.mask[:, 0])))


def exam(config: RecallConfig, rng: np.random.Generator) -> list[Chunk]:
    """100 fresh sequences, spread evenly over the numbers of pairs."""
    return drawing.spread(range(config.low, config.high + 1), lambda pairs, C: _chunk(config, rng, pairs, C))


def stretch(config: RecallConfig) -> RecallConfig:
    """Twice as many pairs as ever trained on, if there are keys enough."""
    pairs = min(STRETCH * config.high, config.keys)
    return replace(config, low=pairs, high=pairs)


def _chunk(config: RecallConfig, rng: np.random.Generator, pairs: int, C: int) -> Chunk:
    chunk, weights = drawing.empty(_steps(config, pairs), C, widths(config)), law(config.room * pairs, config.power)
    write_episodes(drawing.key_of(rng), config.keys, weights, pairs, chunk.inputs, chunk.targets, chunk.mask)
    return chunk


def _phases(pairs: int, mask: np.ndarray) -> Iterator[str]:
    yield from ("key", "value") * pairs
    yield from ("query" if asked else "wait" for asked in mask[2 * pairs :])


def _steps(config: RecallConfig, pairs: int) -> int:
    return (2 + config.room) * pairs
