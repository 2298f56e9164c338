"""The softmax with a strength: the larger the strength, the more the largest number takes all.

    out[n] = exp(scale x[n]) / sum_m exp(scale x[m])

Source: Graves, Wayne, Danihelka 2014 (NTM), equation 5, where x is a similarity and scale the key strength.
Symbols: x, out (N,) | scale a number. out is >= 0 and sums to 1.
Edges: the largest scale * x is subtracted before the exponential, so no strength overflows; one slot gives 1.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel
from memviz.ops.vectormath import exp, larger


@kernel
def softmax(x, scale, out):
    """Write the weighting of x into out."""
    N = x.shape[0]
    top = scale * x[0]
    for n in range(N):
        top = larger(top, scale * x[n])
    total = x.dtype.type(0)
    for n in range(N):
        power = exp(scale * x[n] - top)
        out[n] = power
        total += power
    for n in range(N):
        out[n] /= total


@kernel
def softmax_vjp(x, scale, out, dout, dx):
    """Add dL/dx into dx; return dL/dscale."""
    N = x.shape[0]
    mean = dscale = x.dtype.type(0)
    for n in range(N):
        mean += out[n] * dout[n]
    for n in range(N):
        g = out[n] * (dout[n] - mean)  # dL/dz, where out = softmax(z), z = scale * x
        dscale += g * x[n]
        dx[n] += g * scale
    return dscale


def softmax_twin(x, scale):
    """Weighting (..., N) of x (..., N) with scale (...)."""
    return (scale.unsqueeze(-1) * x).softmax(-1)


def run(new, x, scale):
    """Drive the pair for the op test."""
    out = new(*x.shape)
    softmax(x, scale[()], out)

    def back(douts, grads):
        grads["scale"] += softmax_vjp(x, scale[()], out, douts[0], grads["x"])

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one slot, a strength of zero and one that saturates."""
    for name, N, scale in (("plain", 16, 1.5), ("odd", 13, 4.0), ("one slot", 1, 2.0), ("no strength", 5, 0.0)):
        yield Case(name, {"x": rng.normal(size=N), "scale": scale})
    yield Case("saturated", {"x": np.linspace(-1, 1, 9), "scale": 100.0}, step=1e-6)


OP = Op(run, softmax_twin, cases)
