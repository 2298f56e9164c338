"""One layer of a feed-forward network: it remembers nothing, so all memory is in the memory.

    out[j] = tanh(sums[j])

Source: Graves, Wayne, Danihelka 2014 (NTM), section 3.4.
Symbols: sums, out (H,) the weighted inputs of the units, and what the units say, in [-1, 1].
Edges: a unit at -1 or 1 passes no gradient.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel
from memviz.ops.vectormath import tanh


@kernel
def feedforward(sums, out):
    """Write what the units say into out."""
    for j in range(sums.shape[0]):
        out[j] = tanh(sums[j])


@kernel
def feedforward_vjp(out, dout, dsums):
    """Add into dsums."""
    one = out.dtype.type(1)
    for j in range(out.shape[0]):  # out = tanh(sums)
        dsums[j] += dout[j] * (one - out[j] * out[j])


def feedforward_twin(sums):
    """Units (..., H)."""
    return sums.tanh()


def run(new, sums):
    """Drive the pair for the op test."""
    out = new(*sums.shape)
    feedforward(sums, out)

    def back(douts, grads):
        feedforward_vjp(out, douts[0], grads["sums"])

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one unit, units near their ends."""
    for name, H, size in (("plain", 16, 1.0), ("odd", 13, 2.0), ("one unit", 1, 1.0), ("at the ends", 5, 4.0)):
        yield Case(name, {"sums": rng.normal(size=H) * size})


OP = Op(run, feedforward_twin, cases)
