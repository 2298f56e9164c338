"""Which slot of a full memory is given up: one policy a file, and `victim`, which asks the one chosen.

A policy is a rank: a number for every slot, from the ledger, which is what is known of them. The slot of the smallest
is given up; of several, the one used longest ago; of several still, the lowest. Free slots are never asked about: they
are filled in order before anything is given up. Protected slots are never given up.

Symbols: ledger fields, each (N,): `item` the item a slot holds, -1 free; `born` the step of its write; `touched` the
step it was last written or read at; `count` how often it was read since it was written; `usage` as the policy `usage`
has it, or else as `fading`; `next` the step its item is asked for next (T where never again: known only to Belady);
`protected` above 0 where the slot is. `key` uint64 and `t` decide what is random.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from memviz.ops.kernel import kernel
from memviz.ops.policies.belady import belady
from memviz.ops.policies.fading import faded
from memviz.ops.policies.fifo import fifo
from memviz.ops.policies.lfu import lfu
from memviz.ops.policies.lru import lru
from memviz.ops.policies.oldest import oldest
from memviz.ops.policies.random import chance
from memviz.ops.policies.usage import freed

POLICIES = ("fifo", "lru", "lfu", "random", "oldest", "fading", "usage", "belady")  # merge gives no slot up whole
FIFO, LRU, LFU, RANDOM, OLDEST, FADING, USAGE, BELADY = range(len(POLICIES))
RULES, MERGE = (*POLICIES, "merge"), len(POLICIES)  # what a full memory can do
FREE = -1


class Ledger(NamedTuple):
    """What is known of every slot."""

    item: np.ndarray
    born: np.ndarray
    touched: np.ndarray
    count: np.ndarray
    usage: np.ndarray
    next: np.ndarray
    protected: np.ndarray


def ledger(N: int) -> Ledger:
    """The ledger of an empty memory of N slots, none protected."""
    item, born, touched, count, following, protected = (np.zeros(N, np.int64) for _ in range(6))
    item[:] = FREE
    return Ledger(item, born, touched, count, np.zeros(N), following, protected)


@kernel
def rank(policy, book, key, t, n):
    """What the policy thinks of slot n: the smaller, the sooner it goes."""
    if policy == FIFO:
        return float(fifo(book, n))
    if policy == LRU:
        return float(lru(book, n))
    if policy == LFU:
        return float(lfu(book, n))
    if policy == RANDOM:
        return chance(key, t, n)
    if policy == OLDEST:
        return float(oldest(book, key, t, n))
    if policy == BELADY:
        return float(belady(book, n))
    return float(book.usage[n])  # FADING and USAGE, which differ in how it comes about


@kernel
def victim(policy, book, key, t):
    """The slot to write an item to that has none: the first free one, else the one given up; -1: all are protected."""
    for n in range(book.item.shape[0]):
        if book.item[n] == FREE:
            return n
    least, slot = 0.0, -1
    for n in range(book.item.shape[0]):
        if book.protected[n] <= 0:
            this = rank(policy, book, key, t, n)
            if slot < 0 or this < least or (this == least and book.touched[n] < book.touched[slot]):
                least, slot = this, n
    return slot


@kernel
def written(book, n, item, t, following):
    """Note that slot n was filled with an item at step t, which is asked for next at step `following`."""
    book.item[n] = item
    book.born[n] = book.touched[n] = t
    book.count[n] = 0
    book.usage[n] = 1
    book.next[n] = following


@kernel
def hit_by_write(policy, book, n, t):
    """Note that slot n was written again at step t, with the item that it holds."""
    book.touched[n] = t
    book.usage[n] = 1 if policy == USAGE else book.usage[n] + 1


@kernel
def read_from(book, n, t, following):
    """Note that slot n was read most at step t, and that its item is asked for next at step `following`."""
    book.touched[n] = t
    book.count[n] += 1
    book.next[n] = following


@kernel
def usage_after_read(policy, usage, decay, free, reading):
    """Take usage (N,) to what it is after a step's read weighting (N,), by the policy's own equation."""
    if policy == USAGE:
        freed(usage, free, reading)
    else:
        faded(usage, decay, reading)
