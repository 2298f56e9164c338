"""Episodes of your own data: the key chooses among the sequences for training, exams take those that were kept."""

from __future__ import annotations

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.contracts.task import Chunk, Episode
from memviz.ops.copy import copy
from memviz.ops.kernel import kernel
from memviz.ops.random import between, mix
from memviz.tasks import drawing
from memviz.tasks.own.config import OwnConfig
from memviz.tasks.own.data import Data, load


def widths(config: OwnConfig) -> tuple[int, int]:
    """Numbers a step in, bits a step out."""
    data = load(config.data)
    return data.inputs.shape[2], data.targets.shape[2]


def steps(config: OwnConfig) -> int:
    """Steps of every sequence."""
    return load(config.data).inputs.shape[1]


@kernel
def fill(key, trained, sources, inputs, targets, mask):
    """Copy sequences that the key chooses among trained (n,) into time-first arrays; `sources` are the data's three."""
    for c in range(inputs.shape[1]):
        s = trained[between(mix(key, c), 0, trained.shape[0] - 1)]
        for t in range(inputs.shape[0]):
            copy(sources[0][s, t], inputs[t, c])
            copy(sources[1][s, t], targets[t, c])
            mask[t, c] = sources[2][s, t]


def sample_batch(config: OwnConfig, key: int, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> int:
    """Fill a chunk (T, C, ...) with sequences for training chosen by the key; returns their T."""
    data, T = load(config.data), steps(config)
    sources = data.inputs, data.targets, data.mask
    fill(np.uint64(key), data.trained, sources, inputs[:T], targets[:T], mask[:T])
    return T


def sample(config: OwnConfig, rng: np.random.Generator, length: int | None = None) -> Episode:
    """One of the sequences kept for exams. Raises ConfigError for a `length` that the data do not have."""
    if length is not None and length != steps(config):
        raise ConfigError(f"own.sample: want {steps(config)} steps, as the data have, got {length} (leave it out)")
    data = load(config.data)
    chunk = _chunk(data, rng.choice(data.held, 1))
    return drawing.episode(chunk, ["asked" if asked else "shown" for asked in chunk.mask[:, 0]])


def exam(config: OwnConfig, rng: np.random.Generator) -> list[Chunk]:
    """Up to 100 of the sequences kept for it."""
    data = load(config.data)
    taken = rng.permutation(data.held)[: drawing.SEQUENCES]
    return [_chunk(data, taken[at : at + drawing.TOGETHER]) for at in range(0, len(taken), drawing.TOGETHER)]


def _chunk(data: Data, taken: np.ndarray) -> Chunk:
    arrays = (data.inputs, data.targets, data.mask)
    return Chunk(*(np.ascontiguousarray(np.swapaxes(array[taken], 0, 1)) for array in arrays))
