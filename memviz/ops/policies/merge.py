"""Merge the nearest: the two slots whose keys are most alike become one, and the other is free for the newcomer.

    (i, j) = argmax over i < j of cos(key_i, key_j)        slot i takes the means of both, slot j is freed

Nothing is given up whole, but two entries that the memory can least tell apart are blurred.
Symbols: K (N, W) the keys | inverse (N,) one over the norm of each | protected (N,) above 0 where a slot is.
Edges: of equal pairs the one with the lower slots; where one slot alone may be merged, there is no other: (n, n); where
none may be, (-1, -1).
"""

from __future__ import annotations

from memviz.ops.kernel import kernel


@kernel
def nearest_pair(K, inverse, protected):
    """The two slots (i, j), i < j, whose keys have the largest cosine, of those that are not protected."""
    first = second = -1
    best = K.dtype.type(-2)
    for i in range(K.shape[0]):
        if protected[i] > 0:
            continue
        if first < 0:
            first = second = i
        for j in range(i + 1, K.shape[0]):
            if protected[j] > 0:
                continue
            total = K.dtype.type(0)
            for w in range(K.shape[1]):
                total += K[i, w] * K[j, w]
            total *= inverse[i] * inverse[j]
            if total > best:
                best, first, second = total, i, j
    return first, second


@kernel
def halve_into(rows, i, j):
    """Row i becomes the mean of rows i and j."""
    half = rows.dtype.type(0.5)
    for w in range(rows.shape[1]):
        rows[i, w] = half * (rows[i, w] + rows[j, w])


@kernel
def halve_into_vjp(drows, i, j):
    """Turn drows after into drows before; row j, overwritten since, has none of its own."""
    half = drows.dtype.type(0.5)
    for w in range(drows.shape[1]):  # rows[i] = half (rows[i] + rows[j])
        drows[i, w] *= half
        drows[j, w] += drows[i, w]


@kernel
def merged(book, i, j):
    """Note that slot i took in what slot j held: the older's birth, the later use, the sum of uses, i's item."""
    book.born[i] = min(book.born[i], book.born[j])
    book.touched[i] = max(book.touched[i], book.touched[j])
    book.count[i] += book.count[j]
    book.usage[i] += book.usage[j]
