"""Read from the memory: the blend of all words that a weighting asks for.

    out[i] = sum_n w[n] M[i, n]

Source: Graves, Wayne, Danihelka 2014 (NTM), equation 2.
Symbols: M (W, N) the memory, word-major: slot n holds the word M[:, n] | w (N,) a weighting | out (W,) a word.
Edges: an empty memory or an empty weighting reads zeros; with one slot it reads w[0] times the word.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel
from memviz.ops.rows import add_columns, add_rows


@kernel
def read(M, w, out):
    """Write the word that w reads into out."""
    for i in range(M.shape[0]):
        out[i] = 0
    add_rows(M, w, out)


@kernel
def read_vjp(M, w, dout, dM, dw):
    """Add into dM and dw."""
    W, N = M.shape
    add_columns(dout, M, dw)  # out[i] = sum_n w[n] M[i, n]
    for i in range(W):
        for n in range(N):
            dM[i, n] += dout[i] * w[n]


def read_twin(M, w):
    """Words (..., head, W) that the weightings w (..., head, N) read from M (..., N, W)."""
    return w @ M


def run(new, M, w):
    """Drive the pair for the op test."""
    out = new(M.shape[0])
    read(M, w, out)

    def back(douts, grads):
        read_vjp(M, w, douts[0], grads["M"], grads["w"])

    return (out,), back


def _twin(M, w):
    return read_twin(M.mT, w.unsqueeze(-2)).squeeze(-2)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one slot, one number a word, an empty memory."""
    for name, W, N in (("plain", 8, 16), ("odd", 7, 13), ("one slot", 3, 1), ("one number", 1, 5)):
        yield Case(name, {"M": rng.normal(size=(W, N)), "w": rng.dirichlet(np.ones(N))})
    yield Case("empty memory", {"M": np.zeros((5, 6)), "w": rng.dirichlet(np.ones(6))})


OP = Op(run, _twin, cases)
