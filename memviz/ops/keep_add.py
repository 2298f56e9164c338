"""Write to the memory: keep a share of every slot, then let every head add its word where its weighting says.

    out[i, n] = keep[n] M[i, n] + sum_h w[h, n] k[h, i]

Source: Santoro et al. 2016 (MANN), equation 8, where keep is 0 at the least used slot and 1 elsewhere.
Symbols: M, out (W, N) the memory before and after, word-major: slot n holds the word M[:, n] | keep (N,) in [0, 1] |
w (H, N) a weighting a head | k (H, W) a word a head.
Edges: keep[n] = 1 with all w[h, n] = 0 leaves slot n exactly as it is; keep[n] = 0 forgets what it held; one slot. out
must not overlap M.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel


@kernel
def keep_add(M, keep, w, k, out):
    """Write the memory after the step into out."""
    W, N = M.shape
    for i in range(W):
        for n in range(N):
            out[i, n] = keep[n] * M[i, n] + w[0, n] * k[0, i]
        for h in range(1, k.shape[0]):
            for n in range(N):
                out[i, n] += w[h, n] * k[h, i]


@kernel
def keep_add_vjp(M, keep, w, k, dM, dkeep, dw, dk):
    """Add into dkeep, dw and dk; dM comes as dL/d(memory after) and leaves as dL/d(memory before)."""
    W, N = M.shape
    for h in range(k.shape[0]):
        for i in range(W):  # out += w k
            added = M.dtype.type(0)
            for n in range(N):
                added += dM[i, n] * w[h, n]
                dw[h, n] += dM[i, n] * k[h, i]
            dk[h, i] += added
    for i in range(W):  # out = keep M
        for n in range(N):
            dkeep[n] += dM[i, n] * M[i, n]
            dM[i, n] *= keep[n]


def keep_add_twin(M, keep, w, k):
    """Memory (..., N, W) after the write: M (..., N, W), keep (..., N), w (..., head, N), k (..., head, W)."""
    return keep.unsqueeze(-1) * M + w.mT @ k


def run(new, M, keep, w, k):
    """Drive the pair for the op test."""
    out = new(*M.shape)
    keep_add(M, keep, w, k, out)

    def back(douts, grads):
        dM = douts[0].copy()
        keep_add_vjp(M, keep, w, k, dM, grads["keep"], grads["w"], grads["k"])
        grads["M"] += dM

    return (out,), back


def _twin(M, keep, w, k):
    return keep_add_twin(M.mT, keep, w, k).mT


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one to three heads, one slot, one number a word, a slot that is forgotten."""
    sizes = (("plain", 1, 8, 16), ("odd", 3, 7, 13), ("one slot", 2, 3, 1), ("one number", 2, 1, 5))
    for name, H, W, N in sizes:
        words = {"M": rng.normal(size=(W, N)), "k": rng.normal(size=(H, W))}
        yield Case(name, {**words, "keep": rng.uniform(size=N), "w": rng.dirichlet(np.ones(N), H)})
    words = {"M": rng.normal(size=(5, 6)), "k": rng.normal(size=(2, 5))}
    yield Case("forget", {**words, "keep": 1 - np.eye(6)[2], "w": np.eye(6)[[2, 4]]})


OP = Op(run, _twin, cases)
