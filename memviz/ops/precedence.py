"""Which slot was written last: a write takes the place of what was written before it.

    out = (1 - sum_n w[n]) p + w

Source: Graves et al. 2016 (DNC), Methods, "Temporal link matrix".
Symbols: p, out (N,) the precedence before and after, a weighting | w (N,) the write weighting.
Edges: where nothing is written the precedence stays as it is; a whole write (sum 1) replaces it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel


@kernel
def precedence(p, w, out):
    """Write the precedence after the step into out."""
    rest = p.dtype.type(1)
    for n in range(p.shape[0]):
        rest -= w[n]
    for n in range(p.shape[0]):
        out[n] = rest * p[n] + w[n]


@kernel
def precedence_vjp(p, w, dout, dp, dw):
    """Add into dp and dw."""
    rest, lost = p.dtype.type(1), p.dtype.type(0)
    for n in range(p.shape[0]):  # out = (1 - sum w) p + w
        rest -= w[n]
        lost += dout[n] * p[n]
    for n in range(p.shape[0]):
        dp[n] += rest * dout[n]
        dw[n] += dout[n] - lost


def precedence_twin(p, w):
    """Precedence (..., N) after the write weighting w (..., N)."""
    return (1 - w.sum(-1, keepdim=True)) * p + w


def run(new, p, w):
    """Drive the pair for the op test."""
    out = new(*p.shape)
    precedence(p, w, out)

    def back(douts, grads):
        precedence_vjp(p, w, douts[0], grads["p"], grads["w"])

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one slot, no write and a whole one, before the first write."""
    for name, N, gate in (("plain", 16, 0.7), ("odd", 13, 0.4), ("one slot", 1, 0.5), ("no write", 5, 0.0)):
        p, w = rng.dirichlet(np.ones(N), 2)
        yield Case(name, {"p": p, "w": gate * w})
    yield Case("whole write", {"p": rng.dirichlet(np.ones(6)), "w": np.eye(6)[2]})
    yield Case("first write", {"p": np.zeros(6), "w": rng.dirichlet(np.ones(6))})


OP = Op(run, precedence_twin, cases)
