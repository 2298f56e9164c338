"""How much every slot is in use: a write takes it, a free gate gives it back.

    out[n] = (u[n] + w[n] - u[n] w[n]) psi[n]

Source: Graves et al. 2016 (DNC), Methods, "Dynamic memory allocation".
Symbols: u, out (N,) the usage one step earlier and now, in [0, 1] | w (N,) the write weighting of the step before |
psi (N,) the retention of this step, in [0, 1].
Edges: a slot written with w = 1 is in full use, however it was; psi = 0 frees it, whatever was written.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel


@kernel
def usage(u, w, psi, out):
    """Write the usage after the step into out."""
    for n in range(u.shape[0]):
        out[n] = (u[n] + w[n] - u[n] * w[n]) * psi[n]


@kernel
def usage_vjp(u, w, psi, dout, du, dw, dpsi):
    """Add into du, dw and dpsi."""
    one = u.dtype.type(1)
    for n in range(u.shape[0]):  # out = (u + w - u w) psi
        du[n] += dout[n] * psi[n] * (one - w[n])
        dw[n] += dout[n] * psi[n] * (one - u[n])
        dpsi[n] += dout[n] * (u[n] + w[n] - u[n] * w[n])


def usage_twin(u, w, psi):
    """Usage (..., N), all arguments likewise."""
    return (u + w - u * w) * psi


def run(new, u, w, psi):
    """Drive the pair for the op test."""
    out = new(*u.shape)
    usage(u, w, psi, out)

    def back(douts, grads):
        usage_vjp(u, w, psi, douts[0], grads["u"], grads["w"], grads["psi"])

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one slot, an empty and a full memory, a slot that is freed."""
    for name, N in (("plain", 16), ("odd", 13), ("one slot", 1)):
        yield Case(name, {"u": rng.uniform(size=N), "w": rng.dirichlet(np.ones(N)), "psi": rng.uniform(size=N)})
    weighting = rng.dirichlet(np.ones(5))
    yield Case("empty", {"u": np.zeros(5), "w": weighting, "psi": np.ones(5)})
    yield Case("full", {"u": np.ones(5), "w": weighting, "psi": 1 - np.eye(5)[3]})


OP = Op(run, usage_twin, cases)
