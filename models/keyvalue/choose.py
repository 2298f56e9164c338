"""Which slots a step reads, hits, fills, empties: all that is chosen, and so constant in the backward.

An item is a write's number, counted from 0; a newcomer's is one more than any that is stored. Times in the ledger count
back from now (-3: three steps ago), so that a store can be carried into another episode as it is.
"""

from __future__ import annotations

from memviz.models.keyvalue.layout import MERGE
from memviz.ops.content import inverse_norm
from memviz.ops.kernel import kernel
from memviz.ops.lookup import choose, lookup, most_similar, similarities
from memviz.ops.policies import BELADY, FREE, Ledger, passed, victim
from memviz.ops.policies.merge import merged, nearest_pair
from memviz.ops.random import mix


@kernel
def later(book, decay):
    """Note that a step has passed: times count back from now."""
    passed(book, decay)
    for n in range(book.item.shape[0]):
        if book.item[n] >= 0:
            book.born[n] -= 1
            book.touched[n] -= 1


@kernel
def weigh(similarity, item, nearest, hard, strength, reading):
    """Write the read weighting; return the slot read most, -1 if none is used."""
    if not hard:
        return lookup(similarity, item, nearest, strength, reading)
    choose(similarity, item, 1, reading)
    return most_similar(similarity, item)


@kernel
def hit_slot(keys, inverse, item, key, epsilon, threshold, room):
    """The used slot whose key is most like this one, if it is like enough, else -1."""
    similarities(keys, inverse, key, epsilon, room)
    best = most_similar(room, item)
    return best if best >= 0 and room[best] >= threshold else -1


@kernel
def look_ahead(keys, inverse, queries, c, t, epsilon, threshold, out):
    """Write the next step whose query hits each slot's key, T where none does; queries (T, C, W)."""
    T, N = queries.shape[0], keys.shape[0]
    for n in range(N):
        out[n] = T
    for s in range(T - 1, t, -1):
        scale = inverse_norm(queries[s, c], epsilon)
        for n in range(N):
            total = keys.dtype.type(0)
            for i in range(keys.shape[1]):
                total += queries[s, c, i] * keys[n, i]
            if total * inverse[n] * scale >= threshold:
                out[n] = s


@kernel
def newest(item):
    """The largest item of the slots, -1 if all are free."""
    last = item[0]
    for n in range(item.shape[0]):
        last = max(last, item[n])
    return last


@kernel
def is_full(item):
    """Whether no slot is free."""
    full = True
    for n in range(item.shape[0]):
        full = full and item[n] != FREE
    return full


@kernel
def whole(x):
    """A whole number kept as a float."""
    return int(max(x, 0))


@kernel
def find_slot(policy, chance, hits, room, queries, keys, inverse, ledger, c, t):
    """(slot, into) for an item that has no slot: free, or given up, or freed by merging its item into another."""
    threshold, epsilon = hits
    full, into = is_full(ledger[0]), -1
    book = Ledger(ledger[0], ledger[1], ledger[2], ledger[3], ledger[4], room[1])
    if full and policy == MERGE:
        into, slot = nearest_pair(keys, inverse)
        if into != slot:
            merged(book, into, slot)
            return slot, into
        return slot, -1
    if full and policy == BELADY:
        look_ahead(keys, inverse, queries, c, t, epsilon, threshold, room[1])
    return victim(min(policy, BELADY), book, mix(chance[0], whole(newest(ledger[0]))), 0), -1
