"""Write to the memory: erase a share of each word that the weighting touches, then add to it.

    out[i, n] = M[i, n] (1 - w[n] e[i]) + w[n] a[i]

Source: Graves, Wayne, Danihelka 2014 (NTM), equations 3 and 4.
Symbols: M, out (W, N) the memory before and after, word-major: slot n holds the word M[:, n] | w (N,) a weighting |
e (W,) erase, in [0, 1] | a (W,) add.
Edges: w[n] = 0 leaves slot n exactly as it is; w[n] = 1 with e = 1 replaces it by a. out must not overlap M.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel


@kernel
def erase_add(M, w, e, a, out):
    """Write the memory after the step into out."""
    W, N = M.shape
    for i in range(W):
        for n in range(N):
            out[i, n] = M[i, n] + w[n] * (a[i] - e[i] * M[i, n])


@kernel
def erase_add_vjp(M, w, e, a, dM, dw, de, da):
    """Add into dw, de and da; dM comes as dL/d(memory after) and leaves as dL/d(memory before)."""
    W, N = M.shape
    for i in range(W):  # out = M + w (a - e M)
        erased = added = M.dtype.type(0)
        for n in range(N):
            weighted = dM[i, n] * w[n]
            erased += weighted * M[i, n]
            added += weighted
            dw[n] += dM[i, n] * (a[i] - e[i] * M[i, n])
            dM[i, n] -= weighted * e[i]
        de[i] -= erased
        da[i] += added


def erase_add_twin(M, w, e, a):
    """Memory (..., N, W) after one head's write: M (..., N, W), w (..., N), e and a (..., W)."""
    return M + w.unsqueeze(-1) * (a.unsqueeze(-2) - e.unsqueeze(-2) * M)


def run(new, M, w, e, a):
    """Drive the pair for the op test."""
    out = new(*M.shape)
    erase_add(M, w, e, a, out)

    def back(douts, grads):
        dM = douts[0].copy()
        erase_add_vjp(M, w, e, a, dM, grads["w"], grads["e"], grads["a"])
        grads["M"] += dM

    return (out,), back


def _twin(M, w, e, a):
    return erase_add_twin(M.mT, w, e, a).mT


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one slot, one number a word, a write that replaces a slot."""
    for name, W, N in (("plain", 8, 16), ("odd", 7, 13), ("one slot", 3, 1), ("one number", 1, 5)):
        erase = rng.uniform(size=W)
        weighting = rng.dirichlet(np.ones(N))
        yield Case(name, {"M": rng.normal(size=(W, N)), "w": weighting, "e": erase, "a": rng.normal(size=W)})
    replace = {"w": np.eye(6)[2], "e": np.ones(5)}
    yield Case("replace", {"M": rng.normal(size=(5, 6)), **replace, "a": rng.normal(size=5)})


OP = Op(run, _twin, cases)
