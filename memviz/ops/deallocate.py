"""Write to a memory that forgets what was freed: erase and add, where freed slots lose their contents as well.

    out[i, n] = M[i, n] (1 - w[n] e[i]) psi[n] + w[n] a[i]

Source: Csordas & Schmidhuber 2019, "De-allocation": the erase of Graves et al. 2016 times the retention.
Symbols: M, out (W, N) the memory before and after, word-major: slot n holds the word M[:, n] | w (N,) a weighting |
e (W,) erase, in [0, 1] | a (W,) add | psi (N,) the retention, in [0, 1].
Edges: psi = 1 is `erase_add`; psi[n] = 0 leaves in slot n only what this step adds. out must not overlap M.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel


@kernel
def deallocate(M, w, e, a, psi, out):
    """Write the memory after the step into out."""
    W, N = M.shape
    one = M.dtype.type(1)
    for i in range(W):
        for n in range(N):
            out[i, n] = M[i, n] * (one - w[n] * e[i]) * psi[n] + w[n] * a[i]


@kernel
def deallocate_vjp(M, w, e, a, psi, dM, dw, de, da, dpsi):
    """Add into dw, de, da and dpsi; dM comes as dL/d(memory after) and leaves as dL/d(memory before)."""
    W, N = M.shape
    one = M.dtype.type(1)
    for i in range(W):  # out = M (1 - w e) psi + w a
        erased = added = M.dtype.type(0)
        for n in range(N):
            kept = dM[i, n] * M[i, n]
            erased += kept * w[n] * psi[n]
            added += dM[i, n] * w[n]
            dw[n] += dM[i, n] * a[i] - kept * e[i] * psi[n]
            dpsi[n] += kept * (one - w[n] * e[i])
            dM[i, n] *= (one - w[n] * e[i]) * psi[n]
        de[i] -= erased
        da[i] += added


def deallocate_twin(M, w, e, a, psi):
    """Memory (..., N, W) after the write: M (..., N, W), w and psi (..., N), e and a (..., W)."""
    w = w.unsqueeze(-1)
    return M * (1 - w * e.unsqueeze(-2)) * psi.unsqueeze(-1) + w * a.unsqueeze(-2)


def run(new, M, w, e, a, psi):
    """Drive the pair for the op test."""
    out = new(*M.shape)
    deallocate(M, w, e, a, psi, out)

    def back(douts, grads):
        dM = douts[0].copy()
        deallocate_vjp(M, w, e, a, psi, dM, *(grads[name] for name in ("w", "e", "a", "psi")))
        grads["M"] += dM

    return (out,), back


def _twin(M, w, e, a, psi):
    return deallocate_twin(M.mT, w, e, a, psi).mT


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one slot, one number a word, a slot that is freed and another that is replaced."""
    for name, W, N in (("plain", 8, 16), ("odd", 7, 13), ("one slot", 3, 1), ("one number", 1, 5)):
        word = {"e": rng.uniform(size=W), "a": rng.normal(size=W)}
        slot = {"w": rng.dirichlet(np.ones(N)), "psi": rng.uniform(size=N)}
        yield Case(name, {"M": rng.normal(size=(W, N)), **word, **slot})
    word, slot = {"e": np.ones(5), "a": rng.normal(size=5)}, {"w": np.eye(6)[2], "psi": 1 - np.eye(6)[4]}
    yield Case("freed and replaced", {"M": rng.normal(size=(5, 6)), **word, **slot})


OP = Op(run, _twin, cases)
