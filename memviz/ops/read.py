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


@kernel
def read(M, w, out):
    """Write the word that w reads into out."""
    W, N = M.shape
    for i in range(W):
        total = M.dtype.type(0)
        for n in range(N):
            total += w[n] * M[i, n]
        out[i] = total


@kernel
def read_vjp(M, w, dout, dM, dw):
    """Add into dM and dw."""
    W, N = M.shape
    whole = W - W % 4
    for i in range(0, whole, 4):  # four rows at a time: dw[n] is loaded and stored a quarter as often
        d0, d1, d2, d3 = dout[i], dout[i + 1], dout[i + 2], dout[i + 3]
        for n in range(N):
            # out[i] = sum_n w[n] M[i, n]
            dw[n] += d0 * M[i, n] + d1 * M[i + 1, n] + d2 * M[i + 2, n] + d3 * M[i + 3, n]
            dM[i, n] += w[n] * d0
            dM[i + 1, n] += w[n] * d1
            dM[i + 2, n] += w[n] * d2
            dM[i + 3, n] += w[n] * d3
    for i in range(whole, W):
        for n in range(N):
            dw[n] += dout[i] * M[i, n]
            dM[i, n] += w[n] * dout[i]


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
