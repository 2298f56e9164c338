"""Blend the weighting that content asks for with the weighting of the step before.

    out = g content + (1 - g) previous

Source: Graves, Wayne, Danihelka 2014 (NTM), equation 7.
Symbols: content, previous, out (N,) weightings | g a number in [0, 1].
Edges: g = 0 ignores the content, g = 1 forgets where the head was; both are exact.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel


@kernel
def interpolate(content, previous, g, out):
    """Write the blend into out."""
    rest = content.dtype.type(1) - g
    for n in range(content.shape[0]):
        out[n] = g * content[n] + rest * previous[n]


@kernel
def interpolate_vjp(content, previous, g, dout, dcontent, dprevious):
    """Add into dcontent and dprevious; return dL/dg."""
    rest = content.dtype.type(1) - g
    dg = content.dtype.type(0)
    for n in range(content.shape[0]):  # out = g content + (1 - g) previous
        dg += dout[n] * (content[n] - previous[n])
        dcontent[n] += g * dout[n]
        dprevious[n] += rest * dout[n]
    return dg


def interpolate_twin(content, previous, g):
    """Blend weightings (..., N) by g (...)."""
    return previous.lerp(content, g.unsqueeze(-1))


def run(new, content, previous, g):
    """Drive the pair for the op test."""
    out = new(*content.shape)
    interpolate(content, previous, g[()], out)

    def back(douts, grads):
        arrays = content, previous, g[()], douts[0], grads["content"], grads["previous"]
        grads["g"] += interpolate_vjp(*arrays)

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one slot, a gate shut and open."""
    for name, N, g in (("plain", 16, 0.3), ("odd", 7, 0.8), ("one slot", 1, 0.5), ("shut", 5, 0.0), ("open", 5, 1.0)):
        content, previous = rng.dirichlet(np.ones(N), 2)
        yield Case(name, {"content": content, "previous": previous, "g": g})


OP = Op(run, interpolate_twin, cases)
