"""Sharpen a weighting that the shift has blurred.

    out[n] = w[n]^gamma / sum_m w[m]^gamma
           = softmax(gamma log(w + tiny))[n]          as computed: the literal power underflows in float32

Source: Graves, Wayne, Danihelka 2014 (NTM), equation 9; tiny is ours.
Symbols: w, logs, out (N,) weightings, logs = log(w + tiny) kept for the backward | gamma a number >= 1 | tiny > 0.
Edges: an empty slot (w = 0) counts as tiny, so its logarithm and its gradient are finite; so does a w that rounding
made negative by less than tiny. gamma = 1 gives w back, up to tiny.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel
from memviz.ops.softmax import softmax
from memviz.ops.vectormath import log


@kernel
def sharpen(w, gamma, tiny, logs, out):
    """Write the sharpened weighting into out, and log(w + tiny) into logs."""
    small = w.dtype.type(tiny)
    for n in range(w.shape[0]):
        logs[n] = log(w[n] + small)
    softmax(logs, gamma, out)


@kernel
def sharpen_vjp(w, gamma, tiny, logs, out, dout, dw):
    """Add dL/dw into dw; return dL/dgamma."""
    small = w.dtype.type(tiny)
    N = w.shape[0]
    mean = dgamma = w.dtype.type(0)
    for n in range(N):
        mean += out[n] * dout[n]
    for n in range(N):
        g = out[n] * (dout[n] - mean)  # dL/dz, where out = softmax(z), z = gamma * logs
        dgamma += g * logs[n]
        dw[n] += g * gamma / (w[n] + small)  # logs = log(w + tiny)
    return dgamma


def sharpen_twin(w, gamma, tiny):
    """Sharpened weightings (..., N) of w (..., N) with gamma (...)."""
    return (gamma.unsqueeze(-1) * (w + tiny).log()).softmax(-1)


def run(new, w, gamma, tiny):
    """Drive the pair for the op test."""
    logs, out = new(*w.shape), new(*w.shape)
    sharpen(w, gamma[()], tiny, logs, out)

    def back(douts, grads):
        grads["gamma"] += sharpen_vjp(w, gamma[()], tiny, logs, out, douts[0], grads["w"])

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one slot, empty slots, hardly sharp and very sharp."""
    for name, N, gamma in (("plain", 16, 2.0), ("odd", 11, 1.3), ("one slot", 1, 3.0), ("not sharp", 5, 1.0)):
        yield Case(name, {"w": rng.dirichlet(np.ones(N)), "gamma": gamma}, {"tiny": 1e-6}, step=1e-7)
    one_hot = np.eye(9)[4]
    yield Case("empty slots", {"w": one_hot, "gamma": 1.5}, {"tiny": 1e-6}, step=1e-9, close=1e-3)
    yield Case("very sharp", {"w": np.linspace(1, 2, 9) / 13.5, "gamma": 60.0}, {"tiny": 1e-6}, step=1e-7, close=1e-3)


OP = Op(run, sharpen_twin, cases)
