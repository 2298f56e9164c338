"""The hyperbolic tangent, where a network asks for it: keys and words as the controller says, or within -1..1.

    on:   out[j] = tanh(x[j])
    off:  out[j] = x[j]

Source: seen in implementations; the papers set no squashing of keys and words.
Symbols: x, out (n,) | on: whether to squash.
Edges: NaN stays NaN. squash_vjp writes dx instead of adding to it: what a controller says is used once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.copy import copy
from memviz.ops.kernel import Case, Op, kernel
from memviz.ops.vectormath import tanh


@kernel
def squash(x, on, out):
    """Write x, squashed or not, into out."""
    copy(x, out)
    if on:
        for j in range(x.shape[0]):
            out[j] = tanh(x[j])


@kernel
def squash_vjp(out, on, dout, dx):
    """Write dx."""
    copy(dout, dx)
    if on:
        for j in range(out.shape[0]):  # tanh' = 1 - tanh^2
            dx[j] *= out.dtype.type(1) - out[j] * out[j]


def squash_twin(x, on):
    """Numbers (...), squashed or not."""
    return x.tanh() if on else x.clone()


def run(new, x, on):
    """Drive the pair for the op test."""
    out = new(*x.shape)
    squash(x, on, out)

    def back(douts, grads):
        dx = new(*x.shape)
        squash_vjp(out, on, douts[0], dx)
        grads["x"] += dx

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one number, numbers that saturate; on and off."""
    for on in (True, False):
        kind = "on" if on else "off"
        for name, n, size in (("plain", 16, 1.0), ("odd", 7, 2.0), ("one number", 1, 1.0), ("saturated", 9, 4.0)):
            yield Case(f"{name}, {kind}", {"x": size * rng.normal(size=n)}, {"on": on})


OP = Op(run, squash_twin, cases)
