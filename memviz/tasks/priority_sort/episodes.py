"""Priority sort episodes by the key: one kernel writes them, for training, for watching and for the exam."""

from __future__ import annotations

import numpy as np

from memviz.contracts.task import Chunk, Episode
from memviz.ops.kernel import kernel
from memviz.ops.random import bit, mix, uniform
from memviz.tasks import drawing
from memviz.tasks.priority_sort.config import PrioritySortConfig

LONGEST = 1000  # words of a sequence asked for by length


def widths(config: PrioritySortConfig) -> tuple[int, int]:
    """Input width (the word, its priority, the delimiter), output width."""
    return config.width + 2, config.width


def steps(config: PrioritySortConfig) -> int:
    """Steps of every episode."""
    return config.words + 1 + config.answers


@kernel
def rank(priorities, t):
    """How many come before item t in the order asked for: the highest first, equals as they came."""
    before = 0
    for other in range(priorities.shape[0]):
        higher = priorities[other] > priorities[t]
        before += higher or (priorities[other] == priorities[t] and other < t)
    return before


@kernel
def write_episodes(key, words, inputs, targets, mask):
    """Fill time-first arrays, all of them, with C episodes; as many words are asked for as there are steps left."""
    width, T = targets.shape[2], inputs.shape[0]
    inputs[:] = 0
    targets[:] = 0
    mask[: words + 1] = 0
    mask[words + 1 :] = 1
    inputs[words, :, width + 1] = 1
    for c in range(inputs.shape[1]):
        own = mix(key, c)
        for t in range(words):
            inputs[t, c, width] = 2 * uniform(mix(own, 2 * t)) - 1
        for t in range(words):
            word, at = mix(own, 2 * t + 1), words + 1 + rank(inputs[:words, c, width], t)
            for i in range(width):
                inputs[t, c, i] = bit(word, i)
                if at < T:
                    targets[at, c, i] = bit(word, i)


def sample_batch(
    config: PrioritySortConfig, key: int, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray
) -> int:
    """Fill a chunk (T, C, ...) with episodes drawn by the key; returns their T."""
    T = steps(config)
    write_episodes(np.uint64(key), config.words, inputs[:T], targets[:T], mask[:T])
    return T


def sample(config: PrioritySortConfig, rng: np.random.Generator, length: int | None = None) -> Episode:
    """One episode, of the config's size or of `length` words, the same share of which is asked for."""
    words = drawing.in_range("priority_sort.sample", config.words if length is None else length, 1, LONGEST, "words")
    answers = max(1, words * config.answers // config.words)
    phases = ("present",) * words + ("delimiter",) + ("sorted",) * answers
    return drawing.episode(_chunk(config, rng, (words, answers), 1), phases)


def exam(config: PrioritySortConfig, rng: np.random.Generator) -> list[Chunk]:
    """100 fresh sequences."""
    return drawing.spread([(config.words, config.answers)], lambda size, C: _chunk(config, rng, size, C))


def _chunk(config: PrioritySortConfig, rng: np.random.Generator, size: tuple[int, int], C: int) -> Chunk:
    words, answers = size
    chunk = drawing.empty(words + 1 + answers, C, widths(config))
    write_episodes(drawing.key_of(rng), words, chunk.inputs, chunk.targets, chunk.mask)
    return chunk
