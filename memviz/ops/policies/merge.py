"""Merge the nearest: the two slots whose keys are most alike become one, and the other is free for the newcomer.

    (i, j) = argmax over i < j of cos(key_i, key_j)        slot i takes the means of both, slot j is freed

Nothing is given up whole, but two entries that the memory can least tell apart are blurred.
Symbols: K (N, W) the keys | inverse (N,) one over the norm of each.
Edges: of equal pairs the one with the lower slots; one slot has no other: (0, 0).
"""

from __future__ import annotations

from memviz.ops.kernel import kernel


@kernel
def nearest_pair(K, inverse):
    """The two slots (i, j), i < j, whose keys have the largest cosine."""
    first = second = 0
    best = K.dtype.type(-2)
    for i in range(K.shape[0]):
        for j in range(i + 1, K.shape[0]):
            total = K.dtype.type(0)
            for w in range(K.shape[1]):
                total += K[i, w] * K[j, w]
            total *= inverse[i] * inverse[j]
            if total > best:
                best, first, second = total, i, j
    return first, second


@kernel
def merged(ledger, i, j):
    """Note that slot i took in what slot j held: the older's birth, the later use, the sum of uses, i's item."""
    ledger.born[i] = min(ledger.born[i], ledger.born[j])
    ledger.touched[i] = max(ledger.touched[i], ledger.touched[j])
    ledger.count[i] += ledger.count[j]
    ledger.usage[i] += ledger.usage[j]
