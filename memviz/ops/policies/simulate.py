"""A policy by itself: a stream of items passes a memory of N slots, and every step is a hit or a miss.

A hit reads the slot that holds the item. A miss writes the item to the slot that the policy gives up, at once, as a
cache does. There is no network and nothing to learn: this is what a policy can do at best on a stream.
"""

from __future__ import annotations

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.ops.kernel import kernel
from memviz.ops.policies import POLICIES, Ledger, ledger, passed, read_from, victim, written
from memviz.ops.policies.belady import next_times

DECAY = 0.95  # of the usage that is left after a step


@kernel
def run(policy, items, following, book, key, decay, slot, evicted):
    """Write slot (T,), the slot every step hit or wrote, and evicted (T,): the item given up; -1 none, -2 a hit."""
    for t in range(items.shape[0]):
        n = -1
        for i in range(book.item.shape[0]):
            if book.item[i] == items[t]:
                n = i
        passed(book, decay)
        if n >= 0:
            evicted[t] = -2
            read_from(book, n, t, following[t])
        else:
            n = victim(policy, book, key, t)
            evicted[t] = book.item[n]
            written(book, n, items[t], t, following[t])
        slot[t] = n


def simulate(policy: str, items: np.ndarray, N: int, key: int = 0) -> tuple[np.ndarray, np.ndarray, Ledger]:
    """Slots (T,), evicted (T,) and the last ledger of items (T,) >= 0 passing N slots. Raises ConfigError."""
    if policy not in POLICIES:
        raise ConfigError(f"simulate.policy: want one of {', '.join(POLICIES)}, got {policy!r:.40} (choose one)")
    if N < 1 or items.ndim != 1 or (items.size and items.min() < 0):
        raise ConfigError(f"simulate: want items (T,) from 0 and N >= 1, got {items.shape} and {N} (mend the stream)")
    stream, book = np.ascontiguousarray(items, np.int64), ledger(N)
    following, slot, evicted = np.empty_like(stream), np.empty_like(stream), np.empty_like(stream)
    next_times(stream, following)
    run(POLICIES.index(policy), stream, following, book, np.uint64(key), DECAY, slot, evicted)
    return slot, evicted, book


def hit_rate(evicted: np.ndarray) -> float:
    """The part of the steps that were hits."""
    return float(np.mean(evicted == -2)) if evicted.size else 0.0
