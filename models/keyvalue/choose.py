"""Which slots a step reads, hits, fills, empties: all that is chosen, and so constant in the backward.

An item is a write's number, counted from 0; a newcomer's is one more than any that is stored. Times in the ledger count
back from now (-3: three steps ago), so that a store can be carried into another episode as it is.
"""

from __future__ import annotations

from memviz.models.keyvalue.layout import APPEND, AVERAGE
from memviz.ops.content import inverse_norm
from memviz.ops.kernel import kernel, part
from memviz.ops.lookup import choose, lookup, most_similar, similarities
from memviz.ops.policies import BELADY, FREE, MERGE, Ledger, hit_by_write, victim, written
from memviz.ops.policies.merge import merged, nearest_pair
from memviz.ops.random import mix

PROTECTED, WANTED = 1, 2  # a slot that may not be overwritten, and one that the step would have taken


@kernel
def later(book):
    """Note that a step has passed: times count back from now."""
    for n in range(book.item.shape[0]):
        if book.item[n] >= 0:
            book.born[n] -= 1
            book.touched[n] -= 1


@kernel
def guard(before, slots, book, t):
    """Note which slots step t may not overwrite: of the first `slots` those filled before step `before`; 0 = none."""
    for n in range(book.item.shape[0]):
        safe = 0 < before <= t and n < slots and book.item[n] >= 0 and t + book.born[n] < before
        book.protected[n] = PROTECTED if safe else 0


@kernel
def weigh(similarity, item, nearest, hard, strength, reading):
    """Write the read weighting; return the slot read most, -1 if none is used."""
    if not hard:
        return lookup(similarity, item, nearest, strength, reading)
    choose(similarity, item, 1, reading)
    return most_similar(similarity, item)


@kernel
def hit_slot(keys, inverse, item, key, hits, room):
    """The used slot whose key is most like this one, if it is like enough, else -1; hits: (threshold, epsilon)."""
    threshold, epsilon = hits
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
def pick(policy, chance, hits, book, queries, keys, inverse, c, t):
    """(slot, into) for an item that has no slot: free, or given up, or freed by merging its item into another."""
    threshold, epsilon = hits
    full = is_full(book.item)
    if full and policy == MERGE:
        into, slot = nearest_pair(keys, inverse, book.protected)
        return slot, (into if into != slot else -1)
    if full and policy == BELADY:
        look_ahead(keys, inverse, queries, c, t, epsilon, threshold, book.next)
    return victim(policy, book, mix(chance[0], whole(newest(book.item))), 0), -1


@kernel
def find_slot(policy, chance, hits, book, nobody, queries, keys, inverse, c, t):
    """As `pick`; and mark the protected slot that would have been taken. nobody (N,) is work space: none protected."""
    slot, into = pick(policy, chance, hits, book, queries, keys, inverse, c, t)
    guarded = False
    for n in range(nobody.shape[0]):
        nobody[n] = 0
        guarded = guarded or book.protected[n] > 0
    if guarded:
        bare = Ledger(book.item, book.born, book.touched, book.count, book.usage, book.next, nobody)
        wanted, other = pick(policy, chance, hits, bare, queries, keys, inverse, c, t)
        if book.protected[wanted] > 0:
            book.protected[wanted] = WANTED
        elif other >= 0 and book.protected[other] > 0:
            book.protected[other] = WANTED
    return slot, into


@part
def take_slot(options, tape, t, c, after):
    """Choose the slot that the step writes and note it in the ledger; none where the gate is shut or all is protected.

    A hit on a protected slot writes nothing either: its key is known, and what is known of it may not be changed.
    """
    keys, inverse, ledger = tape.keys[after, c], tape.inverse[after, c], tape.ledger[after, c]
    hits, none = (options.hit, options.cosine_epsilon), keys.dtype.type(0)
    slot = hit = into = -1
    tape.kept_key[t, c] = tape.kept_value[t, c] = none
    book = Ledger(ledger[0], ledger[1], ledger[2], ledger[3], ledger[4], tape.room[1], tape.protected[t, c])
    if tape.gate[t, c] > 0.5:
        if options.update != APPEND:
            hit = hit_slot(keys, inverse, book.item, tape.key[t, c], hits, tape.room[0])
        if hit >= 0 and book.protected[hit] > 0:
            book.protected[hit] = WANTED
        elif hit >= 0:
            slot = hit
            hit_by_write(options.policy, book, slot, 0)
            if options.update == AVERAGE:
                tape.kept_key[t, c], tape.kept_value[t, c] = 1, 1 - options.rate
        else:
            item, stored = newest(book.item) + 1, (tape.query, keys, inverse)
            slot, into = find_slot(options.policy, options.chance, hits, book, tape.room[2], *stored, c, t)
            if into >= 0:
                merged(book, into, slot)
            if slot >= 0:
                written(book, slot, item, 0, 0)
    tape.slot[t, c], tape.into[t, c] = slot, into
