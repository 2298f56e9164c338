"""Keep numbers within a range.

    out[j] = max(-limit, min(limit, x[j]))

Source: a practice of google-deepmind/dnc and of Collier & Beel's NTM (both +-20); not in the papers.
Symbols: x (n,), clipped in place | limit > 0.
Edges: what was clipped passes no gradient, nor does what lies exactly on the limit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel


@kernel
def clip(x, limit):
    """Clip x in place."""
    for j in range(x.shape[0]):
        inside = limit if x[j] > limit else x[j]  # a NaN stays one
        x[j] = -limit if inside < -limit else inside


@kernel
def clip_vjp(x, limit, dx):
    """Turn the gradient of the clipped x into that of x before, in place."""
    for j in range(x.shape[0]):
        dx[j] = dx[j] if abs(x[j]) < limit else 0 * x[j]


def clip_twin(x, limit):
    """Clipped numbers (...)."""
    return x.clamp(-limit, limit)


def run(new, x, limit):
    """Drive the pair for the op test."""
    out, bound = new(*x.shape), x.dtype.type(limit)
    out[:] = x
    clip(out, bound)

    def back(douts, grads):
        dx = douts[0].copy()
        clip_vjp(out, bound, dx)
        grads["x"] += dx

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes; some, all or none clipped."""
    for name, n, limit in (("some", 17, 1.0), ("one number", 1, 5.0), ("none", 8, 9.0), ("nearly all", 9, 0.01)):
        yield Case(name, {"x": rng.normal(size=n)}, {"limit": limit})


OP = Op(run, clip_twin, cases)
