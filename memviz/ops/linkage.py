"""In which order slots were written: out[i, j] tells how surely i was written right after j.

    out[i, j] = (1 - w[i] - w[j]) L[i, j] + w[i] p[j]        out[i, i] *= 0  # a NaN stays one

Source: Graves et al. 2016 (DNC), Methods, "Temporal link matrix".
Symbols: L, out (N, N) the links before and after, in [0, 1], rows and columns summing to at most 1 | w (N,) the write
weighting of this step | p (N,) the precedence of the step BEFORE it.
Edges: a slot written anew (w[i] = 1) loses its old links in both directions; no slot follows itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel


@kernel
def linkage(L, w, p, out):
    """Write the links after the step into out."""
    N = w.shape[0]
    for i in range(N):
        rest = w.dtype.type(1) - w[i]
        for j in range(N):
            out[i, j] = (rest - w[j]) * L[i, j] + w[i] * p[j]
        out[i, i] *= 0  # a NaN stays one


@kernel
def linkage_vjp(L, w, p, dL, dw, dp):
    """Add into dw and dp; dL comes as dL/d(links after) and leaves as dL/d(links before)."""
    N = w.shape[0]
    for i in range(N):
        dL[i, i] = 0
        rest, total = w.dtype.type(1) - w[i], w.dtype.type(0)
        for j in range(N):  # out = (1 - w_i - w_j) L + w_i p_j
            lost = dL[i, j] * L[i, j]
            total += dL[i, j] * p[j] - lost
            dw[j] -= lost
            dp[j] += dL[i, j] * w[i]
            dL[i, j] *= rest - w[j]
        dw[i] += total


def linkage_twin(L, w, p):
    """Links (..., N, N) after the write weighting w (..., N), with the precedence p (..., N) before it."""
    to, source = w.unsqueeze(-1), w.unsqueeze(-2)
    out = (1 - to - source) * L + to * p.unsqueeze(-2)
    return out.tril(-1) + out.triu(1)


def run(new, L, w, p):
    """Drive the pair for the op test."""
    out = new(*L.shape)
    linkage(L, w, p, out)

    def back(douts, grads):
        dL = douts[0].copy()
        linkage_vjp(L, w, p, dL, grads["w"], grads["p"])
        grads["L"] += dL

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one and two slots, a whole write, before the first write."""
    for name, N, gate in (("plain", 16, 0.7), ("odd", 13, 0.4), ("two slots", 2, 0.9), ("no write", 5, 0.0)):
        w, p = rng.dirichlet(np.ones(N), 2)
        L = rng.uniform(size=(N, N)) / N
        yield Case(name, {"L": L, "w": gate * w, "p": p})
    yield Case("whole write", {"L": rng.uniform(size=(6, 6)) / 6, "w": np.eye(6)[2], "p": np.eye(6)[4]})
    yield Case("first write", {"L": np.zeros((6, 6)), "w": rng.dirichlet(np.ones(6)), "p": np.zeros(6)})


OP = Op(run, linkage_twin, cases)
