"""A policy by itself: a stream of items passes a memory of N slots, and every step is a hit or a miss.

A hit reads the slot that holds the item. A miss writes the item to the slot that the policy gives up, at once, as a
cache does. There is no network and nothing to learn: this is what a policy can do at best on a stream.

`merge` needs keys, one an item. It gives no slot up whole: slot j of the nearest pair is emptied into slot i, which
keeps i's item, but blurred: its key is the mean of two, and so is its value. j's item is gone; i's is no hit while it
is blurred, since what is read there is half another's. The step that asks for it writes it anew, in its place.
"""

from __future__ import annotations

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.ops.content import inverse_norm
from memviz.ops.copy import copy
from memviz.ops.kernel import kernel
from memviz.ops.policies import (
    FREE,
    MERGE,
    RULES,
    Ledger,
    ledger,
    read_from,
    usage_after_read,
    victim,
    written,
)
from memviz.ops.policies.belady import next_times
from memviz.ops.policies.merge import halve_into, merged, nearest_pair
from memviz.ops.random import bit, mix

DECAY = 0.95  # of `fading`: what is left of a use after a step
FREED = 0.5  # of `usage`: the free gate of every read
KEY = 16  # numbers of the keys that items have where none are given
NONE, HIT = -1, -2  # in place of the item given up
EPSILON = 1e-12


@kernel
def draw_keys(key, out):
    """Write keys of -1 and 1."""
    for i in range(out.shape[0]):
        bits = mix(key, i)
        for j in range(out.shape[1]):
            out[i, j] = 2 * bit(bits, j) - 1


@kernel
def holder(item, wanted):
    """The slot that holds an item, -1 if none does."""
    slot = -1
    for n in range(item.shape[0]):
        if item[n] == wanted:
            slot = n
    return slot


@kernel
def make_room(book, stored, inverse, blurred):
    """The first free slot; of a full memory the one freed by merging the nearest pair, or the only one."""
    for n in range(book.item.shape[0]):
        if book.item[n] == FREE:
            return n
    i, j = nearest_pair(stored, inverse, book.protected)
    if i != j:
        merged(book, i, j)
        halve_into(stored, i, j)
        inverse[i] = inverse_norm(stored[i], EPSILON)
        blurred[i] = 1
    return j


@kernel
def run(policy, items, following, book, keys, memory, key, slot, evicted):
    """Write slot (T,), the slot every step hit or wrote, and evicted (T,): the item given up, NONE, or HIT."""
    stored, inverse, blurred, reading = memory
    for t in range(items.shape[0]):
        n = holder(book.item, items[t])
        hit = n >= 0 and blurred[n] == 0
        for i in range(reading.shape[0]):
            reading[i] = hit and i == n
        usage_after_read(policy, book.usage, DECAY, FREED, reading)
        if hit:
            evicted[t] = HIT
            read_from(book, n, t, following[t])
        else:
            evicted[t] = NONE
            if n < 0:
                n = make_room(book, stored, inverse, blurred) if policy == MERGE else victim(policy, book, key, t)
                evicted[t] = book.item[n]
            written(book, n, items[t], t, following[t])
            copy(keys[items[t]], stored[n])
            inverse[n] = inverse_norm(stored[n], EPSILON)
            blurred[n] = 0
        slot[t] = n


def simulate(
    policy: str, items: np.ndarray, N: int, key: int = 0, keys: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, Ledger]:
    """Slots (T,), evicted (T,) and the last ledger of items (T,) >= 0 passing N slots. Raises ConfigError.

    keys (items, W): the key of every item, which `merge` goes by; drawn if left out, -1 or 1 each number.
    """
    if policy not in RULES:
        raise ConfigError(f"simulate.policy: want one of {', '.join(RULES)}, got {policy!r:.40} (choose one)")
    if N < 1 or items.ndim != 1 or (items.size and items.min() < 0):
        raise ConfigError(f"simulate: want items (T,) from 0 and N >= 1, got {items.shape} and {N} (mend the stream)")
    stream, book = np.ascontiguousarray(items, np.int64), ledger(N)
    rows = 1 + int(stream.max(initial=0))
    known = np.empty((rows, KEY)) if keys is None else np.ascontiguousarray(keys, float)
    if keys is None:
        draw_keys(np.uint64(key), known)
    if known.ndim != 2 or len(known) < rows or not np.isfinite(known).all():
        raise ConfigError(f"simulate.keys: want {rows} rows of finite numbers, got {known.shape} (a key an item)")
    following, slot, evicted = np.empty_like(stream), np.empty_like(stream), np.empty_like(stream)
    next_times(stream, following)
    memory = np.zeros((N, known.shape[1])), np.zeros(N), np.zeros(N), np.zeros(N)
    run(RULES.index(policy), stream, following, book, known, memory, np.uint64(key), slot, evicted)
    return slot, evicted, book


def hit_rate(evicted: np.ndarray) -> float:
    """The part of the steps that were hits."""
    return float(np.mean(evicted == HIT)) if evicted.size else 0.0
