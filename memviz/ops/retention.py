"""How much of every slot is kept when the read heads free what they have just read.

    out[n] = prod_h (1 - f[h] w[h, n])

Source: Graves et al. 2016 (DNC), Methods, "Dynamic memory allocation": the retention vector psi.
Symbols: f (R,) the free gates, in [0, 1] | w (R, N) the read weightings of the step before | out (N,) in [0, 1].
Edges: a slot fully read by a head whose free gate is open keeps nothing; the backward multiplies the other heads'
factors (prefix times suffix) instead of dividing by its own, so it is exact there too.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel


@kernel
def retention(f, w, out):
    """Write the share of every slot that is kept into out."""
    one = w.dtype.type(1)
    for n in range(w.shape[1]):
        out[n] = one
    for h in range(w.shape[0]):
        for n in range(w.shape[1]):
            out[n] *= one - f[h] * w[h, n]


@kernel
def retention_vjp(f, w, dout, df, dw, room):
    """Add into df and dw; room (R + 1, N) is overwritten: the product of the heads before each, then after it."""
    R, N = w.shape
    one = w.dtype.type(1)
    before, after = room[:R], room[R]
    for n in range(N):
        before[0, n] = after[n] = one
    for h in range(R - 1):
        for n in range(N):
            before[h + 1, n] = before[h, n] * (one - f[h] * w[h, n])
    for h in range(R - 1, -1, -1):
        total = w.dtype.type(0)
        for n in range(N):  # out = before (1 - f w) after
            g = dout[n] * before[h, n] * after[n]
            total += g * w[h, n]
            dw[h, n] -= g * f[h]
            after[n] *= one - f[h] * w[h, n]
        df[h] -= total


def retention_twin(f, w):
    """Kept shares (..., N) from free gates f (..., R) and read weightings w (..., R, N)."""
    return (1 - f.unsqueeze(-1) * w).prod(-2)


def run(new, f, w):
    """Drive the pair for the op test."""
    out, room = new(w.shape[1]), new(w.shape[0] + 1, w.shape[1])
    retention(f, w, out)

    def back(douts, grads):
        retention_vjp(f, w, douts[0], grads["f"], grads["w"], room)

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one head, one slot, two heads that free a slot entirely, gates shut."""
    for name, R, N in (("plain", 4, 16), ("odd", 3, 13), ("one head", 1, 7), ("one slot", 2, 1)):
        yield Case(name, {"f": rng.uniform(size=R), "w": rng.dirichlet(np.ones(N), R)})
    yield Case("freed twice", {"f": np.ones(3), "w": np.eye(5)[[2, 2, 1]]})
    yield Case("shut", {"f": np.zeros(2), "w": rng.dirichlet(np.ones(6), 2)})


OP = Op(run, retention_twin, cases)
