"""The two products of a memory with a vector, its rows taken four at a time.

    add_columns:  out[n] += sum_i x[i] M[i, n]
    add_rows:     out[i] += sum_n x[n] M[i, n]

Symbols: M (W, N) the memory, word-major | x, out (W,) or (N,).

Row by row, every row would load and store the whole of out (or load the whole of x); four rows at a time do it a
quarter as often, and one loop runs where four began and ended.
"""

from __future__ import annotations

from memviz.ops.kernel import kernel


@kernel
def add_columns(x, M, out):
    """out += x @ M: every slot's word times x."""
    W, N = M.shape
    whole = W - W % 4
    for i in range(0, whole, 4):
        x0, x1, x2, x3 = x[i], x[i + 1], x[i + 2], x[i + 3]
        for n in range(N):
            out[n] += x0 * M[i, n] + x1 * M[i + 1, n] + x2 * M[i + 2, n] + x3 * M[i + 3, n]
    for i in range(whole, W):
        for n in range(N):
            out[n] += x[i] * M[i, n]


@kernel
def add_rows(M, x, out):
    """out += M @ x: the blend of all words that x asks for."""
    W, N = M.shape
    zero = M.dtype.type(0)
    whole = W - W % 4
    for i in range(0, whole, 4):
        a = b = c = d = zero
        for n in range(N):
            a += x[n] * M[i, n]
            b += x[n] * M[i + 1, n]
            c += x[n] * M[i + 2, n]
            d += x[n] * M[i + 3, n]
        out[i] += a
        out[i + 1] += b
        out[i + 2] += c
        out[i + 3] += d
    for i in range(whole, W):
        total = zero
        for n in range(N):
            total += x[n] * M[i, n]
        out[i] += total
