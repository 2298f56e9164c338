"""The last layer: logits become probabilities, either of independent bits or of one class out of several.

    bits:     out[j] = sigmoid(x[j])
    classes:  out[j] = exp(x[j]) / sum_k exp(x[k])

Source: Graves, Wayne, Danihelka 2014 (NTM), section 4.1 (bits); Bridle 1990 (softmax).
Symbols: x (Y,) logits | out (Y,) in [0, 1], with classes summing to 1.
Edges: one class has probability 1 and passes no gradient; no logit overflows.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel
from memviz.ops.softmax import softmax, softmax_vjp
from memviz.ops.vectormath import sigmoid


@kernel
def output(x, classes, out):
    """Write the probabilities into out; classes: whether the logits exclude each other."""
    if classes:
        softmax(x, x.dtype.type(1), out)
    else:
        for j in range(x.shape[0]):
            out[j] = sigmoid(x[j])


@kernel
def output_vjp(x, classes, out, dout, dx):
    """Add into dx."""
    one = x.dtype.type(1)
    if classes:
        softmax_vjp(x, one, out, dout, dx)
    else:
        for j in range(x.shape[0]):  # out = sigmoid(x)
            dx[j] += dout[j] * out[j] * (one - out[j])


def outputs(logits: np.ndarray, classes: bool) -> np.ndarray:
    """Probabilities (T, Y) of the logits of every step."""
    out = np.empty_like(logits)
    for t in range(len(logits)):
        output(logits[t], classes, out[t])
    return out


def output_twin(x, classes):
    """Probabilities (..., Y)."""
    return x.softmax(-1) if classes else x.sigmoid()


def run(new, x, classes):
    """Drive the pair for the op test."""
    out = new(*x.shape)
    output(x, classes, out)

    def back(douts, grads):
        output_vjp(x, classes, out, douts[0], grads["x"])

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one output, large logits."""
    for classes in (False, True):
        kind = "classes" if classes else "bits"
        for name, Y, size in (("plain", 16, 1.0), ("odd", 7, 3.0), ("one", 1, 1.0), ("large", 5, 10.0)):
            yield Case(f"{name}, {kind}", {"x": rng.normal(size=Y) * size}, {"classes": classes})


OP = Op(run, output_twin, cases)
