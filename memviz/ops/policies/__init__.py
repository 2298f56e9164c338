"""Which slot of a full memory is given up: one policy a file, and `victim`, which asks the one chosen.

A policy sees a ledger, what is known of every slot, and says a slot. Free slots are never asked about: they are filled
in order before anything is evicted. Ties go to the lower slot everywhere, unless a policy says otherwise.

Symbols: ledger fields, each (N,): `item` int64, the item a slot holds, -1 free; `born` int64, the step of its write;
`touched` int64, the step it was last written or read at; `count` int64, how often it was read since it was written;
`usage` float64, a decaying sum of its uses; `next` int64, the step its item is asked for next (T where never again:
known only to Belady). `key` uint64 and `t` decide what is random.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from memviz.ops.kernel import kernel
from memviz.ops.policies.belady import farthest
from memviz.ops.policies.fifo import first_in
from memviz.ops.policies.lfu import least_used_often
from memviz.ops.policies.lru import least_recent
from memviz.ops.policies.oldest import oldest
from memviz.ops.policies.random import anyone
from memviz.ops.policies.usage import least_usage

POLICIES = ("fifo", "lru", "lfu", "random", "oldest", "usage", "belady")
FIFO, LRU, LFU, RANDOM, OLDEST, USAGE, BELADY = range(len(POLICIES))
FREE = -1


class Ledger(NamedTuple):
    """What is known of every slot."""

    item: np.ndarray
    born: np.ndarray
    touched: np.ndarray
    count: np.ndarray
    usage: np.ndarray
    next: np.ndarray


def ledger(N: int) -> Ledger:
    """The ledger of an empty memory of N slots."""
    numbers = [np.zeros(N, np.int64) for _ in range(5)]
    numbers[0][:] = FREE
    item, born, touched, count, following = numbers
    return Ledger(item, born, touched, count, np.zeros(N), following)


@kernel
def victim(policy, ledger, key, t):
    """The slot to write an item to that has none: the first free one, else the one that the policy gives up."""
    for n in range(ledger.item.shape[0]):
        if ledger.item[n] == FREE:
            return n
    if policy == FIFO:
        return first_in(ledger.born)
    if policy == LRU:
        return least_recent(ledger.touched)
    if policy == LFU:
        return least_used_often(ledger.count, ledger.touched)
    if policy == RANDOM:
        return anyone(ledger.item.shape[0], key, t)
    if policy == OLDEST:
        return oldest(ledger.touched, key, t)
    if policy == USAGE:
        return least_usage(ledger.usage)
    return farthest(ledger.next)


@kernel
def written(ledger, n, item, t, following):
    """Note that slot n was written with an item at step t, which is asked for next at step `following`."""
    ledger.item[n] = item
    ledger.born[n] = ledger.touched[n] = t
    ledger.count[n] = 0
    ledger.usage[n] = 1.0
    ledger.next[n] = following


@kernel
def read_from(ledger, n, t, following):
    """Note that slot n was read at step t, and that its item is asked for next at step `following`."""
    ledger.touched[n] = t
    ledger.count[n] += 1
    ledger.usage[n] += 1.0
    ledger.next[n] = following


@kernel
def passed(ledger, decay):
    """Note that a step has passed: usage decays."""
    for n in range(ledger.usage.shape[0]):
        ledger.usage[n] *= decay
