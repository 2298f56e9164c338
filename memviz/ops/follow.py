"""Follow the order of writing from where the heads read last: forward to what was written next, or back.

    forward[h, i]  = sum_j L[i, j] w[h, j]
    backward[h, j] = sum_i L[i, j] w[h, i]

Source: Graves et al. 2016 (DNC), Methods, "Temporal link matrix" (f = L w, b = L^T w).
Symbols: L (N, N) the links: row i was written after column j | turned (N, N) their transpose, kept for the backward |
w (R, N) the read weightings of the step before | forward, backward (R, N) weightings.
Edges: without links (nothing was written yet) both are empty. All heads go through L at once, as matrix products.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, part
from memviz.ops.matmul import matmul, matmul_add
from memviz.ops.transpose import transpose


@part
def follow(L, turned, w, forward, backward):
    """Write turned, forward and backward."""
    transpose(L, turned)
    matmul(w, turned, forward)
    matmul(w, L, backward)


@part
def follow_vjp(L, turned, w, dforward, dbackward, dL, dw):
    """Add into dL and dw."""
    matmul_add(dforward, L, dw)  # forward = w turned
    matmul_add(dbackward, turned, dw)  # backward = w L
    matmul_add(dforward.T, w, dL)
    matmul_add(w.T, dbackward, dL)


def follow_twin(L, w):
    """(forward, backward), each (..., R, N), along links L (..., N, N) from weightings w (..., R, N)."""
    return w @ L.mT, w @ L


def run(new, L, w):
    """Drive the pair for the op test."""
    turned, forward, backward = new(*L.shape), new(*w.shape), new(*w.shape)
    follow(L, turned, w, forward, backward)

    def back(douts, grads):
        follow_vjp(L, turned, w, *douts, grads["L"], grads["w"])

    return (forward, backward), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one head, one slot, no links yet."""
    for name, R, N in (("plain", 4, 16), ("odd", 3, 13), ("one head", 1, 7), ("one slot", 2, 1)):
        yield Case(name, {"L": rng.uniform(size=(N, N)) / N, "w": rng.dirichlet(np.ones(N), R)})
    yield Case("no links", {"L": np.zeros((6, 6)), "w": rng.dirichlet(np.ones(6), 2)})


OP = Op(run, follow_twin, cases)
