"""The k slots that a query scores highest, exactly, in one pass over the keys: no score is kept but the best.

    score[n] = sum_i q[i] K[n, i]      slots = the k largest, best first

Source: exact maximum inner product search, by scanning; what is nearest by cosine follows from keys of length 1.
Symbols: K (N, W) keys, slot by slot | q (W,) a query | slots (k,) int64, scores (k,) written, k <= N.
Edges: of equal scores the lower slot; a score that is not a number is never among the best (-1 where too few are).
"""

from __future__ import annotations

import numpy as np

from memviz.ops.kernel import kernel


@kernel
def insert(score, n, slots, scores):
    """Put slot n where its score belongs, behind its equals; the last falls out."""
    i = scores.shape[0] - 1
    while i > 0 and scores[i - 1] < score:
        scores[i], slots[i] = scores[i - 1], slots[i - 1]
        i -= 1
    scores[i], slots[i] = score, n


@kernel
def topk(K, q, slots, scores):
    """Write the best slots and their scores; four rows at a time, so that q is loaded once for all of them."""
    N, W = K.shape
    last = scores.shape[0] - 1
    for i in range(last + 1):
        scores[i], slots[i] = -np.inf, -1
    whole = N - N % 4
    for n in range(0, whole, 4):
        a = b = c = d = K.dtype.type(0)
        for i in range(W):
            a += q[i] * K[n, i]
            b += q[i] * K[n + 1, i]
            c += q[i] * K[n + 2, i]
            d += q[i] * K[n + 3, i]
        if a > scores[last]:
            insert(a, n, slots, scores)
        if b > scores[last]:
            insert(b, n + 1, slots, scores)
        if c > scores[last]:
            insert(c, n + 2, slots, scores)
        if d > scores[last]:
            insert(d, n + 3, slots, scores)
    for n in range(whole, N):
        a = K.dtype.type(0)
        for i in range(W):
            a += q[i] * K[n, i]
        if a > scores[last]:
            insert(a, n, slots, scores)
