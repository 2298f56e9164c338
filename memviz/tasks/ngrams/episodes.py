"""Dynamic n-gram episodes by the key: one kernel writes them, for training, for watching and for the exam."""

from __future__ import annotations

import math

import numpy as np

from memviz.contracts.task import Chunk, Episode
from memviz.ops.kernel import kernel
from memviz.ops.random import mix, uniform
from memviz.tasks import drawing
from memviz.tasks.ngrams.config import NGramsConfig

LONGEST = 10_000  # bits of a sequence asked for by length


def widths(config: NGramsConfig) -> tuple[int, int]:
    """One bit in, one bit out."""
    return 1, 1


def steps(config: NGramsConfig) -> int:
    """Steps of every episode: the last bit is only asked for."""
    return config.length - 1


@kernel
def beta_half(bits):
    """A number from Beta(1/2, 1/2): its distribution function 2/pi arcsin(sqrt(p)), turned around."""
    return math.sin(0.5 * math.pi * uniform(bits)) ** 2


@kernel
def write_episodes(key, context, inputs, targets, mask):
    """Fill time-first arrays, all of them, with C episodes; every next bit is asked for."""
    mask[:] = 1
    for c in range(inputs.shape[1]):
        own = mix(key, c)
        table, coins = mix(own, 0), mix(own, 1)
        seen = 0  # the last bits as a number, the newest lowest
        for t in range(inputs.shape[0] + 1):
            chance = beta_half(mix(table, seen)) if t >= context else 0.5
            new = int(uniform(mix(coins, t)) < chance)
            if t < inputs.shape[0]:
                inputs[t, c, 0] = new
            if t > 0:
                targets[t - 1, c, 0] = new
            seen = (2 * seen + new) & ((1 << context) - 1)


def sample_batch(config: NGramsConfig, key: int, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> int:
    """Fill a chunk (T, C, ...) with episodes drawn by the key; returns their T."""
    T = steps(config)
    write_episodes(np.uint64(key), config.context, inputs[:T], targets[:T], mask[:T])
    return T


def sample(config: NGramsConfig, rng: np.random.Generator, length: int | None = None) -> Episode:
    """One episode, of the config's length or of `length` bits."""
    length = drawing.in_range("ngrams.sample", config.length if length is None else length, config.n, LONGEST, "bits")
    coins = config.context - 1
    return drawing.episode(_chunk(config, rng, length, 1), ("context",) * coins + ("predict",) * (length - 1 - coins))


def exam(config: NGramsConfig, rng: np.random.Generator) -> list[Chunk]:
    """100 fresh sequences."""
    return drawing.spread([config.length], lambda length, C: _chunk(config, rng, length, C))


def _chunk(config: NGramsConfig, rng: np.random.Generator, length: int, C: int) -> Chunk:
    chunk = drawing.empty(length - 1, C, widths(config))
    write_episodes(drawing.key_of(rng), config.context, chunk.inputs, chunk.targets, chunk.mask)
    return chunk
