"""What the best possible predictor reaches: the Bayesian estimator that counts what followed each context.

    q = (N1 + 1/2) / (N1 + N0 + 1)         P(1) after a context that N1 ones and N0 zeros have followed so far
    bits  = sum_t H(q_t)                   expected over the table, given what was seen
    wrong = sum_t min(q_t, 1 - q_t)

Source: Graves et al. 2014, equation 10 (Murphy 2012 for Beta(1/2, 1/2), the prior the tables are drawn from).
Symbols: H binary entropy in bits. The first bit is given, those before a whole context are fair coins.
Edges: the mean over sequences has no closed form; it is taken over 4,096 fixed ones, +-0.2 bits at 200.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping

import numpy as np

from memviz.ops.kernel import kernel
from memviz.tasks.drawing import empty
from memviz.tasks.ngrams.config import NGramsConfig
from memviz.tasks.ngrams.episodes import write_episodes

SEQUENCES, TOGETHER, KEY = 4096, 64, 0xB0


@kernel
def estimate(inputs, context, counts, q):
    """P(next bit is 1) after every bit of one sequence: inputs (T,), q (T,), work space counts (2, 2^context)."""
    counts[:] = 0
    seen = 0
    for t in range(inputs.shape[0]):
        new = int(inputs[t] > 0.5)
        if t >= context:
            counts[new, seen] += 1
        seen = (2 * seen + new) & ((1 << context) - 1)
        q[t] = (counts[1, seen] + 0.5) / (counts[0, seen] + counts[1, seen] + 1) if t + 1 >= context else 0.5


@kernel
def expected(q):
    """The bits and the wrong answers to expect of predictions (T,)."""
    bits, wrong = 0.0, 0.0
    for t in range(q.shape[0]):
        bits -= q[t] * math.log2(q[t]) + (1 - q[t]) * math.log2(1 - q[t])
        wrong += min(q[t], 1 - q[t])
    return bits, wrong


def optimal(config: NGramsConfig, inputs: np.ndarray) -> np.ndarray:
    """The best predictions (T,) of an episode's inputs (T, 1)."""
    q = np.empty(len(inputs))
    estimate(inputs[:, 0], config.context, np.empty((2, 2**config.context), np.int64), q)
    return q


@functools.lru_cache(maxsize=64)
def bound(config: NGramsConfig) -> Mapping[str, float]:
    """The metrics of the Bayesian estimator, the mean over fixed sequences."""
    chunk = empty(config.length - 1, TOGETHER, (1, 1))
    counts, q = np.empty((2, 2**config.context), np.int64), np.empty(config.length - 1)
    total = np.zeros(2)
    for key in range(SEQUENCES // TOGETHER):
        write_episodes(np.uint64(KEY + key), config.context, chunk.inputs, chunk.targets, chunk.mask)
        for c in range(TOGETHER):
            estimate(chunk.inputs[:, c, 0], config.context, counts, q)
            total += expected(q)
    bits, wrong = total / SEQUENCES
    return {"bits_per_sequence": float(bits), "wrong_bits": float(wrong)}
