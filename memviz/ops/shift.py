"""Move a weighting along the slots, around the end: a circular convolution with a distribution over shifts.

    out[n] = sum_j w[(n - offset_j) mod N] s[j],     offset_j = j - (S - 1) / 2

Source: Graves, Wayne, Danihelka 2014 (NTM), equation 8.
Symbols: w, out (N,) weightings | s (S,) a distribution, S odd; the middle one is "stay", the last "S // 2 further".
Edges: with fewer slots than shifts several shifts reach the same slot, and their shares add; one slot stays itself.

No index is taken modulo N in an inner loop: moved by p = offset mod N slots, w falls into two contiguous pieces,
out[p:] += s w[:N - p] and out[:p] += s w[N - p:]. Three shifts, the usual case, are taken in one pass.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel


@kernel
def shift(w, s, out):
    """Write the shifted weighting into out."""
    N, S = w.shape[0], s.shape[0]
    if S == 3 and N > 2:
        _shift_three(w, s[0], s[1], s[2], out)
        return
    for n in range(N):
        out[n] = 0
    for j in range(S):
        p = (j - S // 2) % N
        for n in range(N - p):
            out[n + p] += s[j] * w[n]
        for n in range(p):
            out[n] += s[j] * w[n + N - p]


@kernel
def _shift_three(w, back, stay, on, out):
    last = w.shape[0] - 1
    out[0] = back * w[1] + stay * w[0] + on * w[last]
    for n in range(1, last):
        out[n] = back * w[n + 1] + stay * w[n] + on * w[n - 1]
    out[last] = back * w[0] + stay * w[last] + on * w[last - 1]


@kernel
def shift_vjp(w, s, dout, dw, ds):
    """Add into dw and ds."""
    N, S = w.shape[0], s.shape[0]
    if S == 3 and N > 2:
        _shift_three_vjp(w, s[0], s[1], s[2], dout, dw, ds)
        return
    for j in range(S):
        p = (j - S // 2) % N
        total = w.dtype.type(0)
        for n in range(N - p):  # out[n + p] += s[j] * w[n]
            total += w[n] * dout[n + p]
            dw[n] += s[j] * dout[n + p]
        for n in range(p):  # out[n] += s[j] * w[n + N - p]
            total += w[n + N - p] * dout[n]
            dw[n + N - p] += s[j] * dout[n]
        ds[j] += total


@kernel
def _shift_three_vjp(w, back, stay, on, dout, dw, ds):
    last = w.shape[0] - 1
    dback = dstay = don = w.dtype.type(0)
    for n in range(1, last):  # out[n] = back * w[n + 1] + stay * w[n] + on * w[n - 1], around the end
        dback += dout[n] * w[n + 1]
        dstay += dout[n] * w[n]
        don += dout[n] * w[n - 1]
    ds[0] += dback + dout[0] * w[1] + dout[last] * w[0]
    ds[1] += dstay + dout[0] * w[0] + dout[last] * w[last]
    ds[2] += don + dout[0] * w[last] + dout[last] * w[last - 1]
    for n in range(1, last):  # apart from the sums, which start from zero: in one loop it takes half as long again
        dw[n] += back * dout[n - 1] + stay * dout[n] + on * dout[n + 1]
    dw[0] += back * dout[last] + stay * dout[0] + on * dout[1]
    dw[last] += back * dout[last - 1] + stay * dout[last] + on * dout[0]


def shift_twin(w, s):
    """Shifted weightings (..., N) of w (..., N) with s (..., S)."""
    S = s.shape[-1]
    moved = [s[..., j : j + 1] * w.roll(j - S // 2, -1) for j in range(S)]
    return sum(moved[1:], moved[0])


def run(new, w, s):
    """Drive the pair for the op test."""
    out = new(*w.shape)
    shift(w, s, out)

    def back(douts, grads):
        shift_vjp(w, s, douts[0], grads["w"], grads["s"])

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Every range, with more and fewer slots than shifts."""
    for N in (1, 2, 3, 4, 16, 19):
        for S in (1, 3, 5, 9):
            yield Case(f"{N} slots, {S} shifts", {"w": rng.dirichlet(np.ones(N)), "s": rng.dirichlet(np.ones(S))})


OP = Op(run, shift_twin, cases)
