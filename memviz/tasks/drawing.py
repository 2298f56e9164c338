"""What the tasks share in drawing episodes: keys, arrays to write into, and exams spread over all sizes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.contracts.task import Chunk, Episode
from memviz.ops.kernel import kernel
from memviz.ops.random import between, mix

Size = TypeVar("Size")
SEQUENCES = 100  # of an exam
TOGETHER = 5  # sequences of one size that are examined together


def key_of(rng: np.random.Generator) -> np.uint64:
    """A fresh key."""
    return np.uint64(rng.integers(2**64, dtype=np.uint64))


def split(key: int, i: int) -> np.uint64:
    """Key number i out of a key."""
    return np.uint64(mix(np.uint64(key), i))


@kernel
def distinct(key, bits, out):
    """Write numbers of `bits` bits (n,), all different: one that was there already is drawn again."""
    tries = 0
    for n in range(out.shape[0]):
        fresh = False
        while not fresh:
            out[n] = mix(key, tries) >> np.uint64(64 - bits)
            tries += 1
            fresh = True
            for earlier in range(n):
                fresh = fresh and out[earlier] != out[n]


@kernel
def permute(key, out):
    """Write 0..n-1 in an order drawn by the key."""
    for i in range(out.shape[0]):
        other = between(mix(key, i), 0, i)
        out[i] = out[other]
        out[other] = i


def empty(T: int, C: int, widths: tuple[int, int]) -> Chunk:
    """A chunk to write into; `widths` X, Y."""
    X, Y = widths
    return Chunk(*(np.empty(shape, np.float32) for shape in ((T, C, X), (T, C, Y), (T, C))))


def episode(chunk: Chunk, phases: Sequence[str]) -> Episode:
    """The first episode of a chunk."""
    return Episode(chunk.inputs[:, 0], chunk.targets[:, 0], chunk.mask[:, 0], tuple(phases))


def spread(sizes: Sequence[Size], write: Callable[[Size, int], Chunk]) -> list[Chunk]:
    """100 sequences spread evenly over the sizes; `write(size, C)` gives a chunk of C fresh ones."""
    counts = Counter(i * len(sizes) // SEQUENCES for i in range(SEQUENCES))
    return [
        write(sizes[i], min(TOGETHER, count - done))
        for i, count in sorted(counts.items())
        for done in range(0, count, TOGETHER)
    ]


def in_range(where: str, length: int, low: int, high: int, unit: str) -> int:
    """`length`, if a task can write it. Raises ConfigError."""
    if not low <= length <= high:
        raise ConfigError(f"{where}: want a length of {low}..{high} {unit}, got {length} (choose one in range)")
    return length


def ordered(config: str, names: tuple[str, str], low: int, high: int) -> None:
    """Raise ConfigError when low exceeds high."""
    if low > high:
        raise ConfigError(
            f"{config}.{names[0]}: want at most {names[1]} ({high}), got {low} (lower it or raise {names[1]})"
        )
